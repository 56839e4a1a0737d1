import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { exportJWK } from 'jose';
import { get, openAsRegistrar } from '../support/outside-client.js';
import { ADIT } from '../support/programs.js';
import { type TestServer, startTestServer } from '../support/running-server.js';

const LIMIT = 120_000;

/** The blocks of the README between the mark and the next heading, as one script. */
function quickStart(): string {
  const readme = readFileSync(join(process.cwd(), 'README.md'), 'utf8');
  const [, after = ''] = readme.split('<!-- quick start:');
  const [section = ''] = after.split('\n## ');
  const blocks = [...section.matchAll(/```sh\n([\s\S]*?)```/g)].map((match) => match[1] ?? '');
  // The third block is a list of commands to choose from.
  return blocks.slice(0, 2).join('\n');
}

describe('the quick start of the README', () => {
  let service: TestServer;
  let folder: string;

  beforeAll(async () => {
    service = await startTestServer({ ADIT_ORIGIN: 'localhost/adit' });
    folder = mkdtempSync(join(tmpdir(), 'adit-quick-'));
    const registrar = await openAsRegistrar(service.url);
    mkdirSync(join(folder, '.adit/keys'), { recursive: true });
    const jwk = await exportJWK(registrar.key.privateKey);
    writeFileSync(join(folder, '.adit/keys/registrar.jwk'), JSON.stringify({ ...jwk, adit: { actor: 'registrar' } }));
    writeFileSync(join(folder, '.env'), `ADIT_SERVER=${service.url.replace('http://', '')}\n`);
  });
  afterAll(async () => {
    await service.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('leads from keys to a verified receipt, as it is written', async () => {
    const script = quickStart();
    expect(script).toMatch(/keygen[\s\S]*register[\s\S]*declare[\s\S]*dispatch[\s\S]*receive[\s\S]*verify/);
    const { body } = await get(service.url, '/v1/ledger');
    const env = { PATH: process.env.PATH, HOME: folder, LOG_KEY: String(body.logKey) };
    const adit = `adit() { "${process.execPath}" "${ADIT}" "$@"; }\nset -eu\n`;
    const { out, err, code } = await new Promise<{ out: string; err: string; code: number | null }>((resolve) => {
      const child = execFile(
        'sh',
        ['-c', adit + script],
        { cwd: folder, env, timeout: LIMIT },
        (_error, stdout, stderr) => resolve({ out: stdout, err: stderr, code: child.exitCode }),
      );
    });
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain('VERIFIED');
    expect(out).toContain('record intact');
    expect(out).toMatch(/Next: adit dispatch RW-A000001 --to ACTOR/);
  });
});
