import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Keeps a silence after its end, with who ended it and when; no silence matches damage to the record any more. */
export class SilenceTrace0060 implements MigrationInterface {
  name = 'SilenceTrace0000000000060';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(/* sql */ `
      ALTER TABLE silences ADD COLUMN ended_at timestamptz, ADD COLUMN ended_by text;
      COMMENT ON COLUMN silences.ended_at IS 'when somebody ended it before its time; the row stays as the trace of it';
      REVOKE DELETE ON silences FROM ledger_app;
      GRANT UPDATE (ended_at, ended_by) ON silences TO ledger_app;
      UPDATE alerts SET silenced_by = NULL, tell_at = now() WHERE silenced_by IS NOT NULL AND rule LIKE 'record-%';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(/* sql */ `
      DELETE FROM silences WHERE ended_at IS NOT NULL;
      REVOKE UPDATE (ended_at, ended_by) ON silences FROM ledger_app;
      GRANT DELETE ON silences TO ledger_app;
      ALTER TABLE silences DROP COLUMN ended_at, DROP COLUMN ended_by;
    `);
  }
}
