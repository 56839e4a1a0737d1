import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import { MAX_SIZES } from '../../core/bundle/bundle.js';
import { parseJsonFile } from '../../core/event/grammar.js';
import { encodeBase64 } from '../../core/log/base64.js';
import { readCheckpoint } from '../../core/log/checkpoint.js';
import { CommandError } from '../output/terminal.js';
import { hasCode } from '../../platform/system-error.js';

const checkpointSchema = z.strictObject({ size: z.int().min(0), root: z.string(), note: z.string() });
const seenSchema = z.record(
  z.string(),
  z.strictObject({
    ...checkpointSchema.shape,
    /** Others that were seen, of which nobody has shown that they and this are states of one log. */
    apart: z.array(checkpointSchema).max(MAX_SIZES).optional(),
  }),
);

/** Where they are kept unless told. */
export const defaultState = (): string => join(homedir(), '.adit', 'checkpoints.json');

type SeenCheckpoint = z.infer<typeof checkpointSchema>;
/** The newest checkpoint seen of each log, by log key, kept between runs: an older or other one is then noticed. */
export type SeenCheckpoints = z.infer<typeof seenSchema>;

/** What a reader knows of a checkpoint besides its text. */
export interface Shown {
  /** Roots of earlier states that are proved under it, by size. */
  roots?: ReadonlyMap<number, Uint8Array>;
  /** Whether witnesses whom the reader trusts vouch that it continues all that they saw before. */
  witnessed?: boolean;
  /** Whether it may be remembered at all; one that too few witnesses saw may not. */
  counts?: boolean;
}

/** How a checkpoint stands to what was seen of its log before. */
export interface CheckpointsSeen {
  logKeys: readonly string[];
  note: string;
  /** What is to be remembered from now on. */
  newest: SeenCheckpoints;
  /** Whether the log has signed two trees of which neither continues the other: proof by itself. */
  fork: boolean;
  older: boolean;
  /** What is wrong; empty where nothing is. */
  detail: string;
  /** Sizes that were seen before, and of which it is not shown that this continues them. */
  apart: readonly number[];
  /** The checkpoint that it contradicts. */
  known: string | null;
}

/**
 * @param note a checkpoint that one of the log's keys has signed
 * @param pinned keys that the reader trusts; those of this log are one log, whose key was replaced
 */
export function compareWithSeen(
  note: string,
  pinned: readonly string[],
  seen: SeenCheckpoints,
  { roots = new Map(), witnessed = false, counts = true }: Shown = {},
): CheckpointsSeen {
  const { origin, size, root } = readCheckpoint(note);
  const own = { size, root: encodeBase64(root), note };
  const logKeys = pinned.filter((key) => key.startsWith(`${origin}+`));
  const remembered = rememberedBy(logKeys, seen);
  const shownAt = (at: number): string | null => {
    const proved = at === size ? root : roots.get(at);
    return proved === undefined ? null : encodeBase64(proved);
  };
  const contradicted = remembered.find((each) => shownAt(each.size) !== null && shownAt(each.size) !== each.root);
  const largest = Math.max(0, ...remembered.map((each) => each.size));
  const apart = witnessed ? [] : remembered.filter((each) => each.size < size && shownAt(each.size) === null);
  const older = largest > size;
  const keeps = contradicted === undefined && !older && counts;
  const kept = keeps ? remember(own, remembered, apart) : null;
  return {
    logKeys,
    note,
    newest: kept === null ? seen : { ...seen, ...Object.fromEntries(logKeys.map((key) => [key, kept])) },
    fork: contradicted !== undefined,
    older,
    detail: saidOf(size, contradicted, older ? largest : null),
    apart: apart.map((each) => each.size),
    known: contradicted?.note ?? null,
  };
}

function saidOf(size: number, contradicted: SeenCheckpoint | undefined, larger: number | null): string {
  if (contradicted?.size === size) return `The log has signed two different trees of ${size} entries.`;
  if (contradicted !== undefined)
    return `The log of ${contradicted.size} entries that was seen before is not the beginning of this one of ${size}.`;
  return larger === null
    ? ''
    : `This is a log of ${size} entries, and one of ${larger} was seen before: something newer exists.`;
}

/** Everything remembered of one log, the one first that the others may stand apart from. */
function rememberedBy(logKeys: readonly string[], seen: SeenCheckpoints): SeenCheckpoint[] {
  const all = logKeys.flatMap((key) => (Object.hasOwn(seen, key) ? (seen[key] ?? []) : []));
  const each = all.toSorted((a, b) => b.size - a.size).map(({ size, root, note }) => ({ size, root, note }));
  return [...each, ...all.flatMap(({ apart = [] }) => apart)].filter(
    ({ size, root }, i, list) => list.findIndex((other) => other.size === size && other.root === root) === i,
  );
}

/** What is shown to continue takes the place of what it continues; anything else stands beside, the oldest going first. */
function remember(
  own: SeenCheckpoint,
  remembered: readonly SeenCheckpoint[],
  apart: readonly SeenCheckpoint[],
): SeenCheckpoints[string] {
  const [main] = remembered;
  const same = ({ size, root }: SeenCheckpoint): boolean => size === own.size && root === own.root;
  if (apart.length === 0) return own;
  if (main === undefined || !apart.includes(main)) return { ...own, apart: [...apart] };
  const beside = apart.filter((each) => each !== main && !same(each));
  return { ...main, apart: [...beside, own].slice(-(MAX_SIZES - 1)) };
}

/** Sizes of a log that were seen, for whoever asks its server to show that it continues them. */
export const seenSizesOf = (origin: string, seen: SeenCheckpoints): number[] =>
  [
    ...new Set(
      rememberedBy(
        Object.keys(seen).filter((key) => key.startsWith(`${origin}+`)),
        seen,
      ).map(({ size }) => size),
    ),
  ]
    .filter((size) => size > 0)
    .slice(0, MAX_SIZES);

/** Throws where there is a file and it is not what this wrote: to forget what was seen is what a forger would wish for. */
export function readSeen(path: string): SeenCheckpoints {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return {};
    throw unreadable(path);
  }
  try {
    return seenSchema.parse(parseJsonFile(text, 'The file', 64 * 1024 * 1024));
  } catch {
    throw unreadable(path);
  }
}

const unreadable = (path: string): CommandError =>
  new CommandError(
    `${path}, which remembers the checkpoints that were seen, cannot be read.`,
    'Put it back from a copy. If there is none, move it away: then nothing is remembered.',
  );

/** Another file first, so that a crash leaves the old one. */
export function writeSeen(path: string, seen: SeenCheckpoints): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(`${path}.new`, `${JSON.stringify(seen, null, 2)}\n`);
  renameSync(`${path}.new`, path);
}

/**
 * Saves two checkpoints that contradict each other, for anyone to check by the log's key; gives the file. Two of one size
 * do so by themselves. Of two sizes, the bundle that proves what the larger tree began with is saved with them.
 */
export function saveEvidence(path: string, { logKeys, note, known }: CheckpointsSeen, proof: string | null): string {
  const { origin, size } = readCheckpoint(note);
  const file = join(dirname(path), `fork-${origin.replaceAll(/[^A-Za-z0-9.-]/g, '-')}-${size}.json`);
  const sameSize = known !== null && readCheckpoint(known).size === size;
  const evidence = { logKeys, checkpoints: [known, note], ...(sameSize || proof === null ? {} : { bundle: proof }) };
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(evidence, null, 2)}\n`);
  return file;
}
