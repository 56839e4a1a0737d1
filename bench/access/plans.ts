import pg from 'pg';
import type { Viewer } from '../../src/core/access/viewer.js';
import { READER_ROLE } from '../../src/server/database/pools.js';
import { sessionOptions } from '../../src/server/database/session.js';
import { viewerContext } from '../../src/server/database/viewer-context.js';
import type { ListStatement } from './lists.js';

interface PlanNode {
  'Node Type': string;
  'Relation Name'?: string;
  'Shared Hit Blocks': number;
  'Shared Read Blocks': number;
  Plans?: PlanNode[];
}

/** What PostgreSQL did for a statement. */
export interface Plan {
  blocks: number;
  /** Time of the execution, ms. */
  time: number;
  /** What a list of a large ledger must not do. */
  faults: string[];
}

/** Tables with a row for each lot or more: reading one of them from end to end is a fault. */
const LARGE = ['lots', 'lot_parties', 'lot_events', 'tag_uses'];

const nodesOf = (node: PlanNode): PlanNode[] => [node, ...(node.Plans ?? []).flatMap(nodesOf)];

function faultsOf(plan: PlanNode): string[] {
  const scanned = nodesOf(plan).filter(
    (node) => node['Node Type'] === 'Seq Scan' && LARGE.includes(node['Relation Name'] ?? ''),
  );
  const hashed = /"[^"]*hashed SubPlan[^"]*"/.exec(JSON.stringify(plan))?.[0];
  return [
    ...new Set(scanned.map((node) => `Seq Scan on ${node['Relation Name']}`)),
    ...(hashed === undefined ? [] : [hashed.slice(0, 120)]),
  ];
}

/** Explains statements by two connections: one that the policies limit, and one of the owner of the tables. */
export class Explainer {
  private constructor(
    private readonly reader: pg.Client,
    private readonly owner: pg.Client,
    private readonly key: Buffer,
  ) {}

  static async open(urls: { url: string; ownerUrl: string }): Promise<Explainer> {
    const reader = new pg.Client({ connectionString: urls.url, options: sessionOptions(READER_ROLE) });
    const owner = new pg.Client({ connectionString: urls.ownerUrl });
    await Promise.all([reader.connect(), owner.connect()]);
    const { rows } = await owner.query<{ key: Buffer }>('SELECT key FROM viewer_key');
    return new Explainer(reader, owner, rows[0]?.key ?? Buffer.alloc(0));
  }

  /** Runs a statement with the policies and without, and returns both plans. */
  async explain(viewer: Viewer, statement: ListStatement): Promise<{ policed: Plan; open: Plan }> {
    // The first time a connection also reads the catalogue.
    for (const client of [this.owner, this.reader]) await this.run(client, viewer, statement);
    return {
      open: await this.run(this.owner, viewer, statement),
      policed: await this.run(this.reader, viewer, statement),
    };
  }

  async close(): Promise<void> {
    await Promise.all([this.reader.end(), this.owner.end()]);
  }

  private async run(client: pg.Client, viewer: Viewer, { text, values }: ListStatement): Promise<Plan> {
    await client.query('BEGIN READ ONLY');
    await client.query(`SELECT set_config('adit.viewer', $1, true)`, [viewerContext(viewer, this.key, Date.now())]);
    const { rows } = await client.query<{ 'QUERY PLAN': [{ Plan: PlanNode; 'Execution Time': number }] }>(
      `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${text}`,
      values,
    );
    await client.query('COMMIT');
    const [row] = rows;
    if (row === undefined) throw new Error('EXPLAIN returned nothing.');
    const [{ Plan: plan, 'Execution Time': time }] = row['QUERY PLAN'];
    return { blocks: plan['Shared Hit Blocks'] + plan['Shared Read Blocks'], time, faults: faultsOf(plan) };
  }
}
