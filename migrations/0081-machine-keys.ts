import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Creates the keys for machines: bearer secrets with scopes, of which only the hash is stored. */
export class MachineKeys0081 implements MigrationInterface {
  name = 'MachineKeys0000000000081';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(/* sql */ `
      CREATE TABLE machine_keys (
        id           uuid NOT NULL DEFAULT gen_random_uuid(),
        actor        text COLLATE "C",
        label        text NOT NULL,
        scopes       text[] NOT NULL,
        digest       bytea NOT NULL,
        created_by   text COLLATE "C",
        created_at   timestamptz NOT NULL,
        expires_at   timestamptz NOT NULL,
        replaces     uuid,
        revoked_at   timestamptz,
        last_used_at timestamptz,
        CONSTRAINT machine_keys_pkey PRIMARY KEY (id),
        CONSTRAINT machine_keys_digest_key UNIQUE (digest)
      );
      COMMENT ON COLUMN machine_keys.actor IS 'for whom it acts; null: the operator';
      COMMENT ON COLUMN machine_keys.digest IS 'SHA-256 of the key';
      COMMENT ON COLUMN machine_keys.created_by IS 'the actor that made it; null: the operator';
      CREATE INDEX machine_keys_actor ON machine_keys (actor, created_at, id);
      GRANT SELECT, INSERT, UPDATE ON machine_keys TO ledger_app;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE machine_keys');
  }
}
