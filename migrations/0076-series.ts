import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Lets filings be items of series, and finds those of an entry that is judged again. */
export class Series0076 implements MigrationInterface {
  name = 'Series0000000000076';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(/* sql */ `
      ALTER TABLE filings ADD COLUMN whole numeric;
      COMMENT ON COLUMN filings.whole IS 'of an item of a series: the quantity that the amount is a part or a deviation of';
      CREATE INDEX filings_series ON filings (index) WHERE subject LIKE 'series:%';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(/* sql */ `
      DELETE FROM filings WHERE subject LIKE 'series:%';
      DROP INDEX filings_series;
      ALTER TABLE filings DROP COLUMN whole;
    `);
  }
}
