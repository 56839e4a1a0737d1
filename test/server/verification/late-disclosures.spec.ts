import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { buildEvent, randomToken } from '../../../src/core/event/build.js';
import { parseEnvelope } from '../../../src/core/event/envelope.js';
import { readEvent } from '../../../src/core/event/event.js';
import type { Database } from '../../../src/server/database/database.js';
import type { Queryable } from '../../../src/server/database/rows.js';
import type { EventResult } from '../../../src/server/ledger/append/event-result.js';
import { TestLedger } from '../../support/test-ledger.js';
import { findingsOfWhole, storedFindings } from '../../support/two-judges.js';

/** Events that somebody sends without their disclosures first: what they disclose later counts as if it had come at once. */
const LOG = 'example.org/tin';
const PLATE = 'RAB 482 K';
const HILL = { lat: '-1.79', lon: '30.01' };
const FAR = { lat: '-2.90', lon: '29.00' };
let ledger: TestLedger;

beforeAll(async () => {
  ledger = await TestLedger.open();
});
afterAll(() => ledger.close());

const send = async (text: string): Promise<EventResult | undefined> =>
  (await ledger.append.append([{ event: readEvent(parseEnvelope(text), LOG), text, receipt: false }]))[0];

/** A dispatch at a place by a vehicle, both withheld; gives what tells of it later. */
async function dispatched(lot: string, place: typeof HILL, vehicle = PLATE): Promise<{ id: string; whole: string }> {
  const signer = ledger.actors.get('coop');
  if (signer === undefined) throw new Error('There is no coop.');
  const now = ledger.clock.now();
  const claims = {
    log: LOG,
    type: 'custody.dispatched',
    iss: 'coop',
    iat: Math.floor(now / 1_000),
    jti: randomToken(),
    occurredAt: new Date(now).toISOString(),
    place: { site: 'hill', ...place, accuracyM: '5', source: 'gnss' },
    to: 'trader',
    lots: [{ lot, prev: ledger.head(lot) }],
    vehicle,
  };
  const { jws, id, disclosures } = await buildEvent(claims, signer, { disclose: false });
  expect(await send(`${jws}~`)).toMatchObject({ status: 'accepted' });
  return { id, whole: [jws, ...disclosures, ''].join('~') };
}

const twoPlaces = (): Promise<{ events: string[]; status: string }[]> =>
  ledger.database.rows(`SELECT events, status FROM findings WHERE rule = 'vehicle-two-places' ORDER BY first_index`);

/** What the workers keep is what the whole log comes to, and an audit that judges it again agrees. */
async function expectAgreement(): Promise<void> {
  expect(await storedFindings(ledger)).toEqual(await findingsOfWhole(ledger));
  expect(await ledger.auditor().audit()).toMatchObject({ faults: 0 });
}

describe('disclosures of an event that was logged without them', () => {
  it('are judged when they come, in whichever order, also where nothing is logged with them', async () => {
    for (const [first, second] of [
      ['earlier', 'later'],
      ['later', 'earlier'],
    ] as const) {
      const before = (await twoPlaces()).length;
      const plate = `${PLATE} ${first}`;
      const earlier = await dispatched(await ledger.declare('50'), HILL, plate);
      const later = await dispatched(await ledger.declare('51'), FAR, plate);
      await ledger.verifier().verify();
      const told = { earlier, later };
      expect(await send(told[first].whole)).toMatchObject({ status: 'duplicate' });
      await ledger.verifier().verify();
      expect(await twoPlaces()).toHaveLength(before);
      expect(await send(told[second].whole)).toMatchObject({ status: 'duplicate' });
      await ledger.verifier().verify();
      expect((await twoPlaces()).slice(before)).toEqual([{ events: [earlier.id, later.id], status: 'open' }]);
    }
    await expectAgreement();
  });

  it('are judged where they come while a step has begun', async () => {
    const before = (await twoPlaces()).length;
    const plate = `${PLATE} meanwhile`;
    const earlier = await dispatched(await ledger.declare('50'), HILL, plate);
    const later = await dispatched(await ledger.declare('51'), FAR, plate);
    await send(earlier.whole);
    let happens: (() => Promise<unknown>) | null = null;
    const watched = (db: Queryable): Queryable => ({
      async query(text: string, values?: unknown[]) {
        const result = await db.query(text, values);
        // The step has just looked at what has changed since the one before.
        const now = text.includes('AS erased') ? happens : null;
        if (now !== null) happens = null;
        await now?.();
        return result as never;
      },
    });
    const database = Object.assign(Object.create(ledger.database) as Database, {
      transaction: <T>(work: (db: Queryable) => Promise<T>): Promise<T> =>
        ledger.database.transaction((db) => work(watched(db))),
    });
    const worker = ledger.anotherVerifier(database);
    await worker.verify();
    await ledger.declare('52');
    happens = () => send(later.whole);
    await worker.verify();
    await worker.verify();
    expect((await twoPlaces()).slice(before)).toEqual([{ events: [earlier.id, later.id], status: 'open' }]);
    await expectAgreement();
  });

  it('end what was undecided, and are judged once however often they are sent', async () => {
    const lot = await ledger.declare('52');
    const { id, whole } = await dispatched(lot, HILL, 'RAB 999 Z');
    const mass = { value: '52', uom: 'KGM' };
    await ledger.record('custody.received', 'trader', { from: 'coop', lots: [{ lot, prev: id, mass }] });
    await ledger.verifier().verify();
    for (let i = 0; i < 3; i += 1) await send(whole);
    const late = await ledger.database.rows<{ n: number }>('SELECT n FROM late_disclosures ORDER BY n');
    await ledger.verifier().verify();
    await send(whole);
    expect(await ledger.database.rows('SELECT n FROM late_disclosures ORDER BY n')).toEqual(late);
    expect(await ledger.database.rows('SELECT disclosed FROM verification_cursor')).toEqual([
      { disclosed: late.at(-1)?.n },
    ]);
    await expectAgreement();
  });

  it('are refused where one is an identifier that cannot be seen or typed', async () => {
    const lot = await ledger.declare('53');
    const { id, whole } = await dispatched(lot, HILL, 'RAB\u200b 482 K');
    expect(await send(whole)).toMatchObject({
      status: 'refused',
      error: { code: 'disclosure-invalid', errors: [{ pointer: '/vehicle', code: 'disclosure-invalid' }] },
    });
    expect(await ledger.database.rows('SELECT FROM disclosures WHERE event = $1', [id])).toEqual([]);
  });
});
