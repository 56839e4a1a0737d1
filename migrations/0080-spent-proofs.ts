import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Creates the list of proofs of identity that were used, so that each passes once in all processes. */
export class SpentProofs0080 implements MigrationInterface {
  name = 'SpentProofs0000000000080';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(/* sql */ `
      CREATE TABLE spent_proofs (
        digest bytea NOT NULL,
        until  bigint NOT NULL,
        CONSTRAINT spent_proofs_pkey PRIMARY KEY (digest)
      );
      COMMENT ON COLUMN spent_proofs.digest IS 'SHA-256 of what identifies the proof';
      COMMENT ON COLUMN spent_proofs.until IS 'time after which the proof has expired, s since 1970 UTC';
      CREATE INDEX spent_proofs_until ON spent_proofs (until);
      GRANT SELECT, INSERT, DELETE ON spent_proofs TO ledger_app;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE spent_proofs');
  }
}
