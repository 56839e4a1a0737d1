import { fork } from 'node:child_process';
import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { generateSigner } from '../src/core/event/build.js';
import { postEach } from './load.js';

/** Measures the limits of the machine in the same run, for comparison. */

/** Duration of each measurement, s. */
export const SECONDS = 2;
const rate = (count: number, started: number): number => count / ((performance.now() - started) / 1_000);

/** Y1: Measures bare Ed25519 verifications a second on one thread, over texts as long as an event's signing input. */
export function bareVerification(): number {
  const privateKey = createPrivateKey({ key: { ...generateSigner('Ed25519').privateJwk }, format: 'jwk' });
  const key = createPublicKey(privateKey);
  const texts = Array.from({ length: 200 }, (_, i) => Buffer.from(`${i}`.padEnd(780, 'x')));
  const signatures = texts.map((text) => sign(null, text, privateKey));
  let count = 0;
  const started = performance.now();
  while (performance.now() - started < SECONDS * 1_000) {
    for (const [i, text] of texts.entries())
      if (!verify(null, text, key, signatures[i] as Buffer)) throw new Error('unsound');
    count += texts.length;
  }
  return rate(count, started);
}

/**
 * Measures inserted rows a second of the same size, 1,000 a statement with a durable commit each, into a table with the
 * same two indexes.
 */
export async function bareInsert(databaseUrl: string, events: readonly string[]): Promise<number> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query(
      'CREATE TABLE bench_rows (index bigint PRIMARY KEY, id text COLLATE "C" UNIQUE, hash bytea, jws text)',
    );
    const started = performance.now();
    for (let from = 0; from < events.length; from += 1_000) {
      const jws = events.slice(from, from + 1_000);
      const ids = jws.map((text, i) => `${text.slice(-44, -1)}${from + i}`);
      await client.query(
        `INSERT INTO bench_rows SELECT $1::bigint + n - 1, id, '\\x00'::bytea, jws FROM unnest($2::text[], $3::text[]) WITH ORDINALITY AS t (id, jws, n)`,
        [from, ids, jws],
      );
    }
    return rate(events.length, started);
  } finally {
    await client.query('DROP TABLE IF EXISTS bench_rows');
    await client.end();
  }
}

/** Measures requests a second of a bare HTTP server in a separate process, by the same client. */
export async function bareHttp(events: readonly string[], clients: number): Promise<number> {
  const child = fork(fileURLToPath(new URL('./bare-http.js', import.meta.url)));
  const [port] = (await once(child, 'message')) as [number];
  const { perSecond } = await postEach(`http://127.0.0.1:${port}`, events, clients);
  child.kill();
  return perSecond;
}
