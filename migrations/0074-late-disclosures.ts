import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Creates the list of entries with disclosures made after they were logged: rules re-evaluate them. Rows are only added;
 * the verifiers' cursor is their position.
 */
export class LateDisclosures0074 implements MigrationInterface {
  name = 'LateDisclosures0000000000074';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(/* sql */ `
      CREATE TABLE late_disclosures (
        n bigint GENERATED ALWAYS AS IDENTITY,
        index bigint NOT NULL,
        CONSTRAINT late_disclosures_pkey PRIMARY KEY (n)
      );
      COMMENT ON TABLE late_disclosures IS 'entries that more was disclosed of after they were logged, in that order';
      GRANT SELECT, INSERT ON late_disclosures TO ledger_app;

      ALTER TABLE verification_cursor ADD COLUMN disclosed bigint NOT NULL DEFAULT 0;
      COMMENT ON COLUMN verification_cursor.disclosed IS 'late_disclosures up to this number have been judged again';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(/* sql */ `
      ALTER TABLE verification_cursor DROP COLUMN disclosed;
      DROP TABLE late_disclosures;
    `);
  }
}
