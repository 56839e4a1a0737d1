import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Creates the contacts of actors: beside the log, because they are erased when their actor wants. */
export class Contacts0120 implements MigrationInterface {
  name = 'Contacts0000000000120';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(/* sql */ `
      CREATE TABLE contacts (
        actor          text COLLATE "C" NOT NULL,
        representative text,
        phone          text,
        email          text,
        tax_number     text,
        shown_to       text[] NOT NULL DEFAULT '{}',
        updated_at     timestamptz NOT NULL,
        CONSTRAINT contacts_pkey PRIMARY KEY (actor)
      );
      COMMENT ON TABLE contacts IS 'how actors are reached: filled and erased by each actor itself, read by no verdict';
      COMMENT ON COLUMN contacts.shown_to IS 'actors that see it, beside the authorities of its country';
      GRANT SELECT, INSERT, UPDATE, DELETE ON contacts TO ledger_app;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE contacts');
  }
}
