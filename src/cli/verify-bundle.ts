import { parseBundle } from '../core/bundle/bundle.js';
import { type BundleReport, type Step, checkBundle } from '../core/bundle/check.js';
import type { Policy } from '../core/log/policy.js';
import { defaultParameters } from '../core/rules/parameters.js';
import { sha256 } from '../platform/sha256.js';
import { verifySignature } from '../platform/verify-signature.js';
import { type CheckpointsSeen, type SeenCheckpoints, compareWithSeen } from './seen-checkpoints.js';
import type { Terminal } from './terminal.js';

/** What whoever runs the command trusts. */
export interface Pinned {
  logKeys: readonly string[];
  policy: Policy | null;
  seen: SeenCheckpoints;
  allowOlder: boolean;
}

export interface BundleVerdict {
  word: BundleReport['word'];
  reason: string;
  report: BundleReport;
  /** What is to be remembered of it; null where nothing is. */
  seen: CheckpointsSeen | null;
}

/** Verifies a bundle with nothing but what is pinned and what was seen before. Throws `AditError` for what is no bundle. */
export async function verifyBundle(
  text: string,
  { logKeys, policy, seen, allowOlder }: Pinned,
): Promise<BundleVerdict> {
  const bundle = parseBundle(text);
  const report = await checkBundle(bundle, {
    logKeys,
    policy,
    parameters: defaultParameters,
    checkSignature: verifySignature,
    sha256,
  });
  const flaw = report.steps.find(({ outcome }) => outcome === 'broken');
  if (flaw !== undefined) return { word: 'BROKEN', reason: reasonOf(flaw), report, seen: null };
  const pinned = policy === null ? logKeys : policy.logs.map(({ key }) => key.vkey);
  const compared = pinned.length === 0 ? null : compareWithSeen(bundle.checkpoint, pinned, seen);
  if (compared?.fork === true) return { word: 'BROKEN', reason: compared.detail, report, seen: compared };
  const gap = report.steps.find(({ outcome }) => outcome === 'incomplete');
  if (gap !== undefined) return { word: 'INCOMPLETE', reason: reasonOf(gap), report, seen: compared };
  if (compared?.older === true && !allowOlder)
    return { word: 'INCOMPLETE', reason: `${compared.detail} (--allow-older takes it)`, report, seen: compared };
  return { word: 'VERIFIED', reason: '', report, seen: compared };
}

const reasonOf = ({ step, detail, index }: Step): string =>
  `${index === undefined ? '' : `at entry ${index} `}(${step}) ${detail}`;

const marks = { held: '✓', broken: '✗', incomplete: '?' } as const;

/** Shows a report to a person, the word last. */
export function showVerdict({ word, reason, report }: BundleVerdict, terminal: Terminal): void {
  const { colour } = terminal;
  const paint = { held: colour.green, broken: colour.red, incomplete: colour.yellow } as const;
  for (const { step, outcome, detail, index } of report.steps) {
    const at = index === undefined ? '' : `entry ${index}: `;
    terminal.say(`  ${paint[outcome](marks[outcome])} ${step.padEnd(11)} ${at}${detail}`);
  }
  const { judged } = report;
  if (judged !== null) {
    const { lot, verdicts, coverage } = judged;
    const share = (part: string): string => `${Math.floor(Number(part) * 100)} %`;
    terminal.say('');
    terminal.say(`  ${lot.mass.value} ${lot.mass.uom} of ${lot.mineral} (${lot.form}), ${lot.status} by ${lot.holder}`);
    terminal.say(`  record ${verdicts.record} · custody ${verdicts.custody} · risk ${verdicts.risk}`);
    terminal.say(
      `  traced to a site ${share(coverage.tracedToSite)} · assayed ${share(coverage.assayed)} · signed by both sides ${share(coverage.signedByBothSides)}`,
    );
    for (const { rule, severity, detail, share: part } of judged.findings)
      terminal.say(`  ${colour.red('!')} ${severity} ${rule}: ${detail} (${share(part)} of the lot)`);
    const open = [...new Set(judged.undecided.map(({ rule }) => rule))];
    if (open.length > 0) terminal.say(`  cannot decide: ${open.join(', ')}`);
  }
  const asOf = report.currentAsOf;
  if (asOf !== null) terminal.say(`  current as of ${asOf}`);
  const shown = { VERIFIED: colour.green, BROKEN: colour.red, INCOMPLETE: colour.yellow }[word](word);
  terminal.say(reason === '' ? shown : `${shown} ${reason}`);
}
