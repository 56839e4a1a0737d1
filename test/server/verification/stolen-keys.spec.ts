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
import type { Arrival } from '../../../src/server/ledger/append-events.js';
import { TestLedger } from '../../support/test-ledger.js';

const LOG = 'example.org/tin';
const YEAR = 365 * 86_400_000;

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
    const found = await ledger.database.query<{ subject: string }>(
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
