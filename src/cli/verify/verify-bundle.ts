import { parseBundle } from '../../core/bundle/bundle.js';
import type { BundleJudgement } from '../../core/bundle/judge.js';
import { type BundleReport, type Step, checkBundle, pinnedOf } from '../../core/bundle/check.js';
import { noticeLine } from '../../core/bundle/notices.js';
import { AditError } from '../../core/errors.js';
import { openCheckpoint } from '../../core/log/checkpoint.js';
import { type Policy, checkQuorum } from '../../core/log/policy.js';
import { defaultParameters } from '../../core/rules/index.js';
import { certaintyText } from '../../core/rules/engine/evidence.js';
import { rulesOutside } from '../../core/bundle/statement.js';
import { countOf, figuresOf } from '../../core/words.js';
import { sha256 } from '../../platform/sha256.js';
import { verifySignature } from '../../platform/verify-signature.js';
import { type CheckpointsSeen, type SeenCheckpoints, compareWithSeen } from './seen-checkpoints.js';
import { goodsOf, massOf, whereOf } from '../output/lot-names.js';
import type { Terminal } from '../output/terminal.js';

/** Keys and policy that the user trusts. */
export interface PinnedCheckpoint {
  logKeys: readonly string[];
  policy: Policy | null;
  seen: SeenCheckpoints;
  allowOlder: boolean;
}

export interface BundleVerdict {
  word: BundleReport['word'];
  reason: string;
  report: BundleReport;
  /** Checkpoints to store; null if there are none. */
  seen: CheckpointsSeen | null;
}

/**
 * Verifies a bundle with the pinned keys and the seen checkpoints only. Compares the checkpoints in any case, because
 * they alone prove a fork. Throws `AditError` if the file is not a bundle.
 */
export async function verifyBundle(
  text: string,
  { logKeys, policy, seen, allowOlder }: PinnedCheckpoint,
): Promise<BundleVerdict> {
  const bundle = parseBundle(text);
  const report = await checkBundle(bundle, {
    logKeys,
    policy,
    parameters: defaultParameters,
    checkSignature: verifySignature,
    sha256,
  });
  const pinned = pinnedOf({ logKeys, policy });
  const compared = isSigned(bundle.checkpoint, pinned)
    ? compareWithSeen(bundle.checkpoint, pinned, seen, {
        roots: report.roots,
        ...witnessing(bundle.checkpoint, policy),
      })
    : null;
  if (compared?.fork === true) return { word: 'BROKEN', reason: compared.detail, report, seen: compared };
  const flaw = report.steps.find(({ outcome }) => outcome === 'broken');
  if (flaw !== undefined) return { word: 'BROKEN', reason: reasonOf(flaw), report, seen: null };
  const gap = report.steps.find(({ outcome }) => outcome === 'incomplete');
  if (gap !== undefined) return { word: 'INCOMPLETE', reason: reasonOf(gap), report, seen: compared };
  if (compared?.older === true && !allowOlder)
    return { word: 'INCOMPLETE', reason: `${compared.detail} (--allow-older takes it)`, report, seen: compared };
  return { word: 'VERIFIED', reason: '', report, seen: compared };
}

function isSigned(note: string, pinned: readonly string[]): boolean {
  try {
    return pinned.length > 0 && openCheckpoint(note, pinned).ok;
  } catch (error) {
    if (error instanceof AditError) return false;
    throw error;
  }
}

/** Whether the policy's witnesses cosigned a checkpoint, and whether one without them may be stored. */
export function witnessing(note: string, policy: Policy | null): { witnessed: boolean; counts: boolean } {
  if (policy?.wantsWitnesses !== true) return { witnessed: false, counts: true };
  const { met } = checkQuorum(note, policy);
  return { witnessed: met, counts: met };
}

/** Describes the missing proofs between a checkpoint and those seen before; null if there are none. */
export const apartSaid = (seen: CheckpointsSeen | null): string | null =>
  seen === null || seen.fork || seen.apart.length === 0
    ? null
    : `continuity with what was seen at size ${seen.apart.join(', ')} is not shown`;

const reasonOf = ({ step, detail, index }: Step): string =>
  `${index === undefined ? '' : `at entry ${index} `}(${step}) ${detail}`;

const marks = { held: '✓', broken: '✗', incomplete: '?' } as const;

/** Shows what the bundle cannot decide, and beside it what the service states of that. */
function showUndecided({ undecided, stated, lot }: BundleJudgement, terminal: Terminal): void {
  const open = [...new Set(undecided.map(({ rule }) => rule))];
  const within = open.filter((rule) => !rulesOutside.includes(rule));
  const outside = open.filter((rule) => rulesOutside.includes(rule));
  if (within.length > 0) terminal.say(`  cannot decide: ${within.join(', ')}`);
  if (outside.length === 0) return;
  terminal.say(`  undecided by this bundle, because they ask for what others did: ${outside.join(', ')}`);
  if (stated === null) return terminal.say('  the bundle has no statement of the service on them');
  const { findings, more, judged, at } = stated;
  const found = findings.length + more;
  terminal.say(
    `  the service states, signed and not proved here, of the entries below ${judged}${at === null ? '' : ` (${at})`}: ${found === 0 ? 'nothing found by them' : `${found} found`}`,
  );
  for (const { rule, severity, status, lots, measured, threshold } of findings)
    terminal.say(
      `  ${terminal.colour.yellow('!')} ${severity} ${rule}: ${figuresOf(measured, lot.mineral)}, allowed ${figuresOf(threshold, lot.mineral)}, on ${countOf(lots, 'lot')} of this bundle${status === 'open' ? '' : `, ${status}`}`,
    );
  if (more > 0) terminal.say(`  and ${more} more`);
}

/** Shows a report to a person, the result last. */
export function showVerdict({ word, reason, report, seen }: BundleVerdict, terminal: Terminal): void {
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
    for (const notice of judged.notices) terminal.say(`  ${colour.red(noticeLine(notice))}`);
    terminal.say(`  ${massOf(lot)} of ${goodsOf(lot)}, ${whereOf(lot)}`);
    terminal.say(`  record ${verdicts.record} · custody ${verdicts.custody} · risk ${verdicts.risk}`);
    terminal.say(
      `  traced to a site ${share(coverage.tracedToSite)} · assayed ${share(coverage.assayed)} · signed by both sides ${share(coverage.signedByBothSides)}`,
    );
    for (const { rule, severity, certainty, detail, status, share: part } of judged.findings)
      terminal.say(
        `  ${colour.red('!')} ${severity} ${rule} (${certaintyText(certainty)}): ${figuresOf(detail, lot.mineral)} (${share(part)} of the lot${status === 'open' ? '' : `, ${status}`})`,
      );
    for (const { rule, detail, status, answers } of judged.settled)
      terminal.say(`  ${status} by ${answers.at(-1)?.by ?? ''}: ${rule}: ${figuresOf(detail, lot.mineral)}`);
    showUndecided(judged, terminal);
  }
  const asOf = report.currentAsOf;
  if (asOf !== null) terminal.say(`  current as of ${asOf}`);
  const apart = apartSaid(seen);
  if (apart !== null) terminal.say(`  ${colour.yellow('?')} ${apart}: "adit bundle fetch" asks the server for it`);
  const shown = { VERIFIED: colour.green, BROKEN: colour.red, INCOMPLETE: colour.yellow }[word](word);
  const kinds = [...new Set((judged?.notices ?? []).map(({ kind }) => kind))];
  const but =
    word === 'VERIFIED' && kinds.length > 0 ? `the record; of the lot see above: ${kinds.join(', ')}` : reason;
  terminal.say(but === '' ? shown : `${shown} ${but}`);
}
