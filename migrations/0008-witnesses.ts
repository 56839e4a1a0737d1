import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Creates the cosigned checkpoints and the last answer of each witness. */
export class Witnesses0008 implements MigrationInterface {
  name = 'Witnesses0000000000008';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(/* sql */ `
      CREATE TABLE witnessed_checkpoints (
        size         bigint NOT NULL,
        note         text NOT NULL,
        witnessed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        CONSTRAINT witnessed_checkpoints_pkey PRIMARY KEY (size)
      );
      COMMENT ON COLUMN witnessed_checkpoints.note IS 'the signed checkpoint with the cosignatures that met the policy';

      CREATE TABLE witnesses (
        vkey     text NOT NULL,
        size     bigint NOT NULL,
        outcome  text NOT NULL,
        detail   text NOT NULL,
        asked_at timestamptz NOT NULL,
        CONSTRAINT witnesses_pkey PRIMARY KEY (vkey)
      );
      COMMENT ON COLUMN witnesses.size IS 'entries of the checkpoint that it cosigned last, as far as is known; it is asked with a proof from there';
      GRANT SELECT, INSERT, UPDATE ON witnessed_checkpoints, witnesses TO ledger_app;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE witnessed_checkpoints, witnesses');
  }
}
