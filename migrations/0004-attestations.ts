import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Creates projections of incidents and corrections for admission. */
export class Attestations0004 implements MigrationInterface {
  name = 'Attestations0000000000004';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(/* sql */ `
      CREATE TABLE incidents (
        id     text COLLATE "C" NOT NULL,
        index  bigint NOT NULL,
        level  integer NOT NULL,
        owner  text COLLATE "C",
        status text COLLATE "C" NOT NULL,
        CONSTRAINT incidents_pkey PRIMARY KEY (id),
        CONSTRAINT incidents_status_check CHECK (status IN ('open', 'mitigating', 'closed'))
      );
      CREATE TABLE corrections (
        id             text COLLATE "C" NOT NULL,
        index          bigint NOT NULL,
        target         text COLLATE "C" NOT NULL,
        field          text COLLATE "C" NOT NULL,
        value          jsonb,
        in_force_index bigint,
        CONSTRAINT corrections_pkey PRIMARY KEY (id)
      );
      CREATE INDEX corrections_target ON corrections (target, index);
      COMMENT ON COLUMN corrections.in_force_index IS 'the entry from which on it counts: its own, or the endorsement that it needed';
      GRANT SELECT, INSERT, UPDATE ON incidents, corrections TO ledger_app;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE incidents, corrections');
  }
}
