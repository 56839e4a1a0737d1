import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Creates what the rules need besides the log: the subjects of its entries, the entries to re-evaluate, and undecided
 * subjects. All of it follows from the log.
 */
export class Rules0005 implements MigrationInterface {
  name = 'Rules0000000000005';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(/* sql */ `
      CREATE TABLE filings (
        subject text COLLATE "C" NOT NULL,
        index   bigint NOT NULL,
        at      bigint NOT NULL,
        amount  numeric,
        CONSTRAINT filings_pkey PRIMARY KEY (subject, index)
      );
      CREATE INDEX filings_amount ON filings (subject, amount) WHERE amount IS NOT NULL;
      COMMENT ON COLUMN filings.at IS 'occurredAt of the entry, ms since 1970 UTC; amount is milligrams or a count that is summed, or the running number of a device';

      CREATE TABLE revisits (
        id      bigint GENERATED ALWAYS AS IDENTITY,
        subject text COLLATE "C" NOT NULL,
        since   bigint NOT NULL,
        next    bigint NOT NULL,
        until   bigint NOT NULL,
        CONSTRAINT revisits_pkey PRIMARY KEY (id)
      );
      COMMENT ON TABLE revisits IS 'entries filed under the subject, from index next to until, that happened since, are judged anew';

      CREATE TABLE undecided (
        rule    text COLLATE "C" NOT NULL,
        subject text COLLATE "C" NOT NULL,
        lots    uuid[] NOT NULL,
        reason  text NOT NULL,
        CONSTRAINT undecided_pkey PRIMARY KEY (rule, subject)
      );
      CREATE INDEX undecided_lots ON undecided USING gin (lots);

      ALTER TABLE findings
        ALTER COLUMN id DROP DEFAULT,
        DROP CONSTRAINT findings_status_check,
        ADD CONSTRAINT findings_status_check CHECK (status IN ('open', 'explained', 'mitigated', 'dismissed', 'closed')),
        ADD COLUMN parameters integer NOT NULL DEFAULT 1,
        ADD COLUMN answered bigint,
        ADD COLUMN due_at bigint,
        ADD COLUMN assignee text,
        ADD COLUMN acknowledged_at timestamptz;
      ALTER TABLE findings ALTER COLUMN parameters DROP DEFAULT;
      COMMENT ON COLUMN findings.id IS 'derives from the log, the rule, the subject and the cause: everybody names a finding alike';
      COMMENT ON COLUMN findings.answered IS 'index of the finding.answered that gave the status; due_at is the end of a mitigation; assignee and acknowledged_at are notes of the desk and not in the log';
      ALTER TABLE alerts ADD COLUMN descendants integer NOT NULL DEFAULT 0;
      COMMENT ON COLUMN alerts.descendants IS 'living and dead lots made of those that the finding names, when the alert last changed';
      DROP INDEX findings_open;
      CREATE INDEX findings_open ON findings (rule, subject) WHERE status <> 'closed';

      CREATE TABLE finding_answers (
        finding  uuid NOT NULL,
        index    bigint NOT NULL,
        event    text COLLATE "C" NOT NULL,
        by_actor text COLLATE "C" NOT NULL,
        answer   text COLLATE "C" NOT NULL,
        reason   text NOT NULL,
        due_on   text COLLATE "C",
        counts   boolean NOT NULL,
        CONSTRAINT finding_answers_pkey PRIMARY KEY (finding, index)
      );
      COMMENT ON COLUMN finding_answers.counts IS 'whether whoever answered may give this answer; one who may not is shown, and changes nothing';

      GRANT SELECT, INSERT, UPDATE, DELETE ON filings, revisits, undecided TO ledger_app;
      GRANT SELECT, INSERT ON finding_answers TO ledger_app;
      GRANT UPDATE ON site_production TO ledger_app;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE filings, revisits, undecided, finding_answers');
  }
}
