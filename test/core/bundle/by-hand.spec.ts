import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parseBundle } from '../../../src/core/bundle/bundle.js';
import { checkBundle } from '../../../src/core/bundle/check.js';
import { checkSignature } from '../../../src/core/event/keys.js';
import { parsePolicy } from '../../../src/core/log/policy.js';
import { defaultParameters } from '../../../src/core/rules/index.js';

const root = process.cwd();
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const has = (...command: [string, ...string[]]): boolean => spawnSync(command[0], command.slice(1)).status === 0;

/** OpenSSL signs raw messages by Ed25519 on the command line from 3.0 on. */
const tools =
  has('sh', '-c', 'command -v sed od mktemp sha256sum') &&
  has('sh', '-c', 'openssl version | grep -q "^OpenSSL [3-9]"');

/** The pieces of shell in the documentation, each with what it is said to print. */
function documented(): { run: string; prints: string }[] {
  const [, section = ''] = read('docs/event-format.md').split('## A bundle, by hand');
  return [...section.matchAll(/```sh\n(.*?)```\n\n```text\n(.*?)```/gs)].map(([, run = '', prints = '']) => ({
    run,
    prints,
  }));
}

describe('the bundle that the documentation takes apart', () => {
  it('is one that verifies', async () => {
    const bundle = parseBundle(read('docs/bundle-example/lot.bundle.json'));
    const policy = parsePolicy(read('docs/bundle-example/policy'));
    const report = await checkBundle(bundle, { logKeys: [], policy, parameters: defaultParameters, checkSignature });
    expect(report).toMatchObject({ word: 'VERIFIED', judged: { verdicts: { record: 'intact' }, findings: [] } });
  });

  (tools ? it : it.skip)('gives by hand what is printed there', () => {
    const pieces = documented();
    expect(pieces).toHaveLength(6);
    const script = pieces.map(({ run }) => `${run}\necho ===`).join('\n');
    const { stdout, stderr } = spawnSync('sh', ['-e', '-c', script], { cwd: root, encoding: 'utf8' });
    expect(stderr).toBe('');
    expect(stdout.split('===\n').slice(0, -1)).toEqual(pieces.map(({ prints }) => prints));
  });

  it('comes to the root of its checkpoint and of its index', () => {
    const [, sized = ''] =
      /"checkpoint":"[^"]*?\\n10\\n([^\\]*)/.exec(read('docs/bundle-example/lot.bundle.json')) ?? [];
    const pieces = documented();
    expect(pieces[2]?.prints.trimEnd().split('\n').at(-1)).toBe(sized);
    expect(pieces[0]?.prints).toContain(sized);
  });
});
