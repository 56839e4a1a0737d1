import { Pool } from 'undici';
import type { Handovers } from './handovers.js';
import { quantile } from './load.js';
import { say } from './table.js';

/** Requests of each kind; the first tenth warms up and is not counted. */
const REQUESTS = 500;

export interface Reads {
  name: string;
  p50: number;
  p99: number;
  bytes: number;
}

/** Measures the answers of an idle service to one client, each about another lot; the lots are spread over the whole log. */
export async function measureReads(url: string, { lots }: Handovers): Promise<Reads[]> {
  const pool = new Pool(url, { connections: 1 });
  const kinds: [string, (of: (typeof lots)[number]) => string][] = [
    ['receipt', ({ last }) => `/v1/events/${last}/receipt`],
    ['events of a lot', ({ lot }) => `/v1/lots/${lot}/events`],
    ['report of a lot', ({ lot }) => `/v1/lots/${lot}/report`],
    ['lineage of a lot', ({ lot }) => `/v1/lots/${lot}/lineage`],
  ];
  const apart = Math.max(1, Math.floor(lots.length / REQUESTS));
  const measured: Reads[] = [];
  for (const [name, pathOf] of kinds) {
    const times: number[] = [];
    let bytes = 0;
    for (let i = 0; i < REQUESTS; i += 1) {
      const path = pathOf(lots[(i * apart) % lots.length] as (typeof lots)[number]);
      const started = performance.now();
      const { statusCode, body } = await pool.request({ path, method: 'GET' });
      bytes = (await body.arrayBuffer()).byteLength;
      if (i >= REQUESTS / 10) times.push(performance.now() - started);
      if (statusCode !== 200) throw new Error(`${path} answered ${statusCode}.`);
    }
    const row = { name, p50: quantile(times, 0.5), p99: quantile(times, 0.99), bytes };
    measured.push(row);
    say(`${name}: p50 ${row.p50.toFixed(1)} ms, p99 ${row.p99.toFixed(1)} ms, ${bytes} bytes`);
  }
  await pool.close();
  return measured;
}
