import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { admit } from '../../../src/core/custody/admit.js';
import type { LedgerView } from '../../../src/core/custody/view.js';
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
import { loadView } from '../../../src/server/ledger/append/load-view.js';
import { loadLogState } from '../../../src/server/ledger/append/log-state.js';
import { replayLog } from '../../../src/server/ledger/replay/replay.js';
import { TestLedger } from '../../support/test-ledger.js';

let ledger: TestLedger;
beforeAll(async () => {
  ledger = await TestLedger.open();
});
afterAll(() => ledger.close());

/** An event signed and not yet sent. */
async function signed(by: string, signer: Signer, type: string, body: Record<string, unknown>): Promise<Arrival> {
  const now = ledger.clock.now();
  const times = { iat: Math.floor(now / 1000), occurredAt: new Date(now).toISOString() };
  const claims = { log: ledger.identity.origin, type, iss: by, jti: randomToken(), ...times, ...body };
  const { event: text } = await buildEvent(claims, signer);
  return { event: readEvent(parseEnvelope(text), ledger.identity.origin), text, receipt: false };
}

async function declaration(signer: Signer): Promise<Arrival> {
  const jti = randomToken();
  const [lot = ''] = outputLotIds(ledger.identity.origin, 'coop', jti, 1);
  const outputs = [{ lot, mineral: 'cassiterite', form: 'ore', mass: { value: '1', uom: 'KGM' } }];
  return signed('coop', signer, 'lot.declared', { jti, place: { site: 'hill' }, outputs });
}

/** Gives `coop` a further key; `by` itself, or a registrar in its name. */
async function newKey(by: string): Promise<{ signer: Signer; added: string }> {
  const { signer } = generateSigner('Ed25519');
  const possession = await buildPossession(ledger.identity.origin, 'coop', signer);
  const { id } = await ledger.record('key.added', by, { actor: 'coop', key: signer.jwk, possession });
  return { signer, added: id };
}

/** What a service sees that has just started: nothing but what it loads. */
async function freshView(events: Arrival[]): Promise<LedgerView> {
  const { rows } = await ledger.database.query<{ size: number; root: Buffer; epoch: number }>(
    'SELECT size, root, epoch FROM log_state',
  );
  const row = rows[0];
  if (row === undefined) throw new Error('There is no state of the log.');
  const { view } = await loadLogState(ledger.database, ledger.identity.origin, row);
  await loadView(
    ledger.database,
    view,
    events.map(({ event }) => event),
  );
  return view;
}

const statuses = async (arrivals: Arrival[]): Promise<string[]> =>
  (await ledger.append.append(arrivals)).map(({ status }) => status);

describe('an event of a key that was lost', () => {
  it('is admitted by its actor’s endorsement in an earlier batch, though another actor endorsed it since', async () => {
    const { signer } = await newKey('coop');
    const late = await declaration(signer);
    await ledger.record('key.revoked', 'coop', { actor: 'coop', kid: signer.kid, reason: 'lost' });
    await ledger.record('event.endorsed', 'coop', { events: [late.event.id] });
    await ledger.record('event.endorsed', 'mallory', { events: [late.event.id] });
    expect(admit(late.event, await freshView([late]), ledger.identity).outcome).toBe('admitted');
    expect(await statuses([late])).toEqual(['accepted']);
  });

  it('is admitted when it was endorsed before, and comes in one batch with the revocation', async () => {
    const { signer } = await newKey('coop');
    const late = await declaration(signer);
    const coop = ledger.actors.get('coop');
    if (coop === undefined) throw new Error('coop has no key.');
    await ledger.record('event.endorsed', 'coop', { events: [late.event.id] });
    const revoked = await signed('coop', coop, 'key.revoked', { actor: 'coop', kid: signer.kid, reason: 'lost' });
    expect(await statuses([revoked, late])).toEqual(['accepted', 'accepted']);
  });
});

describe('a key that a registrar introduced', () => {
  it('is accepted by an older key also at a service that has just started', async () => {
    const { signer, added } = await newKey('registrar');
    const coop = ledger.actors.get('coop');
    if (coop === undefined) throw new Error('coop has no key.');
    const endorsement = await signed('coop', coop, 'event.endorsed', { events: [added] });
    const view = await freshView([endorsement]);
    expect(admit(endorsement.event, view, ledger.identity).outcome).toBe('admitted');
    expect(view.keys.get(signer.kid)).toMatchObject({ introduced: false });

    expect(await statuses([endorsement])).toEqual(['accepted']);
    const { rows } = await ledger.database.query('SELECT introduced FROM keys WHERE kid = $1', [signer.kid]);
    expect(rows).toEqual([{ introduced: false }]);
  });
});

describe('a ledger with endorsements', () => {
  it('replays to the same rows', async () => {
    const { entries, differences } = await replayLog(ledger.database, ledger.identity);
    expect({ entries, differences }).toEqual({ entries: [], differences: [] });
  });
});
