import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { countOf, figuresOf } from '../core/words.js';
import { sha256 } from '../platform/sha256.js';
import type { Alarm, MonitorResult } from '../server/operator.js';
import { tokenFor } from './environment.js';
import { readTextFile } from './input/read-file.js';
import { operator } from './operator.js';
import { CommandError, EXIT, type Terminal } from './output/terminal.js';
import { readLogKeys, readPolicy } from './verify/trust.js';

export interface MonitorSettings {
  logKey: string[];
  policy?: string;
  token?: string;
  state: string;
  database?: string;
  once: boolean;
  interval: string;
  staleHours: string;
}

const HOUR = 3_600_000;
const POLICY = 'It should hold a C2SP policy; docs/operating.md shows one.';

/** Monitors another party's ledger until a signal, or once; the exit code is 3 if the log is proved to misbehave. */
export async function monitorLedger(url: string, settings: MonitorSettings, terminal: Terminal): Promise<void> {
  const policy =
    settings.policy === undefined ? null : readPolicy(settings.policy, readTextFile(settings.policy, POLICY));
  const logKeys = [...readLogKeys(settings.logKey), ...(policy?.logs.map(({ key }) => key.vkey) ?? [])];
  if (logKeys.length === 0)
    throw new CommandError('Whose log it is must be pinned.', 'Give --log-key or --policy.', EXIT.usage);
  const interval = amount(settings.interval, '--interval');
  const { convicting, openMonitor } = await operator();
  let bar: { what: string; show(done: number): void } | null = null;
  const monitor = await openMonitor({
    url,
    logKeys,
    policy,
    token: settings.token ?? tokenFor(url),
    folder: settings.state,
    database: settings.database ?? null,
    staleAfter: amount(settings.staleHours, '--stale-hours') * HOUR,
    threads: 2,
    progress: (what, done, size) => {
      if (bar?.what !== what) bar = { what, show: terminal.progress(what, size) };
      bar.show(done);
    },
  });
  const stop = terminal.ended('SIGINT', 'SIGTERM');
  let printed = '';
  try {
    do {
      const seen = await monitor.look();
      bar = null;
      // Unchanged results are not printed again.
      const now = JSON.stringify([seen.size, seen.alarms]);
      if (now !== printed || seen.findings.length > 0) printResult(seen, settings.state, terminal);
      printed = now;
      if (seen.alarms.some(({ kind }) => convicting.has(kind))) terminal.endWith(EXIT.broken);
      else if (settings.once) terminal.endWith(seen.alarms.length > 0 ? EXIT.undecided : EXIT.done);
      if (!settings.once) await sleep(interval * 1_000, null, { signal: stop }).catch(() => null);
    } while (!settings.once && !stop.aborted);
  } finally {
    await monitor.close();
  }
}

/** Parses a number of hours or seconds. */
function amount(text: string, option: string): number {
  const value = Number(text);
  if (value > 0 && value < Infinity) return value;
  throw new CommandError(`${option} is not a number above 0: ${text}`, `Write, for example, ${option} 30.`, EXIT.usage);
}

function printResult({ size, alarms, findings }: MonitorResult, folder: string, terminal: Terminal): void {
  const { colour } = terminal;
  for (const { rule, severity, status, detail } of findings)
    terminal.say(
      `  ${status === 'open' ? colour.yellow('!') : '·'} ${severity} ${rule} ${status}: ${figuresOf(detail)}`,
    );
  const evidence = alarms.map((each) => saveEvidence(each, folder));
  alarms.forEach(({ kind, detail }, i) => {
    terminal.say(`  ${colour.red('✗')} ${kind}: ${detail}`);
    if (evidence[i] !== null) terminal.say(`    what shows it: ${evidence[i]}`);
  });
  const word = alarms.length === 0 ? colour.green('CONSISTENT') : colour.red(alarms.map(({ kind }) => kind).join(', '));
  terminal.say(`${new Date().toISOString()} ${countOf(size, 'entry', 'entries')}: ${word}`);
  terminal.result({ size, alarms: alarms.map((each, i) => ({ ...each, evidence: evidence[i] })), findings });
}

/** Saves the evidence of an alarm in a separate file; does not write the same evidence twice. */
function saveEvidence(found: Alarm, folder: string): string | null {
  const { kind, index, checkpoints, entry, proof } = found;
  if (checkpoints.length === 0 && entry === null) return null;
  const text = `${JSON.stringify(found, null, 2)}\n`;
  const digest = Buffer.from(sha256(Buffer.from(text))).toString('hex');
  const name = join(folder, 'evidence', [kind, ...(index === null ? [] : [index]), digest.slice(0, 12)].join('-'));
  mkdirSync(join(folder, 'evidence'), { recursive: true });
  const files = { '.json': text, '.jws': entry, '.tlog-proof': proof };
  for (const [ending, content] of Object.entries(files))
    if (content !== null && !existsSync(name + ending)) writeFileSync(name + ending, content);
  return `${name}.json`;
}
