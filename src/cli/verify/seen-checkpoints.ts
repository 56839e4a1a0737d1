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
    /** Other seen checkpoints without a proof that they belong to one log with this one. */
    apart: z.array(checkpointSchema).max(MAX_SIZES).optional(),
  }),
);

/** Default file of seen checkpoints. */
export const defaultState = (): string => join(homedir(), '.adit', 'checkpoints.json');

type SeenCheckpoint = z.infer<typeof checkpointSchema>;
/** The newest seen checkpoint of each log, by log key, stored between runs to detect an older or different one. */
export type SeenCheckpoints = z.infer<typeof seenSchema>;

/** Further facts about a checkpoint. */
export interface ShownCheckpoint {
  /** Proved roots of earlier states, by size. */
  roots?: ReadonlyMap<number, Uint8Array>;
  /** Whether trusted witnesses cosigned it as an extension of what they saw before. */
  witnessed?: boolean;
  /** Whether it may be stored; not if too few witnesses saw it. */
  counts?: boolean;
}

/** Relation of a checkpoint to those seen before. */
export interface CheckpointsSeen {
  logKeys: readonly string[];
  note: string;
  /** Checkpoints to store from now on. */
  newest: SeenCheckpoints;
  /** Whether the log has signed two trees of which neither extends the other, which is proof by itself. */
  fork: boolean;
  older: boolean;
  /** Description of the fault; empty if there is none. */
  detail: string;
  /** Seen sizes without a proof that this checkpoint extends them. */
  apart: readonly number[];
  /** The checkpoint that it contradicts. */
  known: string | null;
}

/**
 * Compares a checkpoint with those seen before.
 * @param note a checkpoint signed by one of the log's keys;
 * @param pinned trusted keys; those of this log are one log whose key was replaced.
 */
export function compareWithSeen(
  note: string,
  pinned: readonly string[],
  seen: SeenCheckpoints,
  { roots = new Map(), witnessed = false, counts = true }: ShownCheckpoint = {},
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

/** Returns everything stored of one log; the first is the reference for the others. */
function rememberedBy(logKeys: readonly string[], seen: SeenCheckpoints): SeenCheckpoint[] {
  const all = logKeys.flatMap((key) => (Object.hasOwn(seen, key) ? (seen[key] ?? []) : []));
  const each = all.toSorted((a, b) => b.size - a.size).map(({ size, root, note }) => ({ size, root, note }));
  return [...each, ...all.flatMap(({ apart = [] }) => apart)].filter(
    ({ size, root }, i, list) => list.findIndex((other) => other.size === size && other.root === root) === i,
  );
}

/** Replaces a checkpoint by a proved extension; stores any other beside it and drops the oldest. */
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

/** Returns the seen sizes of a log, to request consistency proofs from its server. */
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

/** Reads the file. Throws if it is invalid, because a forger would profit if it were ignored. */
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

/** Writes another file first, so that a crash leaves the old one. */
export function writeSeen(path: string, seen: SeenCheckpoints): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(`${path}.new`, `${JSON.stringify(seen, null, 2)}\n`);
  renameSync(`${path}.new`, path);
}

/**
 * Saves two contradicting checkpoints, which anyone can check with the log's key; returns the file. For two sizes it
 * includes the bundle that proves the smaller state of the larger tree.
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
