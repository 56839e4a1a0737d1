import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What the desk notes of an alert: who answers for it, and the events or documents that a decision rests on. */
export class AlertNotes0071 implements MigrationInterface {
  name = 'AlertNotes0000000000071';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(/* sql */ `
      ALTER TABLE alerts ADD COLUMN assignee text;
      ALTER TABLE alert_changes ADD COLUMN evidence text[] NOT NULL DEFAULT '{}', ADD COLUMN assignee text;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(/* sql */ `
      ALTER TABLE alerts DROP COLUMN assignee;
      ALTER TABLE alert_changes DROP COLUMN evidence, DROP COLUMN assignee;
    `);
  }
}
