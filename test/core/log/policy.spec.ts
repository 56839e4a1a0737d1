import { ed25519 } from '@noble/curves/ed25519.js';
import { describe, expect, it } from '@jest/globals';
import { signCheckpoint } from '../../../src/core/log/checkpoint.js';
import { cosign, witnessKeyId, witnessVkey } from '../../../src/core/log/cosignature.js';
import { formatSignature, noteSigner, parseNote } from '../../../src/core/log/note.js';
import { checkQuorum, parsePolicy } from '../../../src/core/log/policy.js';

const seedOf = (number: number): Uint8Array => new Uint8Array(32).fill(number);
const log = noteSigner('example.org/tin', seedOf(1));
const witness = (name: string, number: number): string => witnessVkey(name, ed25519.getPublicKey(seedOf(number)));
const [a, b, c] = [witness('a.example', 2), witness('b.example', 3), witness('c.example', 4)];
const note = signCheckpoint({ origin: 'example.org/tin', size: 1, root: new Uint8Array(32) }, log);
const { text } = parseNote(note);
const by = (name: string, number: number): string => cosign(text, name, seedOf(number), 5);

const policy = (...lines: string[]): string => [`log ${log.vkey}`, ...lines, ''].join('\n');

describe('a policy', () => {
  it('asks for as many witnesses as it says, in groups of groups', () => {
    const read = parsePolicy(
      policy(`witness A ${a}`, `witness B ${b}`, `witness C ${c}`, 'group g any A B', 'group h all g C', 'quorum h'),
    );
    expect(checkQuorum(note + by('a.example', 2), read).met).toBe(false);
    expect(checkQuorum(note + by('a.example', 2) + by('b.example', 3), read).met).toBe(false);
    expect(checkQuorum(note + by('b.example', 3) + by('c.example', 4), read).met).toBe(true);
  });

  it('takes blanks around and between words, and comments in any language', () => {
    expect(parsePolicy(`# élévation – 標高\n \tlog\t ${log.vkey} \n\n quorum none`).wantsWitnesses).toBe(false);
  });

  it.each([
    ['one key under two names', [`witness A ${a}`, `witness B ${witness('b.example', 2)}`, 'quorum A'], 'named twice'],
    ['one log twice', [`log ${log.vkey}`, 'quorum none'], 'named twice'],
    [
      'a witness in two groups',
      [`witness A ${a}`, `witness B ${b}`, 'group g any A', 'group h any A B', 'quorum h'],
      'another group',
    ],
    [
      'a group in two groups',
      [`witness A ${a}`, `witness B ${b}`, 'group g any A', 'group h any g', 'group i any g B', 'quorum i'],
      'another group',
    ],
    ['a line that ends as on Windows', ['quorum none\r'], 'control character'],
    ['a blank that is none', ['\u00A0quorum none'], 'neither a space nor a tab'],
    ['a line that is one only for some', ['# more\u2028quorum none', 'quorum none'], 'neither a space nor a tab'],
    ['a control character, were it in a comment', ['# \u0001', 'quorum none'], 'control character'],
  ])('is refused for %s', (_what, lines, detail) => {
    expect(() => parsePolicy(policy(...lines))).toThrow(detail);
  });
});

describe('the cosignatures of a checkpoint', () => {
  const wants = parsePolicy(policy(`witness A ${a}`, 'quorum A'));

  it('count where one is genuine, whatever others bear its name', () => {
    const keyId = witnessKeyId('a.example', ed25519.getPublicKey(seedOf(2)));
    const bogus = [0, 72].map((length) =>
      formatSignature({ name: 'a.example', keyId, signature: new Uint8Array(Math.max(1, length)) }),
    );
    expect(checkQuorum(note + bogus.join(''), wants).met).toBe(false);
    expect(checkQuorum(note + bogus.join('') + by('a.example', 2), wants).met).toBe(true);
    expect(checkQuorum(note + by('a.example', 2) + by('a.example', 2), wants).cosignatures).toHaveLength(1);
  });
});
