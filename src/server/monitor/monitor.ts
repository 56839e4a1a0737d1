import { setTimeout as sleep } from 'node:timers/promises';
import { parseVkey } from '../../core/log/note.js';
import { readCheckpoint } from '../../core/log/checkpoint.js';
import type { Policy } from '../../core/log/policy.js';
import { formatTlogProof } from '../../core/log/proof-file.js';
import { ruleFailed } from '../../core/rules/engine/rule-failed.js';
import { SystemClock } from '../clock.js';
import { Database } from '../database/database.js';
import { isUnavailable } from '../database/is-unavailable.js';
import { CheckThreads } from '../ledger/intake/check-threads.js';
import { LedgerIdentity } from '../ledger/ledger-identity.js';
import { MirrorLog } from '../ledger/replay/mirror-log.js';
import { ReadLog } from '../ledger/read/read-log.js';
import { ReadTree } from '../ledger/read/read-tree.js';
import { RuleParameters } from '../config/rule-parameters.js';
import { askedOf } from '../transparency/witnesses/witness-policy.js';
import { VerifyEntries } from '../verification/judging/verify-entries.js';
import { noJobs } from '../queue/jobs.js';
import { type Alarm, alarm, withConvicted, withStanding } from './alarm.js';
import { CompareWitnesses } from './compare-witnesses.js';
import { FollowLog } from './follow-log.js';
import { StateFile } from './monitor-state.js';
import { RecomputeIndexes } from './recompute-indexes.js';
import { RemoteLog } from './remote-log.js';

export interface MonitorOptions {
  /** URL of the ledger. */
  url: string;
  /** Pinned verifier keys of the log: one, or during a key rotation also the next. */
  logKeys: readonly string[];
  policy: Policy | null;
  token: string | null;
  /** Folder of the monitor's state file. */
  folder: string;
  /** URL of a database that only the monitor uses. */
  databaseUrl: string;
  /** Age of the log's clock above which it is stale, ms. */
  staleAfter: number;
  /** Threads that verify signatures. */
  threads: number;
  /** False: only reads, checks and admits entries, without rules and indexes. */
  judges?: boolean;
  /** Reports progress of reading entries, then of judging them. */
  progress: (what: 'entries' | 'rules', done: number, size: number) => void;
}

/** Entries judged at once; each piece costs some twenty statements, whatever its size. */
const JUDGED_TOGETHER = 2_000;

/** Entries that could not be judged which are named at most, and characters of a reason. */
const MAX_SET_ASIDE = 20;
const MAX_REASON = 200;

/** Between two looks at what has been appended, ms. */
const IDLE = 20;

/** A finding that opened or closed since the last report. */
export interface ReportedRuleFinding {
  rule: string;
  severity: string;
  status: string;
  subject: string;
  detail: string;
  firstIndex: number | null;
}

export interface MonitorResult {
  /** Number of checked entries in all. */
  size: number;
  alarms: Alarm[];
  findings: ReportedRuleFinding[];
}

/**
 * Monitors another party's ledger (C2SP: a monitor) with its own state: reads every entry, admits and judges it again,
 * recomputes the sealed indexes, and compares the log with the witnesses. It trusts no statement of the operator.
 */
export class Monitor {
  private readonly origin: string;
  private readonly file: StateFile;
  private readonly database: Database;
  private readonly threads: CheckThreads;
  private readonly remote: RemoteLog;
  private readonly tree: ReadTree;
  private readonly watching: Watching;

  /** @param closed closes the resources of the monitor. */
  constructor(
    private readonly options: MonitorOptions,
    private readonly closed: () => Promise<void>,
  ) {
    this.origin = parseVkey(options.logKeys[0] ?? '').name;
    this.file = new StateFile(options.folder, this.origin);
    this.database = new Database({ url: options.databaseUrl, failed: () => undefined });
    this.threads = new CheckThreads(this.origin, options.threads);
    this.remote = new RemoteLog(options.url, options.token);
    this.tree = new ReadTree(this.database, new ReadLog(this.database));
    this.watching = this.watch();
  }

  /** Follows the log once to its newest checkpoint. */
  async look(): Promise<MonitorResult> {
    const { follow, mirror, witnesses } = this.watching;
    const alarms = await this.whileJudging(follow.follow());
    this.convict(alarms);
    const { size } = await mirror.head();
    await this.acquit(size);
    const { newest, indexed } = this.file.state;
    if (this.options.judges !== false) alarms.push(...(await this.judge(size, indexed)));
    if (newest !== null) alarms.push(...(await witnesses.compare(this.origin, readCheckpoint(newest).size, newest)));
    alarms.push(...(await this.staleness()));
    this.convict(alarms);
    return { size, alarms: withStanding(alarms, this.file.state.convicted), findings: await this.findings() };
  }

  /** Judges appended entries by the rules meanwhile, so that one works while the other waits for the database. */
  private async whileJudging(following: Promise<Alarm[]>): Promise<Alarm[]> {
    let isFollowing = true;
    const ended = following.then(
      () => (isFollowing = false),
      () => (isFollowing = false),
    );
    try {
      while (isFollowing && this.options.judges !== false)
        if ((await this.watching.rules.verify()) === 0) await Promise.race([ended, sleep(IDLE)]);
    } catch (error) {
      // Judged once more when all entries are present, to report those that cannot be judged.
      if (isUnavailable(error)) throw error;
    } finally {
      await ended;
    }
    return following;
  }

  /** Judges the remaining entries by the rules and checks every sealed index. */
  private async judge(size: number, indexed: number): Promise<Alarm[]> {
    const { indexes, rules } = this.watching;
    const judged = rules.verify((done) => this.options.progress('rules', done, size - indexed));
    const found = await Promise.all([
      indexes.recompute(size).catch((error: unknown) => this.undecided('The sealed indexes cannot be computed', error)),
      judged.then(
        () => this.setAside(),
        (error: unknown) => this.undecided('The entries cannot be judged by the rules', error),
      ),
    ]);
    return found.flat();
  }

  /**
   * Reports that a stage failed because of the log's content, with the entry it had reached. Throws if the database
   * does not answer.
   */
  private async undecided(what: string, error: unknown): Promise<Alarm[]> {
    if (isUnavailable(error)) throw error;
    const [row] = await this.database.rows<{ next: number }>('SELECT next FROM verification_cursor');
    const reason = error instanceof Error ? error.message : String(error);
    return [await this.alarmAt(row?.next ?? 0, `${what}: ${reason.slice(0, MAX_REASON)}`)];
  }

  /** Reports the entries that the rules could not judge. */
  private async setAside(): Promise<Alarm[]> {
    const rows = await this.database.rows<{ index: number | null; detail: string }>(
      `SELECT first_index AS index, detail FROM findings WHERE rule = $1 AND status = 'open'
        ORDER BY first_index LIMIT ${MAX_SET_ASIDE}`,
      [ruleFailed.id],
    );
    return Promise.all(rows.map(({ index, detail }) => this.alarmAt(index ?? 0, detail)));
  }

  /** An alarm with the entry, and the proof that the log holds it. */
  private async alarmAt(index: number, detail: string): Promise<Alarm> {
    const [row] = await this.database.rows<{ jws: string }>('SELECT jws FROM entries WHERE index = $1', [index]);
    if (row === undefined) return alarm('undecided', detail, { index });
    return alarm('undecided', detail, { index, entry: row.jws, proof: await this.prove(index) });
  }

  private convict(found: readonly Alarm[]): void {
    const convicted = withConvicted(this.file.state.convicted, found);
    if (convicted.length > this.file.state.convicted.length) this.file.save({ convicted });
  }

  /** Withdraws an alarm about a refused entry that a newer version of this monitor has accepted unchanged. */
  private async acquit(size: number): Promise<void> {
    const passed = this.file.state.convicted.filter(
      ({ kind, index }) => kind === 'bad-entry' && (index ?? size) < size,
    );
    if (passed.length === 0) return;
    const rows = await this.database.rows<{ index: number; jws: string }>(
      'SELECT index, jws FROM entries WHERE index = ANY($1::bigint[])',
      [passed.map(({ index }) => index)],
    );
    const admitted = passed.filter((each) => rows.some(({ index, jws }) => index === each.index && jws === each.entry));
    if (admitted.length > 0)
      this.file.save({ convicted: this.file.state.convicted.filter((each) => !admitted.includes(each)) });
  }

  private async prove(index: number): Promise<string | null> {
    const { newest: checkpoint } = this.file.state;
    const size = checkpoint === null ? 0 : readCheckpoint(checkpoint).size;
    if (checkpoint === null || index >= size) return null;
    return formatTlogProof({ index, proof: await this.tree.proveInclusion(index, size), checkpoint });
  }

  async close(): Promise<void> {
    await this.threads.close();
    await this.database.close();
    await this.closed();
  }

  private watch(): Watching {
    const { logKeys, policy, progress } = this.options;
    // The entries declare who signs for the ledger; a monitor signs nothing.
    const identity = new LedgerIdentity(this.origin, logKeys, [], null);
    const mirror = new MirrorLog(this.database, identity, this.threads);
    const report = (done: number, size: number): void => progress('entries', done, size);
    return {
      mirror,
      follow: new FollowLog(this.remote, mirror, this.file, { logKeys, policy }, report),
      indexes: new RecomputeIndexes(this.database, this.origin, this.file, (index) => this.prove(index)),
      witnesses: new CompareWitnesses(this.tree, mirror, logKeys, policy === null ? [] : askedOf(policy)),
      rules: new VerifyEntries(this.database, identity, new SystemClock(), noJobs, RuleParameters.load(null)).readOwn(
        JUDGED_TOGETHER,
      ),
    };
  }

  private async staleness(): Promise<Alarm[]> {
    const [row] = await this.database.rows<{ time: number }>('SELECT time FROM clocks ORDER BY index DESC LIMIT 1');
    if (row === undefined) return [];
    const age = Date.now() - row.time;
    if (age <= this.options.staleAfter) return [];
    return [alarm('stale', `The log's clock stopped at ${new Date(row.time).toISOString()}.`)];
  }

  private async findings(): Promise<ReportedRuleFinding[]> {
    const rows = await this.database.rows<ReportedRuleFinding & { change: number }>(
      `SELECT rule, severity, status, subject, detail, first_index AS "firstIndex", change
         FROM findings WHERE change > $1 ORDER BY change`,
      [this.file.state.told],
    );
    const last = rows.at(-1);
    if (last !== undefined) this.file.save({ told: last.change });
    return rows.map(({ rule, severity, status, subject, detail, firstIndex }) => ({
      rule,
      severity,
      status,
      subject,
      detail,
      firstIndex,
    }));
  }
}

interface Watching {
  mirror: MirrorLog;
  follow: FollowLog;
  indexes: RecomputeIndexes;
  witnesses: CompareWitnesses;
  rules: VerifyEntries;
}
