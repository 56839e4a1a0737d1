import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Creates the people that sign in through an identity provider, each with its actor. */
export class People0122 implements MigrationInterface {
  name = 'People0000000000122';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(/* sql */ `
      CREATE TABLE people (
        id         uuid NOT NULL DEFAULT gen_random_uuid(),
        issuer     text COLLATE "C" NOT NULL,
        subject    text COLLATE "C" NOT NULL,
        label      text NOT NULL,
        actor      text COLLATE "C",
        scopes     text[] NOT NULL,
        created_at timestamptz NOT NULL,
        ended_at   timestamptz,
        CONSTRAINT people_pkey PRIMARY KEY (id)
      );
      COMMENT ON COLUMN people.actor IS 'for whom the person acts; null: the operator';
      CREATE UNIQUE INDEX people_subject ON people (issuer, subject) WHERE ended_at IS NULL;
      CREATE INDEX people_actor ON people (actor, created_at, id);
      GRANT SELECT, INSERT, UPDATE ON people TO ledger_app;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE people');
  }
}
