import { describe, expect, it } from '@jest/globals';
import {
  HeldCheckpoints,
  type StoredCheckpoint,
} from '../../../src/server/verification/audit/tree/audit-checkpoints.js';
import type { Evidence } from '../../../src/server/verification/audit/audit-evidence.js';
import { explain } from '../../../src/server/verification/audit/audit-faults.js';
import { lot } from '../../support/scripted-log.js';

const root = (fill: number): Buffer => Buffer.alloc(32, fill);
const [bag, drum] = [lot('bag'), lot('drum')];

const sizes = Array.from({ length: 10 }, (_, i) => i + 1);
/** Roots of a sound log of ten entries, but for those after an index. */
const rootsUntil = (last: number): Map<number, Uint8Array> =>
  new Map([0, ...sizes].map((size) => [size, root(size > last ? 99 : size)]));

function held(checkpoints: StoredCheckpoint[], roots: Map<number, Uint8Array>): Evidence['checkpoints'] {
  const against = new HeldCheckpoints((size) => roots.get(size));
  for (const checkpoint of checkpoints) against.add(checkpoint);
  return against.result;
}

const signed = sizes.map((size) => ({ size, root: root(size), note: { size, root: root(size) } }));

/** What an audit gathers of a sound log of ten entries, committed one by one, with what is said beside it. */
function evidence(more: Partial<Evidence> = {}): Evidence {
  return {
    tree: {
      size: 10,
      missing: [],
      altered: [],
      tiles: [],
      roots: rootsUntil(10),
      forks: [],
      uncertainFrom: null,
    },
    state: { size: 10, root: root(10), epoch: 10 },
    checkpoints: held(signed, rootsUntil(10)),
    guard: { size: 10, root: root(10) },
    replay: { size: 10, entries: [], differences: [], truncated: false },
    disclosures: [],
    catalogue: [],
    lotsAt: new Map(),
    signedAfterAll: new Set(),
    ...more,
  };
}

const { tree, replay } = evidence();
const refused = (index: number, lots: string[]): Evidence['replay']['entries'][number] => ({
  index,
  kind: 'refused',
  code: 'head-moved',
  lots,
  detail: `Entry ${index}.`,
});
const difference = (id: string, index: number): Evidence['replay']['differences'][number] => ({
  table: 'lots',
  key: `id=${id}`,
  column: 'holder',
  stored: 'mallory',
  replayed: 'coop',
  lots: [id],
  index,
});

describe('holding checkpoints against the tree', () => {
  it('keeps none that are as they must be, however many there are', () => {
    expect(held(signed, rootsUntil(10))).toEqual({ commits: 10, signed: 10, doubtful: [] });
  });

  it('keeps what is signed otherwise, and the size of the one before it', () => {
    const [first, second] = held(signed, rootsUntil(6)).doubtful;
    expect([first?.size, first?.before, second?.size]).toEqual([7, 6, 8]);
  });
});

describe('explaining what an audit gathered', () => {
  it('has nothing to say of a sound log', () => {
    expect(explain(evidence())).toEqual([]);
  });

  it('names the first entry that would not be admitted, and not those that build on it', () => {
    const entries = [refused(4, [bag]), refused(6, [bag]), refused(7, [drum])];
    const faults = explain(evidence({ replay: { ...replay, entries, differences: [difference(bag, 6)] } }));
    expect(faults.map(({ rule, firstIndex }) => [rule, firstIndex])).toEqual([
      ['record-chain-broken', 4],
      ['record-chain-broken', 7],
    ]);
  });

  it('leaves out what follows from a signature that does not verify, and keeps what does not', () => {
    const forged = { index: 4, kind: 'signature' as const, code: null, lots: [bag], detail: 'Entry 4.' };
    const faults = explain(
      evidence({
        tree: { ...tree, roots: rootsUntil(4) },
        checkpoints: held(signed, rootsUntil(4)),
        replay: {
          ...replay,
          entries: [forged, refused(6, [bag])],
          differences: [difference(bag, 6), difference(drum, 2)],
        },
      }),
    );
    expect(faults.map(({ rule, subject }) => [rule, subject])).toEqual([
      ['record-signature-invalid', 'entries index=4'],
      ['record-projection-differs', `lots id=${drum}`],
    ]);
  });

  it('calls a signature sound that only the damaged registration of its key made fail', () => {
    const later = { index: 7, kind: 'signature' as const, code: null, lots: [bag], detail: 'Entry 7.' };
    const altered = { index: 2, id: 'id-2', columns: ['jws' as const], stored: 'a', expected: 'b' };
    const faults = explain(
      evidence({
        tree: { ...tree, altered: [altered] },
        replay: { ...replay, entries: [later] },
        signedAfterAll: new Set([7]),
      }),
    );
    expect(faults.map(({ subject }) => subject)).toEqual(['entries index=2']);
  });

  it('says between which two signed sizes the entries were changed, once', () => {
    const roots = rootsUntil(6);
    const faults = explain(evidence({ tree: { ...tree, roots }, checkpoints: held(signed, roots), guard: null }));
    expect(faults.filter(({ subject }) => subject.startsWith('checkpoints'))).toEqual([
      expect.objectContaining({ rule: 'record-root-mismatch', subject: 'checkpoints size=7', firstIndex: 6 }),
    ]);
  });

  it('calls it a fork when a signer had seen another tree', () => {
    const forks = [{ index: 8, id: 'id-8', size: 5, root: 'other' }];
    expect(explain(evidence({ tree: { ...tree, forks }, lotsAt: new Map([[8, [bag]]]) }))).toEqual([
      expect.objectContaining({ rule: 'record-fork', subject: 'entries index=8', lots: [bag], threshold: 'other' }),
    ]);
  });

  it('takes a guard that is ahead, or has seen another root, for a restored backup', () => {
    expect(explain(evidence({ guard: { size: 14, root: root(14) } }))).toEqual([
      expect.objectContaining({ rule: 'record-backup-restored', firstIndex: 10, threshold: '14 entries' }),
    ]);
    expect(explain(evidence({ guard: { size: 8, root: root(77) } }))).toEqual([
      expect.objectContaining({ rule: 'record-backup-restored', firstIndex: null }),
    ]);
    expect(explain(evidence({ guard: null }))).toEqual([]);
  });

  it('names many rows of one table together', () => {
    const differences = Array.from({ length: 12 }, (_, i) => difference(lot(`lot ${i}`), i));
    const faults = explain(evidence({ replay: { ...replay, differences } }));
    expect(faults).toEqual([expect.objectContaining({ subject: 'lots', measured: '12 rows', firstIndex: 0 })]);
    expect(faults[0]?.lots).toHaveLength(12);
  });

  it('finds words where everything is damaged, however much there is', () => {
    const count = 300_000;
    const altered = Array.from({ length: count }, (_, index) => ({
      index,
      id: `id-${index}`,
      columns: ['jws' as const],
      stored: 'a',
      expected: 'b',
    }));
    const checkpoints = Array.from({ length: count }, (_, i) => ({
      size: i + 1,
      root: root(1),
      note: 'none' as const,
    }));
    const faults = explain(
      evidence({
        tree: { ...tree, size: count, altered },
        checkpoints: held(checkpoints, rootsUntil(10)),
        state: null,
        guard: null,
      }),
    );
    expect(faults.length).toBeGreaterThan(count);
    expect(faults[0]).toMatchObject({ firstIndex: 0 });
  });
});
