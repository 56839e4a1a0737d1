import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  type Signer,
  buildEvent,
  buildPossession,
  generateSigner,
  outputLotIds,
  randomToken,
} from '../../../src/core/event/build.js';
import { parseEnvelope } from '../../../src/core/event/envelope.js';
import { readEvent } from '../../../src/core/event/event.js';
import type { Arrival } from '../../../src/server/ledger/append/append-events.js';
import { TestLedger } from '../../support/test-ledger.js';

const LOG = 'example.org/tin';
const YEAR = 365 * 86_400_000;

describe('a key that a registrar introduced', () => {
  let ledger: TestLedger;
  beforeEach(async () => {
    ledger = await TestLedger.open();
  });
  afterEach(() => ledger.close());

  it('marks what is signed with it, and with those that it adds, until an older key stands by each', async () => {
    const marked = async (): Promise<string[]> => {
      await ledger.verifier().verify();
      const rule = "rule = 'registrar-introduced' AND status = 'open'";
      const rows = await ledger.database.rows<{ subject: string }>(
        `SELECT subject FROM findings WHERE ${rule} ORDER BY first_index`,
      );
      return rows.map(({ subject }) => subject);
    };
    const own = ledger.actors.get('coop') as Signer;
    const addKey = async (by: string): Promise<{ signer: Signer; id: string }> => {
      const { signer } = generateSigner('Ed25519');
      const possession = await buildPossession(LOG, 'coop', signer);
      return { signer, id: (await ledger.record('key.added', by, { actor: 'coop', key: signer.jwk, possession })).id };
    };
    const first = await addKey('registrar');
    ledger.clock.advance(72 * 3_600_000);
    ledger.actors.set('coop', first.signer);
    const second = await addKey('coop');
    ledger.actors.set('coop', second.signer);
    const lot = await ledger.declare('50');
    const declared = ledger.head(lot);
    expect(await marked()).toEqual([second.id, declared]);
    ledger.actors.set('coop', own);
    await ledger.record('event.endorsed', 'coop', { events: [second.id] });
    expect(await marked()).toEqual([second.id]);
    await ledger.record('event.endorsed', 'coop', { events: [first.id] });
    expect(await marked()).toEqual([]);
  });
});

describe('a key that was in other hands', () => {
  let ledger: TestLedger;
  let stolen: Signer;
  let living: Signer;

  beforeEach(async () => {
    ledger = await TestLedger.open();
    stolen = ledger.actors.get('coop') as Signer;
    living = generateSigner('Ed25519').signer;
    const possession = await buildPossession(LOG, 'coop', living);
    await ledger.record('key.added', 'coop', { actor: 'coop', key: living.jwk, possession });
  });
  afterEach(() => ledger.close());

  async function declaration(by: Signer, occurredAt = ledger.clock.now()): Promise<Arrival & { id: string }> {
    const jti = randomToken();
    const [lot] = outputLotIds(LOG, 'coop', jti, 1);
    const built = await buildEvent(
      {
        log: LOG,
        type: 'lot.declared',
        iss: 'coop',
        iat: Math.floor(ledger.clock.now() / 1_000),
        jti,
        occurredAt: new Date(occurredAt).toISOString(),
        place: { site: 'hill' },
        outputs: [{ lot, mineral: 'cassiterite', form: 'ore', mass: { value: '10', uom: 'KGM' } }],
      },
      by,
    );
    return { id: built.id, event: readEvent(parseEnvelope(built.event), LOG), text: built.event, receipt: false };
  }

  async function revocation(compromisedSince?: number): Promise<Arrival> {
    const at = ledger.clock.now();
    const since = compromisedSince === undefined ? {} : { compromisedSince };
    const built = await buildEvent(
      {
        log: LOG,
        type: 'key.revoked',
        iss: 'coop',
        iat: Math.floor(at / 1_000),
        jti: randomToken(),
        occurredAt: new Date(at).toISOString(),
        actor: 'coop',
        kid: stolen.kid,
        reason: 'stolen',
        ...since,
      },
      living,
    );
    return { event: readEvent(parseEnvelope(built.event), LOG), text: built.event, receipt: false };
  }

  const told = async (arrivals: Arrival[]): Promise<string[]> =>
    (await ledger.append.append(arrivals)).map((outcome) =>
      outcome.status === 'refused' ? outcome.error.code : outcome.status,
    );

  async function suspect(): Promise<unknown[]> {
    await ledger.verifier().verify();
    const found = await ledger.database.rows<{ subject: string }>(
      `SELECT subject FROM findings WHERE rule = 'key-compromised' AND status = 'open' ORDER BY first_index`,
    );
    return found.map(({ subject }) => subject);
  }

  it('makes its events suspect from that index on, exactly, until their actor stands by them', async () => {
    const [before, at, after] = [await declaration(stolen), await declaration(stolen), await declaration(stolen)];
    const [, second] = await ledger.append.append([before, at, after]);
    const index = second?.status === 'accepted' ? second.index : -1;
    expect(await suspect()).toEqual([]);
    expect(await told([await revocation(index)])).toEqual(['accepted']);
    expect(await suspect()).toEqual([at.id, after.id]);
    ledger.actors.set('coop', living);
    await ledger.record('event.endorsed', 'coop', { events: [at.id] });
    expect(await suspect()).toEqual([after.id]);
  });

  it('leaves nothing to the thief: what he signs with a key that he has added is suspect, and his word clears nothing', async () => {
    const thief = generateSigner('Ed25519').signer;
    const possession = await buildPossession(LOG, 'coop', thief);
    const added = await ledger.record('key.added', 'coop', { actor: 'coop', key: thief.jwk, possession });
    const [bySecond, byFirst] = [await declaration(thief, ledger.clock.now() - 3 * YEAR), await declaration(stolen)];
    expect(await told([bySecond, byFirst])).toEqual(['accepted', 'accepted']);
    expect(await told([await revocation(added.index)])).toEqual(['accepted']);
    expect(await suspect()).toEqual([added.id, bySecond.id, byFirst.id]);
    ledger.actors.set('coop', thief);
    const word = await ledger.record('event.endorsed', 'coop', { events: [byFirst.id, added.id] });
    expect(await suspect()).toEqual([added.id, bySecond.id, byFirst.id, word.id]);
    ledger.actors.set('coop', living);
    await ledger.record('event.endorsed', 'coop', { events: [added.id] });
    expect(await suspect()).toEqual([]);
  });

  it('makes suspect whom its registrar has registered since', async () => {
    const registrar = ledger.actors.get('registrar') as Signer;
    const reserve = generateSigner('Ed25519').signer;
    const possession = await buildPossession(LOG, 'registrar', reserve);
    await ledger.record('key.added', 'registrar', { actor: 'registrar', key: reserve.jwk, possession });
    const phantom = generateSigner('Ed25519').signer;
    const registered = await ledger.record('actor.registered', 'registrar', {
      actor: 'phantom',
      roles: ['trader'],
      country: 'RW',
      key: phantom.jwk,
      possession: await buildPossession(LOG, 'phantom', phantom),
    });
    ledger.actors.set('phantom', phantom);
    const { id } = await ledger.record('incident.reported', 'phantom', {
      category: 'theft',
      level: 3,
      actors: ['coop'],
    });
    expect(await suspect()).toEqual([]);
    ledger.actors.set('registrar', reserve);
    const { kid } = registrar;
    const said = { actor: 'registrar', kid, reason: 'stolen', compromisedSince: registered.index };
    await ledger.record('key.revoked', 'registrar', said);
    expect(await suspect()).toEqual([registered.id, id]);
    await ledger.record('event.endorsed', 'registrar', { events: [registered.id] });
    expect(await suspect()).toEqual([]);
  });

  it('that is only lost makes nothing suspect that it signed before', async () => {
    await told([await declaration(stolen)]);
    await told([await revocation()]);
    expect(await suspect()).toEqual([]);
  });

  it('signs no more once it is revoked, whatever day the thief writes', async () => {
    await told([await revocation()]);
    for (const years of [0, 1, 3])
      expect(await told([await declaration(stolen, ledger.clock.now() - years * YEAR)])).toEqual(['key-revoked']);
  });

  it('is judged by its place in the log, where its last event and its revocation come together', async () => {
    const [first, late] = [await declaration(stolen), await declaration(stolen)];
    expect(await told([first, await revocation(), late])).toEqual(['accepted', 'accepted', 'key-revoked']);
  });
});
