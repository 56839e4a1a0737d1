import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { signCheckpoint } from '../../../src/core/log/checkpoint.js';
import { noteSigner } from '../../../src/core/log/note.js';
import { parsePolicy } from '../../../src/core/log/policy.js';
import { checkTlogProof } from '../../../src/core/log/proof-file.js';
import { leafHash } from '../../../src/core/log/tree.js';
import { migrate } from '../../../src/server/database/migrate.js';
import type { Alarm } from '../../../src/server/monitor/alarm.js';
import { Monitor, type MonitorOptions, type MonitorResult } from '../../../src/server/monitor/monitor.js';
import { type TestDatabase, asSuperuser, testDatabase } from '../../support/database.js';
import { ForgedLog } from '../../support/forged-log.js';
import { Forger, LOG } from '../../support/forger.js';
import { TestWitness } from '../../support/test-witness.js';

const kilograms = (value: string): object => ({ value, uom: 'KGM' });
const tin = (mass: string): object => ({ mineral: 'cassiterite', form: 'concentrate', mass: kilograms(mass) });

describe('a monitor of somebody else’s ledger', () => {
  let forger: Forger;
  let log: ForgedLog;
  let folder: string;
  let database: TestDatabase;
  let options: MonitorOptions;
  let monitor: Monitor;

  beforeEach(async () => {
    forger = await Forger.open();
    log = new ForgedLog(forger);
    folder = mkdtempSync(join(tmpdir(), 'adit-monitor-'));
    database = await testDatabase();
    await migrate(database.ownerUrl);
    options = {
      url: await log.start(),
      logKeys: [forger.log.vkey],
      policy: null,
      token: null,
      folder,
      databaseUrl: database.url,
      staleAfter: Number.MAX_SAFE_INTEGER,
      threads: 1,
      progress: () => undefined,
    };
    monitor = open();
  });

  afterEach(async () => {
    await monitor.close();
    log.stop();
    await database.drop();
    rmSync(folder, { recursive: true, force: true });
  });

  const open = (changed: Partial<MonitorOptions> = {}): Monitor =>
    new Monitor({ ...options, ...changed }, () => Promise.resolve());

  async function again(changed: Partial<MonitorOptions> = {}): Promise<MonitorResult> {
    await monitor.close();
    monitor = open(changed);
    return monitor.look();
  }

  const declare = (): Promise<{ lots: string[] }> =>
    forger.write('coop', 'lot.declared', { place: { site: 'hill' }, outputs: [tin('48.6')] });

  async function declareMany(count: number): Promise<void> {
    for (let i = 0; i < count; i += 1) await declare();
  }

  async function asked(sql: string): Promise<object[]> {
    const client = new pg.Client({ connectionString: database.ownerUrl });
    await client.connect();
    try {
      return (await client.query<object>(sql)).rows;
    } finally {
      await client.end();
    }
  }

  const kinds = ({ alarms }: MonitorResult): string[] => alarms.map(({ kind }) => kind);

  it('follows an honest log, and goes on where it was', async () => {
    await declareMany(300);
    await forger.seal();
    expect(await monitor.look()).toMatchObject({ size: forger.texts.length, alarms: [] });
    await declareMany(3);
    await forger.seal();
    expect(await monitor.look()).toMatchObject({ size: forger.texts.length, alarms: [] });
    await declareMany(260);
    expect(await again()).toMatchObject({ size: forger.texts.length, alarms: [] });
  });

  it('judges by every rule, and tells each finding once', async () => {
    const [bag = ''] = (await forger.write('coop', 'lot.declared', { place: { site: 'hill' }, outputs: [tin('50')] }))
      .lots;
    await forger.write('coop', 'custody.dispatched', {
      to: 'plant',
      lots: [{ lot: bag }],
      plannedArrival: '2026-05-12T23:00:00.000Z',
    });
    for (let i = 0; i < 200; i += 1) await forger.clock();
    const { findings, alarms } = await monitor.look();
    expect(alarms).toEqual([]);
    expect(findings.map(({ rule, status }) => `${rule} ${status}`)).toContain('handover-overdue open');
    expect((await again()).findings).toEqual([]);
  });

  it('names the first entry that the ledger’s rules forbid, and takes nothing after it', async () => {
    const [bag = ''] = (await declare()).lots;
    const head = forger.head(bag);
    const sale = (to: string): object => ({
      to,
      lots: [{ lot: bag, prev: head }],
    });
    await forger.write('coop', 'custody.dispatched', { ...sale('trader') });
    const second = await forger.write('coop', 'custody.dispatched', { ...sale('rival') });
    await declare();
    const seen = await monitor.look();
    expect(seen).toMatchObject({ size: second.index, alarms: [{ kind: 'bad-entry', index: second.index }] });
    expectProven(seen.alarms[0]);
    expect(kinds(await again())).toEqual(['bad-entry']);
  });

  /** What is kept convicts the log before anybody who has its key. */
  function expectProven(found: Alarm | undefined): void {
    const { index, entry, proof } = found ?? {};
    expect(entry).toBe(forger.texts[index ?? -1]?.split('~', 1)[0]);
    const checked = checkTlogProof(proof ?? '', leafHash(entry ?? ''), [forger.log.vkey]);
    expect(checked).toMatchObject({ ok: true, index });
  }

  it('remembers a forbidden entry that the log then replaces, and forgets one that it had only misjudged', async () => {
    await monitor.look();
    const forged = await forger.write(
      'coop',
      'lot.declared',
      { place: { site: 'hill' }, outputs: [tin('9')] },
      forger.key('rival'),
    );
    const before = forger.texts.length;
    expect(kinds(await monitor.look())).toEqual(['bad-entry']);
    const [text, event] = [forger.texts.pop() ?? '', forger.events.pop()];
    expect(event).toBeDefined();
    await declare();
    expect(forger.texts).toHaveLength(before);
    const seen = await again();
    expect(seen).toMatchObject({ size: before, alarms: [{ kind: 'bad-entry', index: forged.index }] });
    expect(seen.alarms[0]?.entry).toBe(text.split('~', 1)[0]);
    const file = join(folder, 'monitor.json');
    const state = JSON.parse(readFileSync(file, 'utf8')) as { convicted: Alarm[] };
    const admitted = forger.texts.at(-1)?.split('~', 1)[0] ?? '';
    writeFileSync(file, JSON.stringify({ ...state, convicted: [{ ...state.convicted[0], entry: admitted }] }));
    expect(kinds(await again())).toEqual([]);
  });

  it('convicts nobody for good of an entry that may have been damaged on the way', async () => {
    await declareMany(2);
    const honest = log.forger.texts.splice(-1, 1, `${forger.texts.at(-1)?.replace('~', 'A') ?? ''}~`);
    log.checkpoint = honestCheckpoint(honest);
    expect((await monitor.look()).alarms).toMatchObject([
      { kind: 'bad-entry', proof: null, entry: expect.any(String) },
    ]);
    forger.texts.splice(-1, 1, ...honest);
    expect(kinds(await again())).toEqual([]);
  });

  /** Over the log as it was before its last entry was damaged. */
  function honestCheckpoint(last: string[]): string {
    const damaged = forger.texts.splice(-1, 1, ...last);
    const checkpoint = forger.checkpoint();
    forger.texts.splice(-1, 1, ...damaged);
    return checkpoint;
  }

  it('convicts a log in which one entry stands twice', async () => {
    const inspected = { site: 'hill', date: '2026-05-12', certification: 1, activity: 1 };
    const first = await forger.write('agent', 'site.inspected', inspected);
    await declare();
    forger.texts.push(forger.texts[first.index] ?? '');
    forger.events.push(forger.events[first.index] as (typeof forger.events)[number]);
    const index = forger.texts.length - 1;
    const seen = await monitor.look();
    expect(seen.alarms).toMatchObject([
      { kind: 'bad-entry', index, detail: expect.stringContaining(`entry ${first.index} once more`) },
    ]);
    expect(seen.size).toBe(index);
    expectProven(seen.alarms[0]);
  });

  /** Lets the monitor's own database refuse something, as it would refuse a value that nobody has thought of. */
  const refuseIn = (table: string, when: string, code: string): Promise<void> =>
    asSuperuser(
      database.superuserUrl,
      `CREATE FUNCTION refused() RETURNS trigger LANGUAGE plpgsql AS $$
         BEGIN IF ${when} THEN RAISE EXCEPTION 'secret words of the database' USING ERRCODE = '${code}'; END IF; RETURN NEW; END $$;
       CREATE TRIGGER refused BEFORE INSERT ON ${table} FOR EACH ROW EXECUTE FUNCTION refused();`,
    );

  it.each(['22003', '22P05', '23505', '23514', '54000'])(
    'convicts a log by the one entry that the database cannot hold (%s), and takes what stands before it',
    async (code) => {
      await declareMany(5);
      const refused = forger.texts.length - 2;
      await refuseIn('entries', `NEW.index = ${refused}`, code);
      const seen = await monitor.look();
      expect(seen).toMatchObject({ size: refused, alarms: [{ kind: 'bad-entry', index: refused }] });
      expect(seen.alarms[0]?.detail).not.toContain('secret words');
      expectProven(seen.alarms[0]);
    },
  );

  it('says of what nobody foresaw that it can say nothing, and not what the database said', async () => {
    await declareMany(2);
    await refuseIn('entries', 'NEW.index > 3', 'XX000');
    const { alarms } = await monitor.look();
    expect(alarms).toMatchObject([{ kind: 'undecided', checkpoints: [forger.checkpoint()] }]);
    expect(alarms[0]?.detail).not.toContain('secret words');
  });

  it('names the entry that its rules cannot judge, and judges the others', async () => {
    await declareMany(3);
    const odd = await forger.write('coop', 'lot.declared', {
      place: { site: 'hill' },
      outputs: [{ ...tin('9'), tags: ['T-500'] }],
    });
    await declareMany(2);
    await refuseIn('filings', `NEW.subject = 'tag:T-500'`, '23514');
    const seen = await monitor.look();
    expect(seen).toMatchObject({
      size: forger.texts.length,
      alarms: [{ kind: 'undecided', index: odd.index, entry: forger.texts[odd.index]?.split('~', 1)[0] }],
    });
    expectProven(seen.alarms[0]);
    const [{ next }] = (await asked('SELECT next FROM verification_cursor')) as [{ next: string }];
    expect(Number(next)).toBe(forger.texts.length);
    expect(kinds(await again())).toEqual(['undecided']);
  });

  it('says where it came to when its rules fail altogether', async () => {
    await declareMany(2);
    await refuseIn('verification_cursor', 'true', '23514');
    await asSuperuser(
      database.superuserUrl,
      'CREATE TRIGGER refused_again BEFORE UPDATE ON verification_cursor FOR EACH ROW EXECUTE FUNCTION refused()',
    );
    const seen = await monitor.look();
    expect(seen).toMatchObject({ size: forger.texts.length, alarms: [{ kind: 'undecided', index: 0 }] });
    expectProven(seen.alarms[0]);
  });

  it('names an entry whose signature is another’s', async () => {
    const forged = await forger.write(
      'coop',
      'lot.declared',
      { place: { site: 'hill' }, outputs: [tin('9')] },
      forger.key('rival'),
    );
    expect((await monitor.look()).alarms).toMatchObject([{ kind: 'bad-entry', index: forged.index }]);
  });

  it('notices an index from which something was left out', async () => {
    const hidden = await forger.write('agent', 'site.inspected', {
      site: 'hill',
      date: '2026-05-12',
      certification: 3,
      activity: 1,
    });
    const index = await forger.seal([hidden.index]);
    const { alarms } = await monitor.look();
    expect(alarms).toMatchObject([{ kind: 'index-differs', index }]);
    expectProven(alarms[0]);
    await declare();
    await forger.seal();
    expect((await again()).alarms).toEqual(alarms);
    expect((await monitor.look()).alarms).toEqual(alarms);
  });

  it('notices a log that shows less than it showed', async () => {
    await declareMany(3);
    await monitor.look();
    log.checkpoint = forger.checkpoint(forger.texts.length - 1);
    const seen = await again();
    expect(seen.alarms).toMatchObject([{ kind: 'rollback', checkpoints: [forger.checkpoint(), log.checkpoint] }]);
  });

  const note = (size: number, key = forger.log): string =>
    signCheckpoint({ origin: LOG, size, root: leafHash('another history') }, key);

  it('notices two histories of one size, and a history that does not continue the last', async () => {
    await monitor.look();
    log.checkpoint = note(forger.texts.length);
    expect(kinds(await again())).toEqual(['fork']);
    await declare();
    log.checkpoint = note(forger.texts.length);
    const seen = await again();
    expect(kinds(seen)).toEqual(['root-differs', 'fork']);
    expect(seen.alarms[0]?.checkpoints).toHaveLength(2);
  });

  it('heeds no checkpoint that another key signed', async () => {
    log.checkpoint = note(forger.texts.length, noteSigner(LOG, new Uint8Array(32).fill(3)));
    expect(kinds(await monitor.look())).toEqual(['unsigned']);
  });

  it('says when the time of the log stands still, and when nobody answers', async () => {
    expect(kinds(await again({ staleAfter: 3_600_000 }))).toEqual(['stale']);
    log.stop();
    expect(kinds(await again())).toEqual(['unreachable']);
  });

  describe('with a witness', () => {
    let witness: TestWitness;

    beforeEach(async () => {
      witness = new TestWitness('north');
      await witness.start();
      witness.store.add(forger.log.vkey);
      options = { ...options, policy: parsePolicy(`log ${forger.log.vkey}\n${witness.line}\nquorum north\n`) };
    });

    afterEach(() => witness.remove());

    function cosign(checkpoint: string): string {
      const considered = witness.store.consider(`old 0\n\n${checkpoint}`, 1_800_000_000);
      if (considered.cosignature === undefined) throw new Error(`not cosigned: ${considered.status}`);
      return checkpoint + considered.cosignature;
    }

    it('says when too few have cosigned', async () => {
      expect(kinds(await again())).toEqual(['unwitnessed']);
      log.checkpoint = cosign(forger.checkpoint());
      expect(kinds(await again())).toEqual([]);
    });

    it('notices that a witness was shown another log', async () => {
      log.checkpoint = cosign(forger.checkpoint());
      const [file = ''] = readdirSync(witness.folder).filter((name) => name.endsWith('.json'));
      const other = note(forger.texts.length - 1);
      const stored = { origin: LOG, logKeys: [forger.log.vkey], note: other };
      writeFileSync(join(witness.folder, file), JSON.stringify(stored));
      expect((await again()).alarms).toMatchObject([{ kind: 'fork', checkpoints: [log.checkpoint, other] }]);
    });

    it('notices that the log holds back what a witness has cosigned', async () => {
      const shown = forger.checkpoint();
      await declare();
      cosign(forger.checkpoint());
      log.checkpoint = shown;
      expect(kinds(await again())).toEqual(['unwitnessed']);
      expect(kinds(await monitor.look())).toEqual(['unwitnessed', 'rollback']);
    });
  });
});
