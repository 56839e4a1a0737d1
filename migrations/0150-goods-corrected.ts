import type { MigrationInterface, QueryRunner } from 'typeorm';
import { corrected, type Correction } from '../src/core/custody/corrections.js';
import { parseEnvelope } from '../src/core/event/envelope.js';
import { readEvent } from '../src/core/event/event.js';
import { goodsNamed } from '../src/core/rules/engine/goods-named.js';

/** Corrected entries read by one query. */
const PIECE = 500;

interface CorrectedRow {
  index: string;
  jws: string;
  corrections: (Omit<Correction, 'inForceIndex'> & { in_force_index: number | null })[];
}

/** Files the judged entries of an existing log under the seals and containers that corrections gave them. */
export class GoodsCorrected0150 implements MigrationInterface {
  name = 'GoodsCorrected0000000000150';

  async up(runner: QueryRunner): Promise<void> {
    for (let from = -1; ;) {
      const rows = (await runner.query(
        `SELECT entry.index, entry.jws, given.corrections
           FROM entries AS entry CROSS JOIN LATERAL (
             SELECT json_agg(c ORDER BY c.index) AS corrections FROM corrections AS c
              WHERE c.target = entry.id AND c.in_force_index < (SELECT next FROM verification_cursor)) AS given
          WHERE entry.id IN (SELECT target FROM corrections) AND given.corrections IS NOT NULL
            AND entry.index > $1 AND entry.index < (SELECT next FROM verification_cursor)
          ORDER BY entry.index LIMIT ${PIECE}`,
        [from],
      )) as CorrectedRow[];
      const last = rows.at(-1);
      if (last === undefined) return;
      from = Number(last.index);
      const filed = rows.flatMap(filingsOf);
      await runner.query(
        `INSERT INTO filings (subject, index, at) SELECT * FROM unnest($1::text[], $2::bigint[], $3::bigint[])
         ON CONFLICT DO NOTHING`,
        [filed.map(({ subject }) => subject), filed.map(({ index }) => index), filed.map(({ at }) => at)],
      );
    }
  }

  /** Keeps the filings: those of corrections cannot be distinguished from the others. */
  async down(): Promise<void> {
    return Promise.resolve();
  }
}

function filingsOf({ index, jws, corrections }: CorrectedRow): { subject: string; index: string; at: number }[] {
  const envelope = parseEnvelope(`${jws}~`);
  const event = corrected(
    readEvent(envelope, String(envelope.payload.log)),
    corrections.map(({ in_force_index: inForceIndex, ...correction }) => ({ ...correction, inForceIndex })),
  );
  return [...new Set(goodsNamed(event))].map((subject) => ({ subject, index, at: event.occurredAtMs }));
}
