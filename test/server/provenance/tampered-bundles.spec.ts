import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { parseBundle } from '../../../src/core/bundle/bundle.js';
import { type BundleReport, checkBundle } from '../../../src/core/bundle/check.js';
import { type Checkpoint, openCheckpoint } from '../../../src/core/log/checkpoint.js';
import { checkTlogProof } from '../../../src/core/log/proof-file.js';
import { leafHash } from '../../../src/core/log/tree.js';
import { defaultParameters } from '../../../src/core/rules/index.js';
import { sha256 } from '../../../src/platform/sha256.js';
import { verifySignature } from '../../../src/platform/verify-signature.js';
import { HonestWorld, type SignedEvent } from '../../support/honest-world.js';
import { get } from '../../support/outside-client.js';
import { type TestServer, startTestServer } from '../../support/running-server.js';
import { changesOf, columnsOf, firstRow, refusedByTheDatabase } from '../../support/tamperings.js';

/** What the log, its tree and its sealed index are made of, and where a bundle looks for what belongs to it. */
const tables = [
  'entries',
  'tiles',
  'checkpoints',
  'log_state',
  'ledger_info',
  'index_state',
  'index_leaves',
  'index_nodes',
  'lots',
  'lot_events',
  'lineage',
  'attestations',
  'subject_entries',
  'tag_uses',
  'tag_ranges',
];
const before = ['index_state_before', 'index_leaves_before', 'index_nodes_before'];

/** What a client had seen and kept when the database was still what it should be. */
interface Seen {
  bundle: string;
  checkpoint: Checkpoint;
  history: string;
  /** As of when nothing was left out. */
  asOf: number;
}

describe('what clients hold, against whoever has the database in his hands', () => {
  let service: TestServer;
  let operator: pg.Client;
  let logKey: string;
  let lot: string;
  let received: SignedEvent;
  let seen: Seen;
  /** By table, queries for the `ctid` of rows that the lot's bundle rests on. */
  let rows: Record<string, string[]>;

  const trust = (): Parameters<typeof checkBundle>[1] => ({
    logKeys: [logKey],
    policy: null,
    parameters: defaultParameters,
    checkSignature: verifySignature,
    sha256,
  });
  const fetchText = async (path: string): Promise<string | null> => {
    // A stream that breaks off is no answer.
    const answer = await fetch(`${service.url}${path}`).catch(() => null);
    return answer?.status === 200 ? answer.text().catch(() => null) : null;
  };
  const fetchBundle = (query = ''): Promise<string | null> => fetchText(`/v1/lots/${lot}/bundle${query}`);

  async function send(events: readonly SignedEvent[]): Promise<void> {
    const response = await fetch(`${service.url}/v1/events/batch`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(events.map(({ event }) => ({ event }))),
    });
    const { results } = (await response.json()) as { results: { status: string }[] };
    expect(results.every(({ status }) => status === 'accepted')).toBe(true);
  }

  /** A bag with a tag that is sent, received and parted. */
  function history(world: HonestWorld): SignedEvent[] {
    const kilograms = (value: string) => ({ value, uom: 'KGM' });
    const bag = { mineral: 'cassiterite', form: 'concentrate', mass: kilograms('50'), tags: ['T-7'] };
    const declared = world.sign('coop', 'lot.declared', { place: { site: 'hill' }, outputs: [bag] });
    const [whole = ''] = declared.lots;
    const sent = world.dispatch('coop', 'trader', whole, declared.id);
    const lots = [{ lot: whole, prev: sent.id, mass: kilograms('49.9') }];
    received = world.sign('trader', 'custody.received', { from: 'coop', lots });
    const parted = world.sign('trader', 'lot.split', {
      inputs: [{ lot: whole, prev: received.id }],
      outputs: [{ mass: kilograms('30'), tags: ['T-8'] }, { mass: kilograms('19.9') }],
    });
    [lot = ''] = parted.lots;
    return [declared, sent, received, parted];
  }

  /** All that anybody but the service has said: what time it is and what it sealed last are not the lot's history. */
  const historyOf = (text: string): string =>
    JSON.stringify(
      parseBundle(text).events.filter(({ event }) => {
        const payload = Buffer.from(event.split('.')[1] ?? '', 'base64url').toString('utf8');
        return (JSON.parse(payload) as { iss: string }).iss !== 'ledger';
      }),
    );

  async function look(): Promise<Seen> {
    const bundle = (await fetchBundle()) ?? '';
    const opened = openCheckpoint(parseBundle(bundle).checkpoint, [logKey]);
    if (!opened.ok) throw new Error(opened.detail);
    const { word, currentAsOf } = await checkBundle(parseBundle(bundle), trust());
    expect(word).toBe('VERIFIED');
    return {
      bundle,
      checkpoint: opened.checkpoint,
      history: historyOf(bundle),
      asOf: Date.parse(currentAsOf ?? ''),
    };
  }

  beforeAll(async () => {
    service = await startTestServer({ ADIT_ROLE: 'api' });
    const world = await HonestWorld.open(service.url);
    logKey = String((await get(service.url, '/v1/ledger')).body.logKey);
    const agent = await world.registrar.register('agent', ['authority']);
    await agent.must('tags.issued', { series: 'T-', from: 1, to: 99, site: 'hill' });
    await send(history(world));
    await agent.must('lot.held', { lots: [lot], ground: 'papers' });
    await fetchBundle('?sealed=now');
    // The first tile of the tree becomes full, and the index is sealed over it anew.
    await send(Array.from({ length: 260 }, () => world.declare()));
    await fetchBundle('?sealed=now');
    seen = await look();

    operator = new pg.Client({ connectionString: service.database.superuserUrl });
    await operator.connect();
    await operator.query("SET session_replication_role = 'replica'; CREATE SCHEMA kept");
    for (const table of [...tables, ...before]) await operator.query(`CREATE TABLE kept.${table} AS TABLE ${table}`);
    const key = createHash('sha256').update(`lot:${lot}`).digest('hex');
    rows = {
      entries: [firstRow('entries'), `SELECT ctid FROM entries WHERE id = '${received.id}'`],
      checkpoints: ['SELECT ctid FROM checkpoints ORDER BY size DESC LIMIT 1'],
      index_leaves: [`SELECT ctid FROM index_leaves WHERE key = '\\x${key}'`],
      index_nodes: [0, 1].map((depth) => `SELECT ctid FROM index_nodes WHERE depth = ${depth} ORDER BY prefix LIMIT 1`),
      lots: [`SELECT ctid FROM lots WHERE id = '${lot}'`],
      lot_events: [`SELECT ctid FROM lot_events WHERE lot = '${lot}' ORDER BY seq DESC LIMIT 1`],
      lineage: [`SELECT ctid FROM lineage WHERE to_lot = '${lot}'`],
      attestations: [`SELECT ctid FROM attestations WHERE lot = '${lot}' LIMIT 1`],
      subject_entries: [`SELECT ctid FROM subject_entries WHERE subject = 'site:hill' LIMIT 1`],
    };
  });

  afterAll(async () => {
    await operator.end();
    await service.close();
  });

  /** Null where a client is told the truth, or sees that he is not; else what he would take for true. */
  async function deceived(): Promise<string | null> {
    const [bundle, receipt] = await Promise.all([fetchBundle(), fetchText(`/v1/events/${received.id}/receipt`)]);
    if (bundle !== null && bundle !== seen.bundle) {
      const report = await checked(bundle);
      // What is older than what was seen before is refused; a proof as of an earlier time says as of when.
      const isTaken = report?.word === 'VERIFIED' && (report.checkpoint?.size ?? 0) >= seen.checkpoint.size;
      if (isTaken && historyOf(bundle) !== seen.history) return 'another history is VERIFIED';
      if (isTaken && !(Date.parse(report.currentAsOf ?? '') <= seen.asOf)) return 'it is VERIFIED as of a later time';
    }
    if (receipt === null) return null;
    const proof = attempt(() => checkTlogProof(receipt, leafHash(received.event.replace('~', '')), [logKey]));
    const index = (JSON.parse(seen.bundle) as { events: { index: number; event: string }[] }).events.find(({ event }) =>
      event.startsWith(received.event.split('~', 1)[0] ?? '?'),
    )?.index;
    return proof?.ok === true && proof.index !== index ? `a receipt proves it at ${proof.index}` : null;
  }

  const checked = async (bundle: string): Promise<BundleReport | null> => {
    const parsed = attempt(() => parseBundle(bundle));
    return parsed === null ? null : checkBundle(parsed, trust());
  };

  /** Runs one tampering. Returns false where the database refuses it; no error of the product passes for such a refusal. */
  const isTampered = (sql: string): Promise<boolean> =>
    operator.query(sql).then(
      ({ rowCount }) => rowCount !== 0,
      (error: unknown) => {
        if (refusedByTheDatabase.test(String(error))) return false;
        throw error;
      },
    );

  /** Makes each change by itself, asks, and puts the table back; gives the changes that deceive. */
  async function deceiving(table: string): Promise<string[]> {
    const chosen = rows[table] ?? [firstRow(table)];
    const columns = await columnsOf(operator, [table]);
    const changes = chosen.flatMap((row) => [
      ...columns.flatMap((column) => changesOf(column, row)),
      `DELETE FROM ${table} WHERE ctid = (${row})`,
    ]);
    const found: string[] = [];
    for (const sql of [...changes, `DELETE FROM ${table}`]) {
      try {
        const what = (await isTampered(sql)) ? await deceived() : null;
        if (what !== null) found.push(`${what}: ${sql}`);
      } finally {
        await operator.query(`DELETE FROM ${table}; INSERT INTO ${table} SELECT * FROM kept.${table}`);
      }
    }
    // A log that halted meanwhile, because an append met the change, goes on when somebody asks whether it is ready.
    await get(service.url, '/readyz');
    expect(await fetchBundle()).toBe(seen.bundle);
    return found;
  }

  it.each(tables)('%s: whatever is changed, swapped or deleted, no other history is VERIFIED', async (table) => {
    expect(await deceiving(table)).toEqual([]);
  });

  describe('while the index is being sealed anew, and the one before is shown', () => {
    beforeAll(async () => {
      await operator.query('UPDATE index_state SET entry = NULL');
      seen = await look();
    });

    it.each(before)('%s: whatever is changed, swapped or deleted, no other history is VERIFIED', async (table) => {
      expect(await deceiving(table)).toEqual([]);
    });
  });
});

function attempt<T>(work: () => T): T | null {
  try {
    return work();
  } catch {
    return null;
  }
}
