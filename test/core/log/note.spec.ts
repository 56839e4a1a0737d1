import { describe, expect, it } from '@jest/globals';
import * as z from 'zod';
import {
  MAX_SIGNATURES,
  type NoteSigner,
  isKeyName,
  keyId,
  noteSigner,
  openNote,
  parseNote,
  parseVkey,
  signNote,
  vkey,
} from '../../../src/core/log/note.js';
import { itWithVectors, readJson } from './vectors.js';

const key = (bytes: number[]): string => Buffer.from(bytes).toString('base64');
const seed = (byte: number): Uint8Array => new Uint8Array(32).fill(byte);
const log = noteSigner('example.org/tin', seed(1));
const witness = noteSigner('witness.example', seed(2));
const text = 'One line.\n\nAnd another.\n';
const note = signNote(text, [log, witness]);

const example = z.object({ signed_note: z.object({ vkey: z.string(), note: z.string() }) });

describe('signing a note', () => {
  it('opens for each of its signers', () => {
    expect(openNote(note, [log.vkey])).toMatchObject({ ok: true, text, by: [{ vkey: log.vkey }] });
    expect(openNote(note, [witness.vkey, log.vkey])).toMatchObject({
      by: [{ name: witness.name }, { name: log.name }],
    });
  });

  itWithVectors('spec-examples', 'opens the example of the specification', (path) => {
    const { signed_note: sample } = readJson(example, path, 'c2sp.json');
    expect(openNote(sample.note, [sample.vkey])).toMatchObject({ ok: true, text: 'This is an example message.\n' });
    expect(parseVkey(sample.vkey)).toMatchObject({ name: 'example.com/foo', keyId: '530d903a' });
    const altered = sample.note.replace('example message', 'altered message');
    expect(openNote(altered, [sample.vkey])).toMatchObject({ ok: false, reason: 'signature-wrong' });
  });

  it('refuses a text without its last newline, and names that cannot be told apart from the line', () => {
    expect(() => signNote('no newline', [log])).toThrow('newline');
    expect(() => signNote('tab\t\n', [log])).toThrow('control character');
    expect(() => signNote(text, [])).toThrow('signatures');
    expect(() => noteSigner('a b', seed(1))).toThrow('name');
    const nameless: NoteSigner = { ...log, name: 'a+b' };
    expect(() => signNote(text, [nameless])).toThrow('name');
  });
});

describe('opening a note', () => {
  it('ignores signatures of unknown keys, even of the same name', () => {
    const namesake = noteSigner(log.name, seed(3));
    expect(openNote(note, [namesake.vkey])).toMatchObject({ ok: false, reason: 'no-known-key' });
    expect(openNote(note, [])).toMatchObject({ ok: false, reason: 'no-known-key' });
    expect(openNote(signNote(text, [namesake, log]), [log.vkey])).toMatchObject({ ok: true, by: [{ vkey: log.vkey }] });
  });

  it('refuses the whole note if a trusted key is named and did not sign it', () => {
    const forger: NoteSigner = { ...witness, sign: (message) => log.sign(message) };
    const forged = signNote(text, [log, forger]);
    expect(openNote(forged, [log.vkey])).toMatchObject({ ok: true });
    expect(openNote(forged, [log.vkey, witness.vkey])).toMatchObject({ ok: false, reason: 'signature-wrong' });
    const short: NoteSigner = { ...log, sign: (message) => log.sign(message).subarray(1) };
    expect(openNote(signNote(text, [short]), [log.vkey])).toMatchObject({ ok: false, reason: 'signature-wrong' });
  });

  it('counts a key once, however often it signs or is listed', () => {
    const twice = signNote(text, [log, log]);
    expect(openNote(twice, [log.vkey, log.vkey])).toMatchObject({ ok: true, by: [{ vkey: log.vkey }] });
    expect(openNote(twice, [log.vkey])).toHaveProperty('by.length', 1);
  });

  it('refuses a text that differs by one character', () => {
    for (const altered of [note.replace('One', 'on'), note.replace('line.\n', 'line. \n'), `\n${note}`])
      expect(openNote(altered, [log.vkey])).toMatchObject({ ok: false, reason: 'signature-wrong' });
  });

  it('takes any text, blank lines in it included, up to the last blank line', () => {
    expect(parseNote(note).text).toBe(text);
    expect(parseNote(signNote('\n', [log])).text).toBe('\n');
  });
});

describe('reading a note strictly', () => {
  const [line = ''] = note.slice(text.length + 1).split('\n');
  const encoded = line.slice(line.lastIndexOf(' ') + 1);
  const withLine = (replaced: string): string => `${text}\n${replaced}\n`;

  it('reads the line that the table below spoils', () => {
    expect(parseNote(withLine(line)).signatures).toHaveLength(1);
  });

  it.each([
    ['an empty text', ''],
    ['no signatures', text],
    ['no signature after the blank line', `${text}\n`],
    ['no newline at the end', note.slice(0, -1)],
    ['a blank line at the end', `${note}\n`],
    ['carriage returns', note.replaceAll('\n', '\r\n')],
    ['a NUL', note.replace('One', '\0ne')],
    ['a lone surrogate', note.replace('One', '\ud800ne')],
    ['a hyphen for the dash', withLine(line.replace('—', '-'))],
    ['an en dash for the dash', withLine(line.replace('—', '–'))],
    ['two spaces', withLine(line.replace('— ', '—  '))],
    ['a space at the end', withLine(`${line} `)],
    ['a space before the dash', withLine(` ${line}`)],
    ['no name', withLine(`—  ${encoded}`)],
    ['a plus in the name', withLine(line.replace(log.name, 'a+b'))],
    ['a no-break space in the name', withLine(line.replace(log.name, 'a\u00a0b'))],
    ['an ideographic space in the name', withLine(line.replace(log.name, 'a\u3000b'))],
    ['a next-line character in the name', withLine(line.replace(log.name, 'a\u0085b'))],
    ['base64 without padding', withLine(line.replace(/=+$/, ''))],
    ['base64 with padding bits set', withLine(`— ${log.name} AAAAAAB=`)],
    ['the alphabet of base64url', withLine(`— ${log.name} AAAA_-AA`)],
    ['a key id and nothing more', withLine(`— ${log.name} AAAAAA==`)],
    ['no base64', withLine(`— ${log.name} `)],
    ['too many signatures', signNoteOften(MAX_SIGNATURES + 1)],
    ['too much text', signNote('x'.repeat(120_000) + '\n', [log]).replace('x', 'x'.repeat(20_000))],
  ])('refuses %s', (_, spoiled) => expect(() => parseNote(spoiled)).toThrow('request-invalid'));

  it('reads sixteen signatures, of whatever length', () => {
    expect(parseNote(signNoteOften(MAX_SIGNATURES)).signatures).toHaveLength(MAX_SIGNATURES);
    const other = withLine(`— other.example ${Buffer.alloc(4 + 2420, 1).toString('base64')}`);
    expect(parseNote(other).signatures[0]).toMatchObject({ keyId: '01010101', signature: { length: 2420 } });
  });

  function signNoteOften(count: number): string {
    return `${text}\n${`${line}\n`.repeat(count)}`;
  }
});

describe('reading a verifier key', () => {
  const { publicKey } = parseVkey(log.vkey);

  it('derives the id from name, type and key', () => {
    expect(vkey(log.name, publicKey)).toBe(log.vkey);
    expect(log.vkey.split('+')[1]).toBe(keyId(log.name, publicKey));
    expect(keyId('other', publicKey)).not.toBe(keyId(log.name, publicKey));
  });

  it.each([
    ['nothing', ''],
    ['no key', `${log.name}+${log.keyId}`],
    ['an id that is not its own', `${log.name}+00000000+${key([1, ...publicKey])}`],
    ['an id in capitals', log.vkey.replace(log.keyId, log.keyId.toUpperCase())],
    ['another name', log.vkey.replace('tin', 'tan')],
    ['another signature type', `${log.name}+${log.keyId}+${key([4, ...publicKey])}`],
    ['a short key', `${log.name}+${log.keyId}+${key([1, ...publicKey.slice(1)])}`],
    ['base64 with padding that it does not need', `${log.vkey}=`],
    ['a newline at the end', `${log.vkey}\n`],
    ['a space in the name', `a b+${log.keyId}+${key([1, ...publicKey])}`],
  ])('refuses %s', (_, spoiled) => expect(() => parseVkey(spoiled)).toThrow('request-invalid'));

  it('refuses keys of small order, off the curve, and of another length', () => {
    const identity = Uint8Array.of(1, ...new Uint8Array(31));
    for (const bad of [identity, new Uint8Array(32), new Uint8Array(32).fill(2), publicKey.subarray(1)])
      expect(() => vkey(log.name, bad)).toThrow('not a point');
  });

  it('knows what may name a key', () => {
    for (const name of ['a', 'example.org/tin', 'würzburg', '鉱物']) expect(isKeyName(name)).toBe(true);
    for (const name of ['', 'a b', 'a+b', 'a\u2028b', 'a\nb', 'a\u00a0']) expect(isKeyName(name)).toBe(false);
  });
});
