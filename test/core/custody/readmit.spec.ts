import { beforeEach, describe, expect, it } from '@jest/globals';
import { readmit, signatureFault } from '../../../src/core/custody/readmit.js';
import { type LedgerView, emptyView } from '../../../src/core/custody/view.js';
import { EVENT_TYP, type Signed } from '../../../src/core/event/envelope.js';
import type { AditEvent } from '../../../src/core/event/event.js';
import type { PublicJwk, SignatureAlgorithm } from '../../../src/core/event/keys.js';
import { CoreLedger, LOG } from '../../support/core-ledger.js';

let ledger: CoreLedger;
let view: LedgerView;

beforeEach(() => {
  ledger = CoreLedger.opened();
  ledger.dispatch('coop', 'trader', [ledger.declare()]);
  view = emptyView(LOG);
});

const readmitAll = (entries: readonly AditEvent[]): unknown[] =>
  entries.map((event, index) => readmit(event, index, view)).filter((fault) => fault !== null);

describe('admitting a log again', () => {
  it('leads to the view of the service that wrote it', () => {
    expect(readmitAll(ledger.entries)).toEqual([]);
    for (const part of ['size', 'clock', 'opened', 'actors', 'keys', 'sites', 'lots', 'changes'] as const)
      expect([part, view[part]]).toEqual([part, ledger.view[part]]);
  });

  it('names the event before an entry that is missing', () => {
    const sent = ledger.entries.at(-1) as AditEvent;
    const declared = ledger.entries.at(-2) as AditEvent;
    readmitAll(ledger.entries.slice(0, -2));
    expect(readmit(sent, ledger.entries.length - 1, view)).toEqual({
      kind: 'waiting',
      code: null,
      detail: `would not be admitted: it follows ${declared.id}, which is not before it`,
      missing: [declared.id],
    });
  });

  it('refuses an entry that the service would not have admitted there, and leaves the view', () => {
    readmitAll(ledger.entries);
    const lots = structuredClone(view.lots);
    const again = ledger.entries[0] as AditEvent;
    expect(readmit(again, view.size, view)).toMatchObject({
      kind: 'refused',
      code: 'ledger-already-open',
      detail: expect.stringMatching(/^would not be admitted: ./),
    });
    expect(view.lots).toEqual(lots);
  });

  it('applies no event twice', () => {
    const [opening] = ledger.entries as [AditEvent];
    expect(readmit(opening, 9, view, 0)).toMatchObject({ kind: 'replay', detail: 'is entry 0 once more: a replay' });
    expect(view.opened).toBeNull();
  });
});

describe('the signature of an entry', () => {
  const signed = (alg: SignatureAlgorithm = 'Ed25519'): Signed => ({
    header: { alg, kid: '', typ: EVENT_TYP },
    signingInput: 'a.b',
    signature: new Uint8Array(64),
  });
  const declaration = (): AditEvent => ledger.entries.at(-2) as AditEvent;
  const kindOf = async (event: AditEvent, valid: boolean, alg?: SignatureAlgorithm): Promise<string | null> =>
    (await signatureFault(event, signed(alg), view, () => Promise.resolve(valid)))?.kind ?? null;

  it('needs a key that was registered before it', async () => {
    expect(await kindOf(declaration(), true)).toBe('key');
    readmitAll(ledger.entries);
    expect(await kindOf(declaration(), true)).toBeNull();
  });

  it('is checked with the key in force, and its algorithm', async () => {
    readmitAll(ledger.entries);
    const asked: PublicJwk[] = [];
    await signatureFault(declaration(), signed(), view, (jwk) => Promise.resolve(asked.push(jwk) > 0));
    expect(asked).toEqual([ledger.key('coop').jwk]);
    expect(await kindOf(declaration(), false)).toBe('signature');
    expect(await kindOf(declaration(), true, 'ES256')).toBe('signature');
  });

  it('is checked with the key that entry 0 brings', async () => {
    expect(await kindOf(ledger.entries[0] as AditEvent, true)).toBeNull();
  });

  it('covers the proof that a new key is possessed', async () => {
    readmitAll(ledger.entries);
    const registered = ledger.entries.find(({ type }) => type === 'actor.registered') as AditEvent;
    expect(await signatureFault(registered, signed(), view, () => Promise.resolve(true))).toMatchObject({
      kind: 'possession',
      code: 'possession-invalid',
    });
  });
});
