import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { checkSignature, thumbprint } from '../../../src/core/event/keys.js';
import { openCheckpoint, signCheckpoint } from '../../../src/core/log/checkpoint.js';
import { noteSigner } from '../../../src/core/log/note.js';
import { emptyRoot } from '../../../src/core/log/tree.js';
import { type KeyPaths, initKeys, loadKeys } from '../../../src/server/transparency/keys.js';

const origin = 'example.org/tin';

let folder: string;
let paths: KeyPaths;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'adit-keys-'));
  paths = { logKeyFile: join(folder, 'keys', 'log.key'), serviceKeyFile: join(folder, 'keys', 'service.jwk') };
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const failure = (reason: string): unknown => expect.objectContaining({ name: 'KeyFileError', reason });

describe('making the keys of a ledger', () => {
  it('makes keys that sign for the log and for the service, and reads them back', async () => {
    const made = initKeys(paths, origin);
    const { log, vkey, service, serviceJwk } = loadKeys(paths, origin);
    expect({ vkey, kid: service.kid }).toEqual({ vkey: made.vkey, kid: made.service.kid });
    const note = signCheckpoint({ origin, size: 0, root: emptyRoot() }, log);
    expect(openCheckpoint(note, [vkey])).toMatchObject({ ok: true, checkpoint: { size: 0 } });
    expect(service.kid).toBe(thumbprint(serviceJwk));
    expect(service.jwk).toEqual(serviceJwk);
    const input = `${Buffer.from('{"alg":"Ed25519"}').toString('base64url')}.e30`;
    const signature = await service.sign(new TextEncoder().encode(input));
    expect(await checkSignature(serviceJwk, input, signature)).toBe(true);
    expect(await checkSignature(serviceJwk, `${input}A`, signature)).toBe(false);
  });

  it('lets only the owner read them, and keeps the private part out of what is given to others', () => {
    const { serviceJwk } = initKeys(paths, origin);
    if (process.platform !== 'win32')
      for (const path of Object.values(paths)) expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(Object.keys(serviceJwk).toSorted()).toEqual(['crv', 'kty', 'x']);
  });

  it('replaces neither key, and makes none where one of them exists', () => {
    initKeys(paths, origin);
    const before = readFileSync(paths.logKeyFile, 'utf8');
    expect(() => initKeys(paths, origin)).toThrow(failure('exists'));
    rmSync(paths.logKeyFile);
    expect(() => initKeys(paths, origin)).toThrow(failure('exists'));
    expect(existsSync(paths.logKeyFile)).toBe(false);
    writeFileSync(paths.logKeyFile, before);
    rmSync(paths.serviceKeyFile);
    expect(() => initKeys(paths, origin)).toThrow(failure('exists'));
    expect(readFileSync(paths.logKeyFile, 'utf8')).toBe(before);
  });

  it('refuses an origin that could not name a key', () => {
    expect(() => initKeys(paths, 'two words')).toThrow(failure('foreign'));
    expect(existsSync(paths.logKeyFile)).toBe(false);
  });
});

describe('loading the keys of a ledger', () => {
  it('reads a private key as other tools for signed notes write it', () => {
    initKeys(paths, 'PeterNeumann');
    const known = 'PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz';
    writeFileSync(paths.logKeyFile, known);
    const { vkey, log } = loadKeys(paths, 'PeterNeumann');
    expect(vkey).toBe('PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW');
    const seed = new Uint8Array(Buffer.from(known.split('+').slice(4).join('+'), 'base64').subarray(1));
    const message = new TextEncoder().encode('text\n');
    expect(log.sign(message)).toEqual(noteSigner('PeterNeumann', seed).sign(message));
  });

  it('says what to do when a key is missing', () => {
    expect(() => loadKeys(paths, origin)).toThrow(failure('missing'));
    expect(() => loadKeys(paths, origin)).toThrow('adit init');
    initKeys(paths, origin);
    rmSync(paths.serviceKeyFile);
    expect(() => loadKeys(paths, origin)).toThrow(failure('missing'));
  });

  it('refuses the key of another log', () => {
    initKeys(paths, origin);
    expect(() => loadKeys(paths, 'example.org/gold')).toThrow(failure('foreign'));
  });

  it('warns of a key that others can read', () => {
    initKeys(paths, origin);
    const warnings: string[] = [];
    loadKeys(paths, origin, (message) => warnings.push(message));
    expect(warnings).toEqual([]);
    if (process.platform === 'win32') return;
    chmodSync(paths.logKeyFile, 0o644);
    loadKeys(paths, origin, (message) => warnings.push(message));
    expect(warnings).toEqual([expect.stringContaining(`chmod 600 ${paths.logKeyFile}`)]);
  });

  it('refuses damaged keys without repeating what is in them', () => {
    initKeys(paths, origin);
    const logKey = readFileSync(paths.logKeyFile, 'utf8');
    const [, , , id = '', ...rest] = logKey.trim().split('+');
    const seed = rest.join('+');
    const flipped = `${seed.slice(0, 10)}${seed[10] === 'A' ? 'B' : 'A'}${seed.slice(11)}`;
    for (const text of ['', 'secret', logKey.replace(seed, flipped), logKey.replace(id, '00000000'), `${logKey}\n`]) {
      writeFileSync(paths.logKeyFile, text);
      expect(() => loadKeys(paths, origin)).toThrow(failure('unreadable'));
      expect(() => loadKeys(paths, origin)).not.toThrow(seed.slice(0, 20));
    }
    writeFileSync(paths.logKeyFile, logKey);
    const jwk = readFileSync(paths.serviceKeyFile, 'utf8');
    for (const text of ['', '{}', jwk.replace(/"x":"..../, '"x":"AAAA'), jwk.replace('Ed25519', 'X25519')]) {
      writeFileSync(paths.serviceKeyFile, text);
      expect(() => loadKeys(paths, origin)).toThrow(failure('unreadable'));
    }
  });
});
