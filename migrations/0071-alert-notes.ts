import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Adds the assignee of an alert, and the events or documents that support a decision. */
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
