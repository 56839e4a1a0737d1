import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { encodeBase64 } from '../core/log/base64.js';
import { readCheckpoint } from '../core/log/checkpoint.js';

/** The newest checkpoint seen of each log, kept between runs: an older or other one is then noticed. */
export interface SeenCheckpoints {
  [logKey: string]: { size: number; root: string; note: string };
}

/** How a checkpoint stands to what was seen of its log before. */
export interface CheckpointsSeen {
  logKeys: readonly string[];
  note: string;
  /** The newer of the two. */
  newest: SeenCheckpoints;
  /** Whether the log has signed two trees of one size: proof by itself. */
  fork: boolean;
  older: boolean;
  detail: string;
  known: string | null;
}

/**
 * @param note a checkpoint that one of the log's keys has signed
 * @param pinned keys that the reader trusts; those of this log are one log, whose key was replaced
 */
export function compareWithSeen(note: string, pinned: readonly string[], seen: SeenCheckpoints): CheckpointsSeen {
  const { origin, size, root } = readCheckpoint(note);
  const own = { size, root: encodeBase64(root), note };
  const logKeys = pinned.filter((key) => key.startsWith(`${origin}+`));
  const [known] = logKeys.flatMap((key) => seen[key] ?? []).toSorted((a, b) => b.size - a.size);
  const fork = known?.size === size && known.root !== own.root;
  const older = known !== undefined && known.size > size;
  const kept = known !== undefined && known.size >= size ? known : own;
  const newest = { ...seen, ...Object.fromEntries(logKeys.map((key) => [key, kept])) };
  const detail = fork
    ? `The log has signed two different trees of ${size} entries.`
    : older
      ? `This is a log of ${size} entries, and one of ${known.size} was seen before: something newer exists.`
      : '';
  return { logKeys, note, newest, fork, older, detail, known: known?.note ?? null };
}

export function readSeen(path: string): SeenCheckpoints {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as SeenCheckpoints;
  } catch {
    return {};
  }
}

/** Another file first, so that a crash leaves the old one. */
export function writeSeen(path: string, seen: SeenCheckpoints): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(`${path}.new`, `${JSON.stringify(seen, null, 2)}\n`);
  renameSync(`${path}.new`, path);
}

/** Saves two checkpoints that contradict each other, for anyone to check by the log's key; gives the file. */
export function saveEvidence(path: string, { logKeys, note, known }: CheckpointsSeen): string {
  const { origin, size } = readCheckpoint(note);
  const file = join(dirname(path), `fork-${origin.replaceAll(/[^A-Za-z0-9.-]/g, '-')}-${size}.json`);
  writeFileSync(file, `${JSON.stringify({ logKeys, checkpoints: [known, note] }, null, 2)}\n`);
  return file;
}
