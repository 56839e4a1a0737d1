import { logKeyAt } from '../custody/ledger-keys.js';
import { peekPayload } from '../event/grammar.js';
import type { LogKey } from '../custody/view.js';
import { AditError } from '../errors.js';
import type { SignatureCheck } from '../event/keys.js';
import { encodeBase64 } from '../log/base64.js';
import { type Checkpoint, isByAnotherKey, openCheckpoint } from '../log/checkpoint.js';
import { parseVkey } from '../log/note.js';
import { checkPartial } from '../log/partial-tree.js';
import { type Policy, checkQuorum, failedCosignature } from '../log/policy.js';
import { type Sha256, defaultSha256, leafHash } from '../log/tree.js';
import type { Parameters } from '../rules/index.js';
import type { Bundle } from './bundle.js';
import { type BundledEvent, chainFlaw, lotsBehind, readEvents } from './events.js';
import { type Freshness, checkFreshness } from './freshness.js';
import { type History, type BundleJudgement, judgeBundle, timeMatters } from './judge.js';
import { readmitBundle } from './readmit-bundle.js';
import { readStatement } from './statement.js';
import { LogTimes } from './times.js';

/** The verifier's own input; nothing of it comes from the bundle. */
export interface Trust {
  /** Log keys that the verifier trusts, besides those of the policy. Without any, nothing is proved. */
  logKeys: readonly string[];
  /** Witnesses that must have cosigned the checkpoint; null: none. */
  policy: Policy | null;
  parameters: Parameters;
  /** A faster signature check than the portable one, with the same answers. */
  checkSignature: SignatureCheck;
  sha256?: Sha256;
  /** Called with each step as it ends, to show the progress. */
  onStep?: (step: Step) => void;
}

const steps = [
  'policy',
  'checkpoint',
  'inclusion',
  'signatures',
  'chains',
  'admission',
  'disclosures',
  'rules',
  'freshness',
] as const;
export type StepName = (typeof steps)[number];

/** One step of the verification, in order. `incomplete`: no fault, but something is not shown. */
export interface Step {
  step: StepName;
  outcome: 'held' | 'broken' | 'incomplete';
  detail: string;
  /** The entry with the fault. */
  index?: number;
}

export interface BundleReport {
  word: 'VERIFIED' | 'BROKEN' | 'INCOMPLETE';
  steps: Step[];
  checkpoint: Checkpoint | null;
  /** Roots of earlier sizes that the bundle proves under its checkpoint; present even if another step is broken. */
  roots: ReadonlyMap<number, Uint8Array>;
  events: number;
  /** Null if something is broken: then no verdict is possible. */
  judged: BundleJudgement | null;
  /** RFC 3339: the time as of which the bundle is complete about the lot; null: that is not proved. */
  currentAsOf: string | null;
}

/** The state of a verification from step to step. */
class Verification {
  readonly steps: Step[] = [];
  roots: ReadonlyMap<number, Uint8Array> = new Map();

  constructor(private readonly onStep: Trust['onStep']) {}

  held(step: StepName, detail: string): void {
    this.add({ step, outcome: 'held', detail });
  }

  incomplete(step: StepName, detail: string): void {
    this.add({ step, outcome: 'incomplete', detail });
  }

  broken(step: StepName, detail: string, index?: number): BundleReport {
    this.add({ step, outcome: 'broken', detail, ...(index === undefined ? {} : { index }) });
    return this.ended('BROKEN');
  }

  /** Ends a verification that cannot continue. */
  undecided(): BundleReport {
    return this.ended('INCOMPLETE');
  }

  private add(step: Step): void {
    this.steps.push(step);
    this.onStep?.(step);
  }

  private ended(word: BundleReport['word']): BundleReport {
    const { steps: all, roots } = this;
    return { word, steps: all, checkpoint: null, roots, events: 0, judged: null, currentAsOf: null };
  }
}

/**
 * Verifies a bundle (protocol.md §6), without a network and without trust in its author: policy, checkpoint, inclusion,
 * signatures, chains, admission, disclosures, rules, freshness, in that order; names the first fault.
 */
export async function checkBundle(bundle: Bundle, trust: Trust): Promise<BundleReport> {
  const run = new Verification(trust.onStep);
  const checkpoint = openHead(bundle, trust, run);
  if (checkpoint === null) return run.undecided();
  if (typeof checkpoint === 'string') return run.broken('checkpoint', checkpoint);
  const { events, flaw: unreadable } = readEvents(bundle, trust.sha256);
  const seen = unreadable === null ? sizesOf(events.map(({ event }) => event.seen?.size)) : seenSizes(bundle);
  const tree = checkInclusion(bundle, sizesOf([...seen, ...bundle.sizes]), checkpoint, trust);
  if (typeof tree === 'string') return run.broken('inclusion', tree);
  run.roots = tree.roots;
  run.held('inclusion', `all ${bundle.events.length} events are in the log of ${checkpoint.size} entries`);
  if (unreadable !== null) return run.broken(unreadable.step, unreadable.detail, unreadable.index);
  const fork = seenFault(events, tree);
  if (fork !== null) return run.broken('inclusion', fork.detail, fork.index);
  const scope = lotsBehind(bundle.lot, events);
  const hole = chainFlaw(scope, events);
  if (hole !== null) return run.broken('chains', hole.detail, hole.index);
  const { view, answers, flaw } = await readmitBundle(events, scope, trust.checkSignature);
  if (flaw !== null) return run.broken(flaw.step, flaw.detail, flaw.index);
  const foreign = keyFault(bundle, trust, checkpoint, view.opened?.logKeys ?? []);
  if (foreign !== null) return run.broken('admission', foreign, 0);
  const stated =
    bundle.stated === undefined ? null : await readStatement(bundle.stated, bundle, view, trust.checkSignature);
  if (typeof stated === 'string')
    return run.broken('rules', `the statement of the service on other findings: ${stated}`);
  const shown = events.reduce((sum, { event }) => sum + event.disclosures.length, 0);
  run.held('signatures', 'each by a key that was active at its entry');
  run.held('chains', `${scope.size} ${scope.size === 1 ? 'lot' : 'lots'} from birth to head, without a hole`);
  run.held('admission', 'every event is one that this ledger admits');
  run.held('disclosures', `${shown} shown, each the one that was signed`);

  const times = new LogTimes(events);
  const freshness = checkFreshness(bundle, events, scope, times, trust.sha256);
  if (freshness.outcome === 'broken') return run.broken('freshness', freshness.detail);
  const sealed = freshness.outcome === 'held';
  const judged = sayRules({ lot: bundle.lot, events, view, scope, answers, times, sealed, stated }, trust, run);
  sayFreshness(freshness, run);
  const word = run.steps.some(({ outcome }) => outcome === 'incomplete') ? 'INCOMPLETE' : 'VERIFIED';
  return {
    word,
    steps: run.steps,
    checkpoint,
    roots: tree.roots,
    events: events.length,
    judged,
    currentAsOf: freshness.asOf,
  };
}

function sayRules(history: History, { parameters }: Trust, run: Verification): BundleJudgement {
  const judged = judgeBundle(history, parameters);
  const doubtful = timeMatters(history, judged, parameters);
  if (doubtful.length === 0) run.held('rules', findingsSaid(judged));
  else
    run.incomplete(
      'rules',
      `log.clock is missing around some of the events, and by when they entered the log these would find otherwise: ${doubtful.join(', ')}`,
    );
  return judged;
}

const findingsSaid = ({ findings }: BundleJudgement): string =>
  findings.length === 0 ? 'nothing found' : `${findings.length} found`;

function sayFreshness(freshness: Freshness, run: Verification): void {
  if (freshness.outcome === 'held') run.held('freshness', freshness.detail);
  else run.incomplete('freshness', freshness.detail);
}

/**
 * Verifies the signed checkpoint. Returns a fault as a text, and null if none of the pinned keys signed it. Without a
 * pinned key the step is incomplete. Throws `request-invalid` if a pinned key is malformed.
 */
function openHead(bundle: Bundle, trust: Trust, run: Verification): Checkpoint | string | null {
  const { policy } = trust;
  const pinned = pinnedOf(trust).map(parseVkey);
  try {
    const opened = openCheckpoint(bundle.checkpoint, pinned.length === 0 ? [bundle.hints.logKey] : pinned);
    if (!opened.ok && pinned.length > 0 && isByAnotherKey(opened.reason)) {
      run.incomplete('policy', opened.detail);
      return null;
    }
    if (!opened.ok) return opened.detail;
    const { checkpoint } = opened;
    if (checkpoint.origin !== bundle.log) return `The checkpoint is one of ${checkpoint.origin}.`;
    if (pinned.length === 0)
      run.incomplete('policy', 'no log key is pinned: the author of the bundle may have signed all of it');
    else run.held('policy', `the key of ${checkpoint.origin} is pinned`);
    if (policy?.wantsWitnesses === true) {
      const { met, cosignatures } = checkQuorum(bundle.checkpoint, policy);
      const who = cosignatures.map(({ by }) => by.name).join(', ');
      const said = `signed by the log, and cosigned by ${who === '' ? 'nobody whom the policy names' : who}`;
      const failed = failedCosignature(bundle.checkpoint, policy);
      if (failed !== null) return failed;
      if (met) run.held('checkpoint', said);
      else run.incomplete('checkpoint', `${said}: too few for the policy, so other readers may be shown another log`);
    } else run.held('checkpoint', `signed by the log, ${checkpoint.size} entries`);
    return checkpoint;
  } catch (error) {
    if (error instanceof AditError) return error.detail;
    throw error;
  }
}

/** Lists all log keys that a reader trusts, as keys or in a policy. */
export const pinnedOf = ({ logKeys, policy }: Pick<Trust, 'logKeys' | 'policy'>): string[] => [
  ...new Set([...logKeys, ...(policy?.logs ?? []).map(({ key }) => key.vkey)]),
];

/**
 * Returns the fault of the log keys: the trusted key must be one that this ledger named, and the key in force at the
 * checkpoint's size must have signed too. A replaced key is not valid alone.
 */
function keyFault(
  bundle: Bundle,
  trust: Trust,
  { origin, size }: Checkpoint,
  declared: readonly LogKey[],
): string | null {
  const pinned = pinnedOf(trust);
  const opened = openCheckpoint(bundle.checkpoint, pinned.length === 0 ? [bundle.hints.logKey] : pinned);
  const trusted = opened.ok ? opened.by.find(({ name }) => name === origin)?.vkey : undefined;
  if (!declared.some(({ vkey }) => vkey === trusted))
    return 'The ledger names another log key than the one that signed the checkpoint.';
  const inForce = logKeyAt(declared, size) ?? '';
  return openCheckpoint(bundle.checkpoint, [inForce]).ok
    ? null
    : 'The log key in force has not signed the checkpoint: one that was replaced has.';
}

type Tree = NonNullable<ReturnType<typeof checkPartial>>;

function checkInclusion(
  bundle: Bundle,
  sizes: number[],
  { size, root }: Checkpoint,
  { sha256 = defaultSha256 }: Trust,
): Tree | string {
  const leaves = new Map(
    bundle.events.map(({ index, event }) => [index, leafHash(event.slice(0, event.indexOf('~')), sha256)]),
  );
  const tree = checkPartial(leaves, sizes, size, bundle.nodes, sha256);
  if (tree === null) return 'The proof does not fit these events and this checkpoint.';
  return encodeBase64(tree.root) === encodeBase64(root)
    ? tree
    : 'The events and their proof do not give the root of the checkpoint: one of them is not in this log.';
}

/** Lists the sizes above 0 that events have `seen`, from texts that can be read; later steps find other faults. */
const seenSizes = ({ events }: Pick<Bundle, 'events'>): number[] =>
  sizesOf(events.map(({ event }) => seenIn(event)?.size));

/** Lists the earlier sizes whose roots a bundle proves: those that events have seen, and those requested. */
export const provenSizes = (bundle: Pick<Bundle, 'events' | 'sizes'>): number[] =>
  sizesOf([...seenSizes(bundle), ...bundle.sizes]);

const sizesOf = (seen: readonly (number | undefined)[]): number[] =>
  [...new Set(seen)]
    .filter((size): size is number => Number.isSafeInteger(size) && (size ?? 0) > 0)
    .toSorted((a, b) => a - b);

function seenIn(event: string): { size: number } | null {
  try {
    const payload = peekPayload(event) as { seen?: { size?: unknown } };
    return typeof payload.seen?.size === 'number' ? { size: payload.seen.size } : null;
  } catch {
    return null;
  }
}

/** Returns the first event whose `seen` root is not one of this log. */
function seenFault(events: readonly BundledEvent[], { roots }: Tree): { index: number; detail: string } | null {
  for (const { index, event } of events) {
    if (event.seen === undefined || event.seen.size === 0) continue;
    const root = roots.get(event.seen.size);
    if (root === undefined || encodeBase64(root) !== event.seen.root)
      return { index, detail: `Its signer had seen another log of ${event.seen.size} entries than this: a fork.` };
  }
  return null;
}
