import { describe, expect, it } from '@jest/globals';
import {
  type WitnessedLog,
  considerSubmission,
  formatSubmission,
  parseSubmission,
} from '../../../src/core/log/add-checkpoint.js';
import { signCheckpoint } from '../../../src/core/log/checkpoint.js';
import { noteSigner, parseNote, parseVkey, signNote } from '../../../src/core/log/note.js';
import { emptyRoot, leafHash } from '../../../src/core/log/tree.js';
import { naiveConsistency, naiveRoot } from './naive-tree.js';

const origin = 'example.org/tin';
const signer = noteSigner(origin, new Uint8Array(32).fill(1));
const other = noteSigner(origin, new Uint8Array(32).fill(2));
const entries = (count: number, of = 'entry'): Uint8Array[] =>
  Array.from({ length: count }, (_, i) => leafHash(`${of} ${i}`));
const note = (leaves: Uint8Array[], by = signer): string =>
  signCheckpoint({ origin, size: leaves.length, root: naiveRoot(leaves) }, by);
const at = (leaves: Uint8Array[]): WitnessedLog => ({
  keys: [parseVkey(signer.vkey)],
  size: leaves.length,
  root: naiveRoot(leaves),
});
const asked = (oldSize: number, leaves: Uint8Array[], text = note(leaves)): string =>
  formatSubmission({ oldSize, proof: oldSize === 0 ? [] : naiveConsistency(oldSize, leaves), note: text });

describe('a submission to a witness', () => {
  it('is read as it was written', () => {
    const submission = { oldSize: 3, proof: naiveConsistency(3, entries(8)), note: note(entries(8)) };
    expect(parseSubmission(formatSubmission(submission))).toEqual(submission);
  });

  it.each([
    ['no size', 'older 3\n\n'],
    ['a size with a leading zero', 'old 03\n\n'],
    ['a hash that is too short', 'old 3\nAAAA\n\n'],
    ['too many hashes', `old 3\n${`${Buffer.alloc(32).toString('base64')}\n`.repeat(64)}\n`],
  ])('is refused with %s', (_name, head) => {
    expect(considerSubmission(head + note(entries(8)), () => at(entries(3)))).toMatchObject({ status: 400 });
  });
});

describe('what a witness makes of it', () => {
  it('takes the first checkpoint, a later one of the same log, and the same once more', () => {
    expect(considerSubmission(asked(0, entries(5)), () => ({ ...at([]), root: emptyRoot() }))).toMatchObject({
      status: 200,
      checkpoint: { origin, size: 5 },
    });
    expect(considerSubmission(asked(5, entries(13)), () => at(entries(5)))).toMatchObject({ status: 200 });
    expect(considerSubmission(asked(5, entries(5)), () => at(entries(5)))).toMatchObject({ status: 200 });
    expect(considerSubmission(asked(0, []), () => ({ ...at([]), root: emptyRoot() }))).toMatchObject({ status: 200 });
  });

  it('gives back the checkpoint without the signatures of those it does not trust', () => {
    const text = signNote(parseNote(note(entries(5))).text, [signer, other]);
    const considered = considerSubmission(asked(0, entries(5), text), () => ({ ...at([]), root: emptyRoot() }));
    expect(considered).toMatchObject({ status: 200, note: note(entries(5)) });
  });

  it('says which size it has where it is asked from another', () => {
    expect(considerSubmission(asked(3, entries(13)), () => at(entries(5)))).toMatchObject({ status: 409, size: 5 });
    expect(considerSubmission(asked(3, entries(4)), () => at(entries(5)))).toMatchObject({ status: 409, size: 5 });
  });

  it('names no size where the size is the same and the log another, and so is told from the former', () => {
    expect(considerSubmission(asked(5, entries(5, 'other')), () => at(entries(5)))).toMatchObject({
      status: 409,
      size: null,
    });
  });

  it.each([
    ['404 for a log that it does not know', asked(0, entries(5)), null, 404],
    ['403 for a checkpoint that another key signed', asked(5, entries(8), note(entries(8), other)), entries(5), 403],
    ['400 for an old size beyond the new one', `old 9\n\n${note(entries(8))}`, entries(9), 400],
    ['409 for another log of the same size', asked(5, entries(5, 'other')), entries(5), 409],
    [
      '422 for a proof between two of one size',
      `old 5\n${Buffer.alloc(32).toString('base64')}\n\n${note(entries(5))}`,
      entries(5),
      422,
    ],
    ['422 for a log that does not continue the one it knows', asked(5, entries(9, 'other')), entries(5), 422],
    ['422 for a proof from nothing', `old 0\n${Buffer.alloc(32).toString('base64')}\n\n${note(entries(8))}`, [], 422],
  ])('answers %s', (_name, body, known, status) => {
    expect(considerSubmission(body, () => (known === null ? null : at(known)))).toMatchObject({ status });
  });
});
