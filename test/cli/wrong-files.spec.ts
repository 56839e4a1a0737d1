import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { generateSigner } from '../../src/core/event/build.js';
import { explain } from '../../src/cli/output/explain.js';
import { runAdit } from '../support/run-adit.js';

describe('a file or value that a command does not take', () => {
  let folder: string;
  const files: Record<string, string> = {
    'note.txt': 'hello\n',
    'comma.json': '\ufeff{"a":1,}',
    'key.jwk': JSON.stringify({ ...generateSigner('Ed25519').privateJwk, adit: { actor: 'coop' } }),
    'coop.registration.json': JSON.stringify({ actor: 'coop', key: {}, possession: 'x' }),
    'event.json': '{"event":"x"}',
    'bag.json': '{"place":{"site":"hill"}}',
  };

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'adit-wrong-'));
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    mkdirSync(join(folder, 'folder'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each<[string, number, string]>([
    ['verify note.txt', 1, 'note.txt is neither a bundle nor a receipt.'],
    ['verify nte.txt', 1, 'Did you mean note.txt?'],
    ['verify comma.json', 1, 'line 1, column 7: there is a comma before }'],
    ['verify key.jwk', 1, 'It is a private key: keep it secret.'],
    ['verify coop.registration.json', 1, 'It is the registration of an actor.'],
    ['verify event.json', 1, 'It holds one event.'],
    ['verify bag.json', 1, 'It has no "format" that begins with adit-bundle/.'],
    ['verify folder', 1, 'folder is a folder.'],
    ['verify localhost:18400/v1/lots/x/bundle', 2, 'https://localhost:18400/v1/lots/x/bundle'],
    ['verify http://localhost:1/x', 1, 'Nothing answers at http://localhost:1.'],
    ['verify note.txt --policy nte.txt', 1, 'Did you mean note.txt?'],
    ['bundle unpack key.jwk out', 1, 'It is a private key'],
    ['bundle disclose bag.json event.json -o x.json', 1, 'bag.json is no bundle.'],
    ['audit localhost:1 --policy nte.txt', 1, 'Did you mean note.txt?'],
    ['audit example.org --policy note.txt', 2, 'https://example.org'],
    ['scenario run comma.json', 2, 'line 1, column 7: there is a comma before }'],
    ['keygen x.jwk --actor coop --log http://localhost:18400', 2, 'It is no name of a log'],
    ['witness serve folder --port 99999', 2, '--port 99999 is no port.'],
    ['alerts silence --rule late-entry --reason x --until 48,6', 2, 'a day such as 2026-12-24'],
    ['alerts silence --rule late-entry --reason x --until -3d', 2, 'a day such as 2026-12-24'],
    ['findings --severity hgh', 2, 'Did you mean high?'],
    ['findings --status opn', 2, 'Did you mean open?'],
    ['outbox prune --older-than -5', 2, 'Write a whole number from 1 to 36500'],
    ['check bag.json --type lot.declared --as coop', 1, '/outputs: is missing'],
    ['check bag.json --type lot.declrd --as coop', 2, 'Did you mean lot.declared?'],
    ['submit bag.json', 1, 'bag.json is no signed event.'],
  ])('is named by "adit %s"', async (words, code, message) => {
    const ended = await runAdit(folder, words.split(' '));
    expect([ended.code, ended.err]).toEqual([code, expect.stringContaining(message)]);
    expect(ended.err).not.toMatch(/\n {4}at /);
  });

  it('is named without a stack where the system refuses it', () => {
    for (const code of ['ENOENT', 'EACCES', 'EISDIR', 'EROFS', 'ENOSPC', 'ENOTDIR']) {
      const error = Object.assign(new Error(`${code}: x`), { code, path: '/backups/monday.backup.part' });
      expect(explain(error)).toEqual({
        message: expect.stringContaining('/backups/monday.backup'),
        advice: expect.stringMatching(/^[A-Z][^\n]+\.$/),
        exitCode: 1,
      });
      expect(explain(error).message).not.toContain('.part');
    }
  });
});
