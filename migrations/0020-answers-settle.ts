import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Stores whether the signer of an answer was an official with jurisdiction, who may settle a finding. */
export class AnswersSettle0020 implements MigrationInterface {
  name = 'AnswersSettle0000000000020';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(/* sql */ `
      ALTER TABLE finding_answers ADD COLUMN official boolean NOT NULL DEFAULT false;
      COMMENT ON COLUMN finding_answers.official IS 'whether its signer was a registrar or an authority with a say in the finding';
      UPDATE finding_answers AS a SET official = true
        FROM actors WHERE actors.id = a.by_actor AND a.counts AND actors.roles && ARRAY['registrar', 'authority'];
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE finding_answers DROP COLUMN official');
  }
}
