import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Creates the links by which a party of a lot shows it to a reader without a key, and the record of who read which lot. */
export class Shares0101 implements MigrationInterface {
  name = 'Shares0000000000101';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(/* sql */ `
      CREATE TABLE shares (
        id           uuid NOT NULL DEFAULT gen_random_uuid(),
        secret_hash  bytea NOT NULL,
        lot          uuid NOT NULL,
        by_actor     text COLLATE "C" NOT NULL,
        label        text,
        disclosures  boolean NOT NULL,
        expires_at   timestamptz NOT NULL,
        created_at   timestamptz NOT NULL DEFAULT now(),
        withdrawn_at timestamptz,
        CONSTRAINT shares_pkey PRIMARY KEY (id),
        CONSTRAINT shares_secret_hash_key UNIQUE (secret_hash),
        CONSTRAINT shares_secret_hash_check CHECK (octet_length(secret_hash) = 32)
      );
      COMMENT ON COLUMN shares.secret_hash IS 'SHA-256 of the secret, which is shown once and not stored';
      CREATE INDEX shares_of_actor ON shares (by_actor, lot);
      GRANT SELECT, INSERT ON shares TO ledger_app;
      GRANT UPDATE (withdrawn_at) ON shares TO ledger_app;

      CREATE TABLE accesses (
        number bigint GENERATED ALWAYS AS IDENTITY,
        at     timestamptz NOT NULL,
        lot    uuid NOT NULL,
        viewer text COLLATE "C" NOT NULL,
        route  text COLLATE "C" NOT NULL,
        CONSTRAINT accesses_pkey PRIMARY KEY (number)
      );
      COMMENT ON TABLE accesses IS 'who read which lot; rows are added, and forgotten after the configured time';
      CREATE INDEX accesses_lot ON accesses (lot, number DESC);
      CREATE INDEX accesses_at ON accesses (at);
      GRANT SELECT, INSERT ON accesses TO ledger_app;

      CREATE FUNCTION forget_accesses(before timestamptz, most bigint) RETURNS bigint LANGUAGE sql SECURITY DEFINER
        SET search_path = pg_catalog AS $$
        WITH gone AS (
          DELETE FROM public.accesses WHERE number IN (
            SELECT number FROM public.accesses WHERE at < before AND before < now() - interval '1 day' ORDER BY at LIMIT most)
          RETURNING 1
        ) SELECT count(*) FROM gone;
      $$;
      REVOKE ALL ON FUNCTION forget_accesses(timestamptz, bigint) FROM PUBLIC;
      GRANT EXECUTE ON FUNCTION forget_accesses(timestamptz, bigint) TO ledger_app;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP FUNCTION forget_accesses(timestamptz, bigint); DROP TABLE accesses, shares');
  }
}
