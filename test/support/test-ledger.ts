import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import pg from 'pg';
import {
  type Signer,
  buildEvent,
  buildPossession,
  generateSigner,
  outputLotIds,
  randomToken,
} from '../../src/core/event/build.js';
import { parseEnvelope } from '../../src/core/event/envelope.js';
import { readEvent } from '../../src/core/event/event.js';
import type { NoteSigner } from '../../src/core/log/note.js';
import { SimulatedClock } from '../../src/server/clock.js';
import { Database } from '../../src/server/database/database.js';
import { openDatabase } from '../../src/server/database/data-source.js';
import { entities } from '../../src/server/boot/entities.js';
import { Journal } from '../../src/server/journal/journal.js';
import { JournalKey } from '../../src/server/journal/journal-key.js';
import { JournalMemory } from '../../src/server/journal/journal-memory.js';
import { AdmitBatch } from '../../src/server/ledger/append/admit-batch.js';
import { AppendEvents } from '../../src/server/ledger/append/append-events.js';
import type { EventResult } from '../../src/server/ledger/append/event-result.js';
import { Crash } from '../../src/server/ledger/append/crash-points.js';
import { LedgerIdentity } from '../../src/server/ledger/ledger-identity.js';
import { LogClock } from '../../src/server/ledger/append/log-clock.js';
import { LogEnd } from '../../src/server/ledger/append/log-state.js';
import { LogEvents } from '../../src/server/ledger/append/log-events.js';
import { ReadLog } from '../../src/server/ledger/read/read-log.js';
import { ReadTree } from '../../src/server/ledger/read/read-tree.js';
import { type Jobs, noJobs } from '../../src/server/queue/jobs.js';
import { Guard } from '../../src/server/transparency/guard.js';
import { initKeys } from '../../src/server/transparency/keys.js';
import { LogSigner, SealLog } from '../../src/server/transparency/seal-log.js';
import { AuditJournal } from '../../src/server/verification/audit/audit-journal.js';
import { AuditOutcome } from '../../src/server/verification/audit/audit-outcome.js';
import { AuditLog } from '../../src/server/verification/audit/audit-log.js';
import { JudgeDeadlines } from '../../src/server/verification/judging/judge-deadlines.js';
import { ExamineInPlace } from '../../src/server/verification/audit/examine-in-place.js';
import { StoreAudit } from '../../src/server/verification/audit/store-audit.js';
import { ReadGuard } from '../../src/server/verification/audit/tree/read-guard.js';
import { RuleParameters } from '../../src/server/config/rule-parameters.js';
import { VerifyEntries } from '../../src/server/verification/judging/verify-entries.js';
import { type TestDatabase, testDatabase } from './database.js';

const LOG = 'example.org/tin';
/** Where the service's clock stands when a ledger opens. */
export const OPENED = Date.parse('2026-05-12T06:00:00Z');

const noFailure = (error: unknown): never => {
  throw error;
};

class TestSigner extends LogSigner {
  readonly origin = LOG;

  constructor(
    readonly signers: ReadonlyMap<string, NoteSigner>,
    readonly guard: Guard,
  ) {
    super();
  }
}

async function connected(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

/** Everything of a running ledger but HTTP and the queue, on a database of its own. */
export class TestLedger {
  readonly clock = new SimulatedClock(OPENED);
  readonly actors = new Map<string, Signer>();
  /** How often alerts were woken. */
  woken = 0;
  private heads = new Map<string, string>();
  private tamperer: pg.Client | null = null;
  private worker: VerifyEntries | null = null;

  private readonly journalKey = new JournalKey(new Uint8Array(32));
  /** Of changes to rows that do not follow from the log. */
  readonly journal = new Journal(this.journalKey);

  /** What its audits found, as the service would say it. */
  readonly outcome: AuditOutcome;

  private constructor(
    /** The database as others than the ledger reach it. */
    readonly behind: TestDatabase,
    readonly database: Database,
    readonly identity: LedgerIdentity,
    readonly append: AppendEvents,
    readonly guard: Guard,
    private readonly folder: string,
  ) {
    this.outcome = new AuditOutcome(database);
  }

  /** An open ledger with actors coop (miner, RW), trader and mallory (traders, RW), a site `hill` and a depot. */
  static async open(): Promise<TestLedger> {
    // What audits find is asked for, and not read from what they log.
    Logger.overrideLogger(false);
    const test = await testDatabase();
    const database = await openDatabase({ url: test.url, failed: noFailure }, entities);
    const folder = mkdtempSync(join(tmpdir(), 'adit-test-'));
    const keys = initKeys({ logKeyFile: join(folder, 'log.key'), serviceKeyFile: join(folder, 'service.jwk') }, LOG);
    const guard = new Guard(join(folder, 'guard.json'), LOG);
    guard.create();
    const identity = new LedgerIdentity(LOG, [keys.vkey], keys.services, null);
    const crash = new Crash(null);
    const tree = new ReadTree(database, new ReadLog(database));
    const clock = { now: (): number => ledger.clock.now() };
    const admission = new AdmitBatch(identity, new LogEvents(identity, clock), clock);
    const append = new AppendEvents(database, admission, new LogEnd(identity), noJobs, crash);
    append.sealWith(new SealLog(database, tree, new TestSigner(keys.logs, guard), crash));
    const ledger: TestLedger = new TestLedger(test, database, identity, append, guard, folder);
    await ledger.begin();
    return ledger;
  }

  /** The worker, which keeps what it has read from one call to the next. */
  verifier(): VerifyEntries {
    this.worker ??= this.anotherVerifier();
    return this.worker;
  }

  /** A worker that has read nothing yet, as in another process. */
  anotherVerifier(database: Database = this.database): VerifyEntries {
    return new VerifyEntries(database, this.identity, this.clock, this.wakeAlerts(), RuleParameters.load(null));
  }

  /** @param threadFrom entries from which the audit runs in a thread of its own. */
  auditor(threadFrom?: number): AuditLog {
    const parameters = RuleParameters.load(null);
    const { database, identity, clock } = this;
    const guard = new ReadGuard(this.guard, noFailure);
    const examiner = new ExamineInPlace(database, identity, guard, clock, parameters);
    if (threadFrom !== undefined) examiner.threadFrom = threadFrom;
    const results = new StoreAudit(database, identity, clock, parameters);
    return new AuditLog(examiner, this.journalAudit(), results, this.outcome, this.wakeAlerts());
  }

  /** The part of an audit that looks at the journal. */
  journalAudit(): AuditJournal {
    return new AuditJournal(this.database, this.journalKey, new JournalMemory(this.guard.journalPath, noFailure));
  }

  deadlines(): JudgeDeadlines {
    return new JudgeDeadlines(this.database, this.clock, new LogClock(this.append), this.verifier());
  }

  /** Signs and appends one event; `prev` of lots and inputs, and ids of outputs, are filled in. Gives the outcome. */
  async submit(type: string, by: string, body: Record<string, unknown>): Promise<EventResult & { lots: string[] }> {
    const signer = this.signerOf(by);
    const jti = randomToken();
    const filled = { ...body };
    const extended: string[] = [];
    for (const member of ['lots', 'inputs'])
      if (Array.isArray(filled[member]))
        filled[member] = filled[member].map((item: string | { lot: string }) => {
          // A lot named by its id alone, or counted, is spoken of, and its chain not extended.
          if (typeof item === 'string' || type === 'stock.counted') return item;
          extended.push(item.lot);
          return { prev: this.heads.get(item.lot), ...item };
        });
    const outputs = Array.isArray(filled.outputs) ? filled.outputs : [];
    const ids = outputLotIds(LOG, by, jti, outputs.length);
    if (outputs.length > 0) filled.outputs = outputs.map((output: object, i) => ({ ...output, lot: ids[i] }));
    const now = this.clock.now();
    const claims = {
      log: LOG,
      type,
      iss: by,
      iat: Math.floor(now / 1000),
      jti,
      occurredAt: new Date(now).toISOString(),
    };
    const built = await buildEvent({ ...claims, ...filled }, signer);
    const event = readEvent(parseEnvelope(built.event), LOG);
    const [outcome] = await this.append.append([{ event, text: built.event, receipt: false }]);
    if (outcome === undefined) throw new Error('No outcome.');
    if (outcome.status === 'accepted') for (const lot of [...extended, ...ids]) this.heads.set(lot, event.id);
    return { ...outcome, lots: ids };
  }

  /** As `submit`, for an event that must be accepted. Gives its id, its index and the lots it made. */
  async record(
    type: string,
    by: string,
    body: Record<string, unknown>,
  ): Promise<{ id: string; index: number; lots: string[] }> {
    const outcome = await this.submit(type, by, body);
    if (outcome.status === 'refused') throw outcome.error;
    if (outcome.status !== 'accepted') throw new Error(`${type} by ${by}: ${outcome.status}.`);
    return outcome;
  }

  async declare(mass: string, more: Record<string, unknown> = {}): Promise<string> {
    const output = { mineral: 'cassiterite', form: 'concentrate', mass: { value: mass, uom: 'KGM' }, ...more };
    const { lots } = await this.record('lot.declared', 'coop', { place: { site: 'hill' }, outputs: [output] });
    return lots[0] ?? '';
  }

  /** Declares `count` lots of 1 kg in one batch; gives their ids. */
  async declareMany(count: number): Promise<string[]> {
    const signer = this.signerOf('coop');
    const now = this.clock.now();
    const arrivals = [];
    const lots: string[] = [];
    for (let i = 0; i < count; i += 1) {
      const jti = randomToken();
      const [lot = ''] = outputLotIds(LOG, 'coop', jti, 1);
      const outputs = [{ lot, mineral: 'cassiterite', form: 'ore', mass: { value: '1', uom: 'KGM' } }];
      const claims = { log: LOG, iss: 'coop', iat: Math.floor(now / 1000), occurredAt: new Date(now).toISOString() };
      const built = await buildEvent(
        { ...claims, type: 'lot.declared', jti, place: { site: 'hill' }, outputs },
        signer,
      );
      arrivals.push({ event: readEvent(parseEnvelope(built.event), LOG), text: built.event, receipt: false });
      lots.push(lot);
    }
    for (const outcome of await this.append.append(arrivals))
      if (outcome.status !== 'accepted') throw new Error(`A lot was ${outcome.status}.`);
    return lots;
  }

  dispatch(lot: string, to = 'trader'): Promise<{ id: string; index: number }> {
    return this.record('custody.dispatched', 'coop', { to, lots: [{ lot }] });
  }

  receive(lot: string, mass: string): Promise<{ id: string; index: number }> {
    const lots = [{ lot, mass: { value: mass, uom: 'KGM' } }];
    return this.record('custody.received', 'trader', { from: 'coop', lots });
  }

  head(lot: string): string | undefined {
    return this.heads.get(lot);
  }

  /** Changes rows as the database's superuser with triggers off: what nobody should be able to do, and somebody can. */
  async tamper(sql: string, values: unknown[] = []): Promise<number> {
    const client = (this.tamperer ??= await connected(this.behind.superuserUrl));
    try {
      await client.query("RESET ALL; SET session_replication_role = 'replica'");
      const result: unknown = await client.query(sql, values);
      const results = Array.isArray(result) ? result : [result];
      return results.reduce((rows: number, { rowCount }: pg.QueryResult) => rows + (rowCount ?? 0), 0);
    } catch (error) {
      await client.query('ROLLBACK').catch(() => undefined);
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.database.onApplicationShutdown();
    await this.tamperer?.end();
    await this.behind.drop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private signerOf(actor: string): Signer {
    const signer = this.actors.get(actor);
    if (signer === undefined) throw new Error(`${actor} has no key.`);
    return signer;
  }

  private wakeAlerts(): Jobs {
    return {
      wake: async () => {
        this.woken += 1;
      },
    };
  }

  private async begin(): Promise<void> {
    const registrar = generateSigner('Ed25519').signer;
    this.actors.set('registrar', registrar);
    await this.record('ledger.opened', 'registrar', {
      logKey: this.identity.firstLogKey,
      serviceKey: this.identity.signer(null).jwk,
      registrar: { actor: 'registrar', key: registrar.jwk },
    });
    for (const [actor, role] of [
      ['coop', 'miner'],
      ['trader', 'trader'],
      ['mallory', 'trader'],
      ['agent', 'authority'],
      ['laboratory', 'assayer'],
      ['carrier', 'transporter'],
    ] as const)
      await this.register(actor, role);
    await this.record('site.registered', 'registrar', {
      site: 'hill',
      country: 'RW',
      operator: 'coop',
      minerals: ['cassiterite'],
      capacity: { workers: 120, kilogramsPerWorkerMonth: { cassiterite: '40' } },
    });
    await this.record('facility.registered', 'registrar', { facility: 'depot', kind: 'warehouse', country: 'RW' });
    await this.record('tags.issued', 'agent', { series: 'SYN-M-', from: 4411, to: 4500, site: 'hill' });
  }

  async register(actor: string, role: string, country = 'RW'): Promise<void> {
    const { signer } = generateSigner('Ed25519');
    this.actors.set(actor, signer);
    const possession = await buildPossession(LOG, actor, signer);
    await this.record('actor.registered', 'registrar', {
      actor,
      roles: [role, 'processor'].slice(0, role === 'trader' ? 2 : 1),
      country,
      legalName: `${actor} Ltd`,
      key: signer.jwk,
      possession,
    });
  }
}
