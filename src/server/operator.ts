import { existsSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { AditError } from '../core/errors.js';
import { createOperatorToken } from './access/operator-token.js';
import { type Config, loadConfig } from './config/config.js';
import { Database } from './database/database.js';
import { patiently } from './database/patiently.js';
import { joinDatabase } from './boot/join-database.js';
import { JournalKey } from './journal/journal-key.js';
import { JournalMemory } from './journal/journal-memory.js';
import { LedgerIdentity } from './ledger/ledger-identity.js';
import { LogClock } from './ledger/append/log-clock.js';
import { ReadLog } from './ledger/read/read-log.js';
import { ReadTree } from './ledger/read/read-tree.js';
import { CheckThreads } from './ledger/intake/check-threads.js';
import { type Pace, type Replay, type ReplayOptions, replayLog } from './ledger/replay/replay.js';
import { Monitor, type MonitorOptions } from './monitor/monitor.js';
import { createSecret, loadSecret } from './config/secret.js';
import { RuleParameters } from './config/rule-parameters.js';
import { type RunningServer, openDatabase } from './boot/start.js';
import { Guard } from './transparency/guard.js';
import { type ServiceKeys, initKeys, loadKeys } from './transparency/keys.js';
import { explain } from './verification/audit/audit-faults.js';
import { AuditJournal } from './verification/audit/audit-journal.js';
import { AuditLog } from './verification/audit/audit-log.js';
import { AuditLots, lotsNamed, lotsOfSite } from './verification/audit/audit-lots.js';
import { journalFaults } from './verification/audit/audit-projection-faults.js';
import { isDamage, unreadable } from './verification/audit/damage.js';
import { gatherEvidence } from './verification/audit/gather-evidence.js';
import { ReadGuard } from './verification/audit/tree/read-guard.js';
import { JudgeAgain } from './verification/audit/rebuild/judge-again.js';
import { JudgeDeadlines } from './verification/judging/judge-deadlines.js';
import { VerifyEntries } from './verification/judging/verify-entries.js';

/**
 * Provides what an operator does to a ledger from a command line. `src/cli` imports no other module of the server but
 * `serve.ts`, which starts the service (docs/decisions/0010-cli-starts-the-server.md).
 */
export { type Config, ConfigError, settingsList, loadConfig } from './config/config.js';
export { configWarnings } from './config/config-warnings.js';
export { redactedConfig } from './config/show-config.js';
export { type Alarm, convicting } from './monitor/alarm.js';
export type { Monitor, MonitorResult } from './monitor/monitor.js';
export { BackupError } from './backup/backup-error.js';
export { type RestoreResult, backUp, inspectBackup, restore } from './backup/operate.js';
export { Clock, SimulatedClock } from './clock.js';
export { DataFolderHeldError } from '../platform/postgres/data-folder-lock.js';
export { JsonLogger } from './boot/logger.js';
export { type DatabaseAddress, type Overrides, type RunningServer, openDatabase, startServer } from './boot/start.js';
export { ThrowAwayDatabases } from './boot/throw-away-databases.js';
export { SharedThreads } from './ledger/intake/check-threads.js';
export { KeyFileError, createLogKey, createServiceKey } from './transparency/keys.js';
export type { Difference } from './ledger/replay/compare-projections.js';
export type { EntryProblem, Replay } from './ledger/replay/replay.js';

/** Creates the keys, the secret, the operator's token and the guard of a new ledger; replaces none that exists. */
export function initialise(config: Config): ServiceKeys {
  const keys = initKeys(config, config.origin);
  if (!existsSync(config.secretFile)) createSecret(config.secretFile);
  if (!existsSync(config.operatorTokenFile)) createOperatorToken(config.operatorTokenFile);
  new Guard(config.guardFile, config.origin).create();
  return keys;
}

/** Returns the keys of an initialised ledger; null if a key or the guard is missing. */
export function initialisedBefore(config: Config): ServiceKeys | null {
  const files = [config.logKeyFile, config.serviceKeyFile, config.guardFile];
  return files.every((file) => existsSync(file)) ? loadKeys(config, config.origin) : null;
}

function identityOf(config: Config): LedgerIdentity {
  const { logs, services } = loadKeys(config, config.origin);
  return new LedgerIdentity(config.origin, [...logs.keys()], services, config.registrar);
}

/** Writes the reason of a delay to standard error, because a person waits. */
const say = (message: string): void => void process.stderr.write(`${message}\n`);

/** Rebuilds the projections from the log and compares them with the stored ones. Throws `DatabaseUnavailableError`. */
export function replayProjections(config: Config, options: ReplayOptions): Promise<Replay> {
  return patiently(() => replayOnce(config, options), say);
}

async function replayOnce(config: Config, options: ReplayOptions): Promise<Replay> {
  const identity = identityOf(config);
  const address = await joinDatabase(config, () => undefined);
  const database = new Database({ url: address.appUrl, failed: () => undefined, patient: true });
  try {
    return await replayLog(database, identity, options);
  } finally {
    await database.close();
    await address.stop();
  }
}

/** Scope of an audit: one lot or the lots of a site, with all ancestors, or everything. */
export type AuditScope = { lot: string } | { site: string } | 'everything';

export interface AuditResult {
  entries: number;
  lots: number | null;
  /** `rule` of the finding, in an audit of the whole ledger. */
  faults: { index: number | null; lots: string[]; detail: string; rule?: string }[];
}

type OnProgress = (what: string, done: number, size: number) => void;

/**
 * Audits the stored bytes now, without any change: only the service's own audits record findings. Throws
 * `DatabaseUnavailableError`.
 */
export function auditNow(config: Config, scope: AuditScope, onProgress: OnProgress): Promise<AuditResult> {
  return patiently(() => auditOnce(config, scope, onProgress), say);
}

async function auditOnce(config: Config, scope: AuditScope, onProgress: OnProgress): Promise<AuditResult> {
  const identity = identityOf(config);
  const address = await joinDatabase(config, () => undefined);
  const database = new Database({ url: address.appUrl, failed: () => undefined, patient: true });
  const pace =
    (what: string): Pace =>
    async (done, size) =>
      onProgress(what, done, size);
  try {
    if (scope === 'everything') return await auditEverything(config, database, identity, pace);
    const lots = 'lot' in scope ? await lotsNamed(database, scope.lot) : await lotsOfSite(database, scope.site);
    if (lots.length === 0)
      throw new AditError(
        'not-found',
        'lot' in scope ? `There is no lot ${scope.lot}.` : `No lot was declared at ${scope.site}.`,
      );
    const tree = new ReadTree(database, new ReadLog(database));
    const { faults, ...audited } = await new AuditLots(database, identity, tree).audit(lots, pace('checking'));
    return {
      ...audited,
      faults: faults.map(({ lot, ...fault }) => ({ ...fault, lots: lot === null ? [] : [lot] })),
    };
  } catch (error) {
    if (!isDamage(error)) throw error;
    const { detail } = unreadable(error);
    return { entries: 0, lots: null, faults: [{ index: null, lots: [], detail }] };
  } finally {
    await database.close();
    await address.stop();
  }
}

async function auditEverything(
  config: Config,
  database: Database,
  identity: LedgerIdentity,
  pace: (what: string) => Pace,
): Promise<AuditResult> {
  const file = new Guard(config.guardFile, config.origin);
  const guard = new ReadGuard(file, () => undefined).read();
  const parameters = RuleParameters.load(config.ruleParametersFile, config.sanctionsFile);
  const follower = new JudgeAgain(database, identity, { now: () => Date.now() }, parameters);
  const threads = new CheckThreads(config.origin, config.verifyThreads);
  try {
    const pacing = { replay: pace('replaying'), tree: pace('hashing'), follower, threads };
    const evidence = await gatherEvidence(database, identity, guard, pacing);
    const journal = await journalAudit(config, database, file.journalPath).check({ remembers: false });
    const faults = [...explain(evidence), ...journalFaults(journal)].map(({ rule, firstIndex, lots, detail }) => ({
      rule,
      index: firstIndex,
      lots,
      detail,
    }));
    return { entries: evidence.tree.size, lots: null, faults };
  } finally {
    await threads.close();
  }
}

function journalAudit(config: Config, database: Database, memoryFile: string): AuditJournal {
  const { derivedSecret } = loadKeys(config, config.origin);
  const secret = loadSecret(config.secretFile, derivedSecret, () => undefined);
  return new AuditJournal(database, new JournalKey(secret), new JournalMemory(memoryFile, () => undefined));
}

export interface MonitorPlace extends Omit<MonitorOptions, 'databaseUrl'> {
  /** URL of the monitor's own PostgreSQL; null: starts one in the folder. */
  database: string | null;
}

/** Opens a monitor of another party's ledger, with its own database; `close` closes both. */
export async function openMonitor({ database, ...options }: MonitorPlace): Promise<Monitor> {
  const config = loadConfig({
    ADIT_DATA_DIR: join(options.folder, 'data'),
    ...(database === null ? {} : { DATABASE_URL: database }),
  });
  const address = await openDatabase(config, () => undefined);
  return new Monitor({ ...options, databaseUrl: address.appUrl }, () => address.stop());
}

/**
 * Runs every verification now: the log's clock, new entries, due re-evaluations, and one whole audit, also if the log
 * is halted, because no other check finds what a superuser of the database changed.
 */
export async function verifyNow({ app }: RunningServer): Promise<void> {
  await unlessHalted(app.get(LogClock, { strict: false }).tick());
  await unlessHalted(app.get(VerifyEntries, { strict: false }).verify());
  await unlessHalted(app.get(JudgeDeadlines, { strict: false }).judge());
  await app.get(AuditLog, { strict: false }).audit();
}

async function unlessHalted(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof AditError) || error.code !== 'log-halted') throw error;
  }
}

/** Changes rows of a throw-away ledger as the superuser, with triggers disabled. For the demo and scenarios. */
export async function tamper({ database }: RunningServer, sql: string): Promise<void> {
  if (database.superuserUrl === null) throw new Error('Only a ledger on its own embedded database is tampered with.');
  const url = new URL(database.superuserUrl);
  url.pathname = new URL(database.appUrl).pathname;
  const client = new pg.Client({ connectionString: url.toString() });
  await client.connect();
  try {
    await client.query('SET session_replication_role = replica');
    await client.query(sql);
  } finally {
    await client.end();
  }
}
