import { Pool } from 'undici';

export interface LoadResult {
  perSecond: number;
  /** Time from sending to the last byte of the answer, ms. */
  p50: number;
  p99: number;
}

const percentile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;

/** Returns a quantile of times in any order. */
export const quantile = (times: readonly number[], share: number): number =>
  percentile(
    times.toSorted((a, b) => a - b),
    share,
  );

/** Posts a body, again after `Retry-After` where the service is overloaded, as a client should. */
async function submit(pool: Pool, path: string, body: string): Promise<{ status: number; text: string }> {
  for (;;) {
    const {
      statusCode,
      headers,
      body: answer,
    } = await pool.request({
      path,
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json' },
    });
    const text = await answer.text();
    const after = Number(headers['retry-after']);
    if (statusCode !== 503 || !(after > 0)) return { status: statusCode, text };
    await new Promise((resolve) => setTimeout(resolve, after * 1_000));
  }
}

/** Posts bodies from so many clients, each of which waits for its answer before the next. */
async function post(
  base: string,
  path: string,
  bodies: readonly string[],
  clients: number,
  good: readonly number[],
): Promise<number[]> {
  const pool = new Pool(base, { connections: clients, pipelining: 1 });
  const times: number[] = [];
  let next = 0;
  const client = async (): Promise<void> => {
    while (next < bodies.length) {
      const body = bodies[next] as string;
      next += 1;
      const started = performance.now();
      const answer = await submit(pool, path, body);
      times.push(performance.now() - started);
      if (!good.includes(answer.status))
        throw new Error(`${path} answered ${answer.status}: ${answer.text.slice(0, 300)}`);
      if (path.includes('batch') && answer.text.includes('"refused"'))
        throw new Error(`refused: ${answer.text.slice(0, 500)}`);
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  await pool.close();
  return times;
}

const result = (count: number, started: number, times: number[]): LoadResult => {
  const sorted = times.toSorted((a, b) => a - b);
  return {
    perSecond: count / ((performance.now() - started) / 1_000),
    p50: percentile(sorted, 0.5),
    p99: percentile(sorted, 0.99),
  };
};

/** Posts one event a request. */
export async function postEach(base: string, events: readonly string[], clients: number): Promise<LoadResult> {
  const bodies = events.map((event) => JSON.stringify({ event }));
  const started = performance.now();
  return result(events.length, started, await post(base, '/v1/events', bodies, clients, [201]));
}

/** Posts chains from `clients` clients at once: each client posts the events of its chain one after the other. */
export async function postChains(
  base: string,
  chains: readonly (readonly string[])[],
  clients: number,
): Promise<LoadResult> {
  const pool = new Pool(base, { connections: clients, pipelining: 1 });
  const times: number[] = [];
  let next = 0;
  const started = performance.now();
  const client = async (): Promise<void> => {
    for (let chain = chains[next++]; chain !== undefined; chain = chains[next++])
      for (const event of chain) {
        const sent = performance.now();
        const { status, text } = await submit(pool, '/v1/events', JSON.stringify({ event }));
        times.push(performance.now() - sent);
        if (status !== 201) throw new Error(`/v1/events answered ${status}: ${text.slice(0, 300)}`);
      }
  };
  await Promise.all(Array.from({ length: clients }, client));
  await pool.close();
  return result(times.length, started, times);
}

/** Posts batches of `size` from `clients` clients at once. */
export async function postBatches(
  base: string,
  events: readonly string[],
  size: number,
  clients: number,
): Promise<LoadResult> {
  const bodies: string[] = [];
  for (let from = 0; from < events.length; from += size)
    bodies.push(JSON.stringify(events.slice(from, from + size).map((event) => ({ event }))));
  const started = performance.now();
  return result(events.length, started, await post(base, '/v1/events/batch', bodies, clients, [200]));
}
