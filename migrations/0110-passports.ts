import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Creates the public codes under which holders publish what everyone may know of a lot. */
export class Passports0110 implements MigrationInterface {
  name = 'Passports0000000000110';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(/* sql */ `
      CREATE TABLE passports (
        lot          uuid NOT NULL,
        code         text COLLATE "C" NOT NULL,
        by_actor     text COLLATE "C" NOT NULL,
        evidence     boolean NOT NULL,
        gtin         text COLLATE "C",
        serial       text COLLATE "C",
        published_at timestamptz NOT NULL DEFAULT now(),
        withdrawn_at timestamptz,
        CONSTRAINT passports_pkey PRIMARY KEY (lot),
        CONSTRAINT passports_code_key UNIQUE (code),
        CONSTRAINT passports_gtin_check CHECK (gtin ~ '^[0-9]{14}$'),
        CONSTRAINT passports_serial_check CHECK (serial IS NULL OR gtin IS NOT NULL)
      );
      COMMENT ON TABLE passports IS 'one for each lot that was ever published; a withdrawn one keeps its code, which labels have';
      CREATE UNIQUE INDEX passports_gs1 ON passports (gtin, serial) WHERE serial IS NOT NULL AND withdrawn_at IS NULL;
      CREATE INDEX passports_gtin ON passports (gtin) WHERE gtin IS NOT NULL;
      GRANT SELECT, INSERT ON passports TO ledger_app;
      GRANT UPDATE (by_actor, evidence, gtin, serial, published_at, withdrawn_at) ON passports TO ledger_app;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE passports');
  }
}
