import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The journal: a chain of authenticated notes of every change to rows that do not follow from the log, such as silences and
 * subscriptions. Where each change is noted, a change that is not noted shows.
 */
export class Journal0072 implements MigrationInterface {
  name = 'Journal0000000000072';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(/* sql */ `
      CREATE TABLE journal (
        number   bigint NOT NULL,
        relation text COLLATE "C" NOT NULL,
        row_key  text COLLATE "C" NOT NULL,
        content  bytea,
        mac      bytea NOT NULL,
        CONSTRAINT journal_pkey PRIMARY KEY (number)
      );
      COMMENT ON COLUMN journal.content IS 'SHA-256 of the noted columns of the row; null: it was deleted';
      COMMENT ON COLUMN journal.mac IS 'of this entry and the mac before it, by a key that derives from the secret of the service';
      CREATE INDEX journal_row ON journal (relation, row_key, number DESC);

      CREATE TABLE journal_head (
        single boolean NOT NULL DEFAULT true,
        number bigint NOT NULL,
        mac    bytea NOT NULL,
        CONSTRAINT journal_head_pkey PRIMARY KEY (single),
        CONSTRAINT journal_head_single_check CHECK (single)
      );
      COMMENT ON TABLE journal_head IS 'where the journal ends; who writes to it locks this row';
      INSERT INTO journal_head (number, mac) VALUES (0, decode(repeat('00', 32), 'hex'));

      CREATE UNIQUE INDEX alert_changes_number ON alert_changes (number);
      GRANT SELECT, INSERT ON journal TO ledger_app;
      GRANT SELECT, UPDATE ON journal_head TO ledger_app;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE journal, journal_head; DROP INDEX alert_changes_number');
  }
}
