import { describe, expect, it } from '@jest/globals';
import { signCheckpoint } from '../../../src/core/log/checkpoint.js';
import { noteSigner } from '../../../src/core/log/note.js';
import { checkTlogProof, formatTlogProof, parseTlogProof } from '../../../src/core/log/proof-file.js';
import { leafHash, proveInclusion, rootHash } from '../../../src/core/log/tree.js';
import { allNodes, someLeaves } from './naive-tree.js';

const log = noteSigner('example.org/tin', new Uint8Array(32).fill(1));
const stranger = noteSigner('example.org/tin', new Uint8Array(32).fill(2));
const leaves = someLeaves(13);
const hashOf = allNodes(leaves);
const checkpoint = signCheckpoint({ origin: log.name, size: 13, root: rootHash(13, hashOf) }, log);
const receipt = (index: number): string =>
  formatTlogProof({ index, proof: proveInclusion(index, 13, hashOf), checkpoint });
const leaf = (index: number): Uint8Array => leaves[index] ?? leafHash('');

describe('proving an entry with a receipt', () => {
  it('proves every entry of the log', () => {
    for (let index = 0; index < 13; index += 1)
      expect(checkTlogProof(receipt(index), leaf(index), [log.vkey])).toMatchObject({
        ok: true,
        index,
        checkpoint: { size: 13, origin: log.name },
      });
  });

  it('proves the only entry of a log without any hash', () => {
    const only = leafHash('only');
    const note = signCheckpoint({ origin: log.name, size: 1, root: only }, log);
    const text = formatTlogProof({ index: 0, proof: [], checkpoint: note });
    expect(text).toBe(`c2sp.org/tlog-proof@v1\nindex 0\n\n${note}`);
    expect(checkTlogProof(text, only, [log.vkey])).toMatchObject({ ok: true, index: 0 });
  });

  it('refuses another entry, another index, and another log key', () => {
    expect(checkTlogProof(receipt(5), leaf(6), [log.vkey])).toMatchObject({ ok: false, reason: 'not-included' });
    const moved = receipt(5).replace('index 5', 'index 4');
    expect(checkTlogProof(moved, leaf(5), [log.vkey])).toMatchObject({ ok: false, reason: 'not-included' });
    const outside = receipt(5).replace('index 5', 'index 13');
    expect(checkTlogProof(outside, leaf(5), [log.vkey])).toMatchObject({ ok: false, reason: 'not-included' });
    expect(checkTlogProof(receipt(5), leaf(5), [stranger.vkey])).toMatchObject({ ok: false, reason: 'no-known-key' });
    const altered = receipt(5).replace('\n13\n', '\n14\n');
    expect(checkTlogProof(altered, leaf(5), [log.vkey])).toMatchObject({ ok: false, reason: 'signature-wrong' });
  });
});

describe('reading a receipt strictly', () => {
  const text = receipt(5);
  const [header = '', indexLine = '', firstHash = ''] = text.split('\n');

  it('reads what it writes, and lets an extra line through', () => {
    expect(parseTlogProof(text)).toEqual({ index: 5, proof: proveInclusion(5, 13, hashOf), checkpoint });
    const extra = text.replace(header, `${header}\nextra YWRpdA==`);
    expect(parseTlogProof(extra)).toEqual(parseTlogProof(text));
    expect(checkTlogProof(extra, leaf(5), [log.vkey])).toMatchObject({ ok: true });
  });

  it.each([
    ['nothing', ''],
    ['another version', text.replace('@v1', '@v2')],
    ['a blank line before the header', `\n${text}`],
    ['no index', text.replace(`${indexLine}\n`, '')],
    ['a leading zero', text.replace('index 5', 'index 05')],
    ['a negative index', text.replace('index 5', 'index -5')],
    ['two spaces before the index', text.replace('index 5', 'index  5')],
    ['a space after the index', text.replace('index 5', 'index 5 ')],
    ['an index beyond 2^53', text.replace('index 5', 'index 9007199254740992')],
    ['an extra line after the index', text.replace(indexLine, `${indexLine}\nextra YWRpdA==`)],
    ['two extra lines', text.replace(header, `${header}\nextra YWRpdA==\nextra YWRpdA==`)],
    ['an extra line that is no base64', text.replace(header, `${header}\nextra YWRpdA`)],
    ['an empty extra line', text.replace(header, `${header}\nextra `)],
    ['a hash without padding', text.replace(firstHash, firstHash.slice(0, -1))],
    ['a hash of 33 bytes', text.replace(firstHash, Buffer.alloc(33).toString('base64'))],
    ['a hash with padding bits set', text.replace(firstHash, `${'A'.repeat(42)}B=`)],
    ['a space after a hash', text.replace(firstHash, `${firstHash} `)],
    ['more hashes than any tree is high', text.replace(firstHash, Array(54).fill(firstHash).join('\n'))],
    ['two blank lines', text.replace('\n\n', '\n\n\n')],
    ['carriage returns', text.replaceAll('\n', '\r\n')],
    ['no checkpoint', text.slice(0, text.indexOf('\n\n') + 2)],
    ['a checkpoint without signatures', text.slice(0, text.indexOf('\n\n—') + 1)],
    ['something after the signatures', `${text}more\n`],
    ['too much of it', `${text}${text.slice(-100).repeat(3000)}`],
  ])('refuses %s', (_, spoiled) => expect(() => parseTlogProof(spoiled)).toThrow('request-invalid'));
});
