import { describe, expect, it } from '@jest/globals';
import {
  formatCheckpoint,
  openCheckpoint,
  parseCheckpoint,
  parseCount,
  readCheckpoint,
  signCheckpoint,
} from '../../../src/core/log/checkpoint.js';
import { noteSigner, signNote } from '../../../src/core/log/note.js';
import { emptyRoot, leafHash } from '../../../src/core/log/tree.js';

const seed = (byte: number): Uint8Array => new Uint8Array(32).fill(byte);
const log = noteSigner('example.org/tin', seed(1));
const witness = noteSigner('witness.example', seed(2));
const head = { origin: log.name, size: 812, root: leafHash('root') };
const root = Buffer.from(head.root).toString('base64');

describe('signing a checkpoint', () => {
  it('reads what it writes, from the empty log to the largest', () => {
    for (const size of [0, 1, 2 ** 32, Number.MAX_SAFE_INTEGER]) {
      const own = { ...head, size, root: size === 0 ? emptyRoot() : head.root };
      const note = signCheckpoint(own, log);
      expect(openCheckpoint(note, [log.vkey])).toMatchObject({ ok: true, checkpoint: own });
      expect(readCheckpoint(note)).toEqual(own);
    }
    expect(formatCheckpoint({ ...head, size: 0, root: emptyRoot() })).toBe(
      'example.org/tin\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n',
    );
  });

  it('signs only in the name of the log, and only what is a checkpoint', () => {
    expect(() => signCheckpoint(head, witness)).toThrow('does not sign for');
    expect(() => signCheckpoint({ ...head, size: -1 }, log)).toThrow('size');
    expect(() => signCheckpoint({ ...head, size: 2 ** 53 }, log)).toThrow('size');
    expect(() => signCheckpoint({ ...head, root: head.root.subarray(1) }, log)).toThrow('root');
    expect(() => formatCheckpoint({ ...head, origin: 'evil\n9' })).toThrow('request-invalid');
  });
});

describe('opening a checkpoint', () => {
  it('asks for the signature of the log itself', () => {
    const text = formatCheckpoint(head);
    const byWitness = signNote(text, [witness]);
    expect(openCheckpoint(byWitness, [log.vkey])).toMatchObject({ ok: false, reason: 'no-known-key' });
    expect(openCheckpoint(byWitness, [log.vkey, witness.vkey])).toMatchObject({ reason: 'not-signed-by-origin' });
    const both = signNote(text, [log, witness]);
    expect(openCheckpoint(both, [log.vkey, witness.vkey])).toMatchObject({ ok: true, by: [{ name: log.name }, {}] });
  });

  it('refuses another size or root under the same signature', () => {
    const note = signCheckpoint(head, log);
    for (const altered of [note.replace('812', '811'), note.replace(root, Buffer.from(seed(0)).toString('base64'))])
      expect(openCheckpoint(altered, [log.vkey])).toMatchObject({ ok: false, reason: 'signature-wrong' });
  });
});

describe('reading a checkpoint strictly', () => {
  it('lets extension lines through', () => {
    expect(parseCheckpoint(`${head.origin}\n812\n${root}\nextension\n`)).toEqual(head);
  });

  it.each([
    ['a leading zero', `${head.origin}\n0812\n${root}\n`],
    ['a plus', `${head.origin}\n+812\n${root}\n`],
    ['a minus', `${head.origin}\n-0\n${root}\n`],
    ['a decimal point', `${head.origin}\n812.0\n${root}\n`],
    ['an exponent', `${head.origin}\n8e2\n${root}\n`],
    ['a space', `${head.origin}\n 812\n${root}\n`],
    ['other digits', `${head.origin}\n٨١٢\n${root}\n`],
    ['a size beyond 2^53', `${head.origin}\n9007199254740992\n${root}\n`],
    ['no size', `${head.origin}\n\n${root}\n`],
    ['no root', `${head.origin}\n812\n`],
    ['a root without padding', `${head.origin}\n812\n${root.slice(0, -1)}\n`],
    ['a root of 31 bytes', `${head.origin}\n812\n${Buffer.from(head.root.subarray(1)).toString('base64')}\n`],
    ['a root with padding bits set', `${head.origin}\n812\n${'A'.repeat(42)}B=\n`],
    ['no origin', `\n812\n${root}\n`],
    ['an origin with a space', `a b\n812\n${root}\n`],
    ['no newline at the end', `${head.origin}\n812\n${root}`],
    ['an empty extension line', `${head.origin}\n812\n${root}\n\nextension\n`],
    ['carriage returns', `${head.origin}\r\n812\r\n${root}\r\n`],
    ['nothing', ''],
  ])('refuses %s', (_, text) => expect(() => parseCheckpoint(text)).toThrow('request-invalid'));

  it('reads whole numbers in their one form', () => {
    expect(['0', '7', '9007199254740991'].map(parseCount)).toEqual([0, 7, 9007199254740991]);
    expect(['', '00', '01', '-1', '1 ', '1\n', '0x1', '9007199254740992', '1'.repeat(30)].map(parseCount)).toEqual(
      Array(9).fill(null),
    );
  });
});
