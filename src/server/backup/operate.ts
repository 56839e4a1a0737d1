import { rmSync } from 'node:fs';
import { hasCode } from '../../platform/system-error.js';
import type { Config } from '../config/config.js';
import { joinDatabase } from '../boot/join-database.js';
import { loadSecret } from '../config/secret.js';
import { openBareDatabase } from '../boot/start.js';
import { Guard, GuardError, type GuardState } from '../transparency/guard.js';
import { loadKeys } from '../transparency/keys.js';
import { BackupError } from './backup-error.js';
import { BackupKeys } from './backup-format.js';
import { type CheckedBackup, checkBackup } from './read-backup.js';
import { restoreBackup } from './restore-backup.js';
import { writeBackup } from './write-backup.js';

/** Reports progress: the task, the entries done, and their total. */
export type BackupPace = (what: string, done: number, size: number) => void;

interface Ledger {
  origin: string;
  vkeys: string[];
  keys: BackupKeys;
}

function ledgerOf(config: Config): Ledger {
  const { logs, derivedSecret } = loadKeys(config, config.origin);
  const secret = loadSecret(config.secretFile, derivedSecret, () => undefined);
  return { origin: config.origin, vkeys: [...logs.keys()], keys: new BackupKeys(secret) };
}

/** Backs up the configured ledger, also while it runs. Throws `BackupError`. */
export async function backUp(config: Config, file: string, pace: BackupPace): Promise<CheckedBackup> {
  const ledger = ledgerOf(config);
  const address = await joinDatabase(config, () => undefined);
  try {
    return await writeBackup({ ...ledger, ownerUrl: address.ownerUrl, file, pace });
  } finally {
    await address.stop();
  }
}

/** Returns the last signed tree from the guard on this machine; null without a guard. */
function guardOf(config: Config): GuardState | null {
  try {
    return new Guard(config.guardFile, config.origin).read();
  } catch (error) {
    if (error instanceof GuardError && error.reason === 'missing') return null;
    throw error;
  }
}

/**
 * Returns why a ledger restored from this backup must not sign: the log signed more since, or that is unknown. Null if
 * it may.
 */
function whySilent({ header, tree }: CheckedBackup, guard: GuardState | null, guardFile: string): BackupError | null {
  if (guard === null)
    return new BackupError(
      'unguarded',
      `There is no guard at ${guardFile}, so it is unknown what was signed after this backup.`,
      'Restore the guard from its copy. Without it, "--to-read" restores a ledger that is read and signs nothing.',
    );
  if (guard.size > header.size)
    return new BackupError(
      'behind',
      `The guard remembers a signed log of ${guard.size} entries, and this backup has ${header.size}: it is older than what was signed.`,
      'Restore a newer backup, or the database itself. "--to-read" restores a ledger that is read and signs nothing: going on from here would fork the log.',
    );
  if (tree.gives(guard.size, guard.root)) return null;
  return new BackupError(
    'behind',
    `At ${guard.size} entries the guard has another root than this backup: it is not the log that was signed.`,
    'Look for the backup of this log. "--to-read" restores a ledger that is read and signs nothing.',
  );
}

/** Checks a backup without restoring it. Throws `BackupError`. */
export async function inspectBackup(config: Config, file: string, pace: BackupPace): Promise<CheckedBackup> {
  return checkBackup(file, ledgerOf(config).keys, {
    ...ledgerOf(config),
    pace: (done, size) => pace('checking', done, size),
  });
}

export interface RestoreResult {
  entries: number;
  createdAt: string;
  /** Why the restored ledger signs nothing; null if it signs. */
  silent: string | null;
}

/**
 * Restores a backup into the configured empty database, after checking it against the keys and the guard. Throws
 * `BackupError` before it writes: also if the guard shows that signing would fork the log, unless the ledger is
 * restored for reading only.
 */
export async function restore(
  config: Config,
  file: string,
  { toRead, pace }: { toRead: boolean; pace: BackupPace },
): Promise<RestoreResult> {
  const ledger = ledgerOf(config);
  const guard = guardOf(config);
  const sizes = guard === null ? [] : [guard.size];
  const checked = await checkBackup(file, ledger.keys, {
    ...ledger,
    sizes,
    pace: (done, size) => pace('checking', done, size),
  }).catch((error: unknown) => {
    throw hasCode(error, 'ENOENT') ? new BackupError('damaged', `There is no file ${file}.`, 'Name a backup.') : error;
  });
  const silent = whySilent(checked, guard, config.guardFile);
  if (silent !== null && !toRead) throw silent;
  const address = await openBareDatabase(config, () => undefined);
  try {
    const restoring = (done: number, size: number): void => pace('restoring', done, size);
    await restoreBackup({ ownerUrl: address.ownerUrl, file, keys: ledger.keys, pace: restoring });
  } finally {
    await address.stop();
  }
  // What the journal noted after the backup is gone with the database that had it, and the operator knows.
  if (silent === null) rmSync(new Guard(config.guardFile, config.origin).journalPath, { force: true });
  const { size, createdAt } = checked.header;
  return { entries: size, createdAt, silent: silent?.message ?? null };
}
