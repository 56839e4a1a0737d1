import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Adds whose note a change of an alert is, and notes of actors on findings. */
export class OwnNotes0079 implements MigrationInterface {
  name = 'OwnNotes0000000000079';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(/* sql */ `
      ALTER TABLE alert_changes ADD COLUMN owner text COLLATE "C";
      COMMENT ON COLUMN alert_changes.owner IS
        'an actor, whose state of the alert its last change is; null and @operator: the change is of the alert itself';
      ALTER TABLE alerts ADD COLUMN reopened bigint NOT NULL DEFAULT 0;
      COMMENT ON COLUMN alerts.reopened IS 'number when a finding last opened: what actors decided before it stands no more';

      CREATE TABLE finding_notes (
        finding         uuid NOT NULL,
        owner           text COLLATE "C" NOT NULL,
        assignee        text,
        acknowledged_at timestamptz,
        CONSTRAINT finding_notes_pkey PRIMARY KEY (finding, owner)
      );
      COMMENT ON TABLE finding_notes IS 'notes of actors on findings, each for itself; those of the desk are in findings';
      GRANT SELECT, INSERT, UPDATE ON finding_notes TO ledger_app;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(/* sql */ `
      DROP TABLE finding_notes;
      ALTER TABLE alerts DROP COLUMN reopened;
      ALTER TABLE alert_changes DROP COLUMN owner;
    `);
  }
}
