import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Adds the fingerprint of the rules that judged the entries, and the progress of re-evaluation after a change of it. */
export class RulesOfFindings0073 implements MigrationInterface {
  name = 'RulesOfFindings0000000000073';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(/* sql */ `
      ALTER TABLE verification_cursor
        ADD COLUMN rules text COLLATE "C" NOT NULL DEFAULT '',
        ADD COLUMN again bigint,
        ADD COLUMN again_until bigint;
      COMMENT ON COLUMN verification_cursor.rules IS 'hash of the rules, by id and version, by which entries were judged last';
      COMMENT ON COLUMN verification_cursor.again IS 'entries from here to again_until are still to be judged by these rules; null: none are';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE verification_cursor DROP COLUMN rules, DROP COLUMN again, DROP COLUMN again_until');
  }
}
