import type { MigrationInterface, QueryRunner } from 'typeorm';
import { parseEnvelope } from '../src/core/event/envelope.js';
import { readEvent } from '../src/core/event/event.js';
import { goodsNamed } from '../src/core/rules/engine/goods-named.js';

/** Entries read by one query. */
const PIECE = 1_000;

/** Files the judged entries of an existing log under the seals and containers that they name; only the core can read them. */
export class GoodsNamed0111 implements MigrationInterface {
  name = 'GoodsNamed0000000000111';

  async up(runner: QueryRunner): Promise<void> {
    for (let from = 0; ; from += PIECE) {
      const rows = (await runner.query(
        `SELECT index, jws FROM entries WHERE index >= $1 AND index < $2 AND index < (SELECT next FROM verification_cursor)
          ORDER BY index`,
        [from, from + PIECE],
      )) as { index: string; jws: string }[];
      if (rows.length === 0) return;
      const filed = rows.flatMap(({ index, jws }) => {
        const envelope = parseEnvelope(`${jws}~`);
        const event = readEvent(envelope, String(envelope.payload.log));
        return goodsNamed(event).map((subject) => ({ subject, index, at: event.occurredAtMs }));
      });
      await runner.query(
        `INSERT INTO filings (subject, index, at) SELECT * FROM unnest($1::text[], $2::bigint[], $3::bigint[])
         ON CONFLICT DO NOTHING`,
        [filed.map(({ subject }) => subject), filed.map(({ index }) => index), filed.map(({ at }) => at)],
      );
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DELETE FROM filings WHERE subject LIKE 'seal:%' OR subject LIKE 'container:%'`);
  }
}
