import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Command } from 'commander';
import { exportJWK } from 'jose';
import { createWholeProgram } from '../../src/cli/program.js';
import { type OutsideActor, openAsRegistrar } from '../support/outside-client.js';
import { MANY_COMMANDS } from '../support/programs.js';
import { type TestServer, startTestServer } from '../support/running-server.js';

const MARK = '\u0002ended';
const ESCAPE = '\u001b';
const LIMIT = 120_000;
/** A summary of a command stands in one line of the help of its group. */
const SUMMARY = 60;

interface Ended {
  args: string[];
  code: number;
  out: string;
}

/** Every command that does something, with the words by which it is called. */
function leaves(command: Command, words: readonly string[] = []): { words: string[]; command: Command }[] {
  if (command.commands.length === 0) return [{ words: [...words], command }];
  const own = command.registeredArguments.length > 0 ? [{ words: [...words], command }] : [];
  return [...own, ...command.commands.flatMap((each) => leaves(each, [...words, each.name()]))];
}

const all = leaves(await createWholeProgram());
/** util-linux; a system without it has no other pseudo-terminal that needs no build. */
const hasScript = spawnSync('script', ['--version']).stdout?.toString().includes('util-linux') ?? false;
const onTerminal = hasScript ? it : it.skip;

describe('every command of adit', () => {
  let folder: string;
  let service: TestServer;
  let registrar: OutsideActor;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'adit-every-'));
    service = await startTestServer();
    registrar = await openAsRegistrar(service.url);
    const coop = await registrar.register('coop', ['miner']);
    await registrar.must('site.registered', {
      site: 'hill',
      country: 'RW',
      operator: 'coop',
      minerals: ['cassiterite'],
    });
    const jwk = await exportJWK(coop.key.privateKey);
    writeFileSync(join(folder, 'coop.jwk'), JSON.stringify({ ...jwk, adit: { actor: 'coop' } }), { mode: 0o600 });
    const output = {
      mineral: 'cassiterite',
      form: 'concentrate',
      mass: { value: '48.6', uom: 'KGM' },
      tags: ['SYN-1'],
    };
    await coop.must('lot.declared', { place: { site: 'hill' }, outputs: [output] });
  });
  afterAll(async () => {
    await service.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Runs commands one after the other in one process, on a pipe or on a pseudo-terminal. */
  async function run(
    commands: readonly string[][],
    terminal: boolean,
    env: Record<string, string> = {},
  ): Promise<Ended[]> {
    const list = JSON.stringify(commands);
    writeFileSync(join(folder, 'run.sh'), `exec "${process.execPath}" "${MANY_COMMANDS}" "$COMMANDS" 2>&1\n`);
    const [program, args]: [string, string[]] = terminal
      ? ['script', ['-qec', 'sh run.sh', '/dev/null']]
      : ['sh', ['run.sh']];
    const settings = {
      PATH: process.env.PATH,
      HOME: folder,
      TERM: 'xterm',
      ADIT_SERVER: service.url,
      ADIT_KEY: 'coop.jwk',
      COMMANDS: list,
      ...env,
    };
    const text = await new Promise<string>((resolve) => {
      const options = { cwd: folder, env: settings, timeout: LIMIT, maxBuffer: 64 * 1024 * 1024 };
      execFile(program, args, options, (_error, out) => resolve(out));
    });
    const parts = text.replaceAll('\r\n', '\n').split(new RegExp(`${MARK} [0-9]+ ([0-9]+)\n`));
    return commands.map((each, i) => ({ args: each, out: parts[2 * i] ?? '', code: Number(parts[2 * i + 1]) }));
  }

  const helps = all.map(({ words }) => [...words, '--help']);
  /** Commands that end by themselves, as people call them. */
  const calls = [
    ['declare', '--mass', '1 kg', '--site', 'hill', '--mineral', 'cassiterite', '--dry-run'],
    ['dispatch', 'SYN-1', '--to', 'coop', '--dry-run'],
    ['outbox'],
    ['new', 'lot.declared'],
    ['lots'],
    ['lot', 'SYN-1'],
    ['stock'],
    ['sites'],
    ['actors'],
    ['tag', 'SYN-1'],
    ['findings'],
    ['waiting'],
    ['alerts'],
    ['subscribe', 'list'],
  ];

  it('has a summary of verb and object, and an example that it takes, first in its help', () => {
    for (const { words, command } of all) {
      const name = words.join(' ');
      expect([name, command.summary() === '' ? command.description() : command.summary()]).toEqual([
        name,
        expect.stringMatching(new RegExp(`^[a-z][^.]{3,${SUMMARY - 1}}$`)),
      ]);
    }
  });

  it('shows its help on a pipe, without colours', async () => {
    const ended = await run([...helps, ...all.map(({ words }) => ['help', ...words])], false);
    for (const [i, { args, code, out }] of ended.entries()) {
      expect([args, code]).toEqual([args, 0]);
      expect([args, out.split('\n')[0]]).toEqual([args, expect.stringMatching(/^Examples?: .*\badit /)]);
      expect(out).not.toContain(ESCAPE);
      expect([args, out]).toEqual([args, ended[i % helps.length]?.out]);
    }
  });

  it('gives one JSON document, and words without colours, to a pipe', async () => {
    const ended = await run([...calls, ...calls.map((args) => [...args, '--json'])], false);
    for (const { args, code, out } of ended) {
      expect([args, code, out]).toEqual([args, 0, expect.any(String)]);
      expect(out).not.toContain(ESCAPE);
      if (args.includes('--json'))
        for (const line of out.split('\n').filter((text) => text !== ''))
          expect([args, typeof JSON.parse(line)]).toEqual([args, 'object']);
      else expect([args, out.trim()]).not.toEqual([args, '']);
    }
  });

  onTerminal('says the same on a terminal, in colours unless it is asked for none', async () => {
    const plain = await run([...calls, ...helps], true, { NO_COLOR: '1' });
    for (const { args, code, out } of plain) {
      expect([args, code]).toEqual([args, 0]);
      expect([args, out.includes(ESCAPE)]).toEqual([args, false]);
    }
    const dumb = await run(calls, true, { TERM: 'dumb' });
    expect(dumb.filter(({ out }) => out.includes(ESCAPE))).toEqual([]);
    const colourful = await run([...calls, ['lot', 'SYN-1', '--no-color'], ['lot', 'SYN-1', '--json']], true);
    expect(colourful.map(({ code }) => code)).toEqual([...calls, 0, 0].map(() => 0));
    expect(colourful.slice(0, calls.length).some(({ out }) => out.includes(ESCAPE))).toBe(true);
    expect(colourful.slice(calls.length).filter(({ out }) => out.includes(ESCAPE))).toEqual([]);
  });

  it('names what is wrong on the command line, and what was probably meant', async () => {
    const wrong: [string[], number, string][] = [
      [['declair'], 2, 'Did you mean declare?'],
      [['help', 'alerts', 'asign'], 2, 'Did you mean assign?'],
      [['record', 'lot.declare', 'x.json'], 2, 'Did you mean lot.declared?'],
      [['declare', '--mass', '48,6 kg', '--site', 'hill', '--mineral', 'gold'], 2, 'write 48.6 kg'],
      [['declare', '--mass', '48.6', '--site', 'hill', '--mineral', 'gold'], 2, 'write the unit'],
      [['declare', '--mass', '1 kg', '--site', 'hill', '--mineral', 'casiterite'], 2, 'Did you mean cassiterite?'],
      [['lots', '--server', 'ledger.example.org'], 2, 'https://ledger.example.org'],
      [['alerts', '--group', 'custdy'], 2, 'custody'],
      [['outbox', 'show', 'nothing'], 2, 'adit outbox list --all'],
      [['dispatch', 'SYN-9', '--to', 'coop'], 1, 'No lot is called SYN-9'],
      [['record', 'lot.declared', 'bga.json'], 1, 'Did you mean bag.json?'],
      [['record', 'lot.declared', 'comma.json'], 1, 'line 2, column 7: there is a comma before }'],
      [['record', 'lot.declared', 'bag.json'], 1, '/outputs/0/mass/uom: "kg" must be KGM, GRM or TNE'],
      [['check', 'bag.json', '--type', 'lot.declared'], 1, '/outputs/0/mass/value: "48,6" must be a decimal string'],
      [['check', 'missing.json', '--type', 'lot.declared'], 1, '/outputs: is missing'],
      [['check', 'bom.json', '--type', 'lot.declared', '--as', 'nobody'], 1, 'There is no actor nobody'],
      [['outbox', 'list', '--jsn'], 2, 'Did you mean --json?'],
      [
        ['declare', '--mass', '1 kg', '--site', 'hill', '--mineral', 'cassiterite', '--key', 'other.jwk'],
        2,
        'example.org/other',
      ],
    ];
    const output = { mineral: 'cassiterite', form: 'concentrate', mass: { value: '48,6', uom: 'kg' } };
    const files: Record<string, string> = {
      'bag.json': JSON.stringify({ place: { site: 'hill' }, outputs: [output] }),
      'comma.json': '{\n"a": 1,}',
      'missing.json': JSON.stringify({ place: { site: 'hill' } }),
      'bom.json': `\ufeff${JSON.stringify({ place: { site: 'hill' }, outputs: [{ ...output, mass: { value: '1', uom: 'KGM' } }] })}`,
      'other.jwk': JSON.stringify({
        ...(await exportJWK(registrar.key.privateKey)),
        adit: { actor: 'coop', log: 'example.org/other' },
      }),
    };
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    const ended = await run(
      wrong.map(([args]) => args),
      false,
    );
    expect(ended.map(({ args, code }) => [args, code])).toEqual(wrong.map(([args, code]) => [args, code]));
    for (const [i, [args, , text]] of wrong.entries())
      expect([args, ended[i]?.out]).toEqual([args, expect.stringContaining(text)]);
  });
});
