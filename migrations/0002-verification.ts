import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Creates the state of the verification workers: their positions, findings, deadlines, and sums. All of it follows from
 * the log (for audits, from the tables); none of it is in the log.
 */
export class Verification0002 implements MigrationInterface {
  name = 'Verification0000000000002';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(tables);
    await runner.query(grants);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE verification_cursor, findings, deadlines, site_production, audits;
      DROP SEQUENCE finding_changes;
    `);
  }
}

const tables = /* sql */ `
CREATE TABLE verification_cursor (
  single boolean NOT NULL DEFAULT true,
  next   bigint NOT NULL,
  CONSTRAINT verification_cursor_pkey PRIMARY KEY (single),
  CONSTRAINT verification_cursor_single_check CHECK (single),
  CONSTRAINT verification_cursor_next_check CHECK (next >= 0)
);
COMMENT ON COLUMN verification_cursor.next IS 'entries below this index have been judged; whoever writes findings locks this row first';
INSERT INTO verification_cursor (next) VALUES (0);

CREATE SEQUENCE finding_changes AS bigint;

CREATE TABLE findings (
  id           uuid NOT NULL DEFAULT gen_random_uuid(),
  fingerprint  text COLLATE "C" NOT NULL,
  rule         text COLLATE "C" NOT NULL,
  version      integer NOT NULL,
  severity     text COLLATE "C" NOT NULL,
  status       text COLLATE "C" NOT NULL,
  subject      text COLLATE "C" NOT NULL,
  cause        text COLLATE "C" NOT NULL,
  lots         uuid[] NOT NULL,
  events       text[] NOT NULL,
  measured     text NOT NULL,
  threshold    text NOT NULL,
  detail       text NOT NULL,
  first_index  bigint,
  first_opened bigint NOT NULL,
  opened_at    bigint NOT NULL,
  closed_at    bigint,
  reopened     integer NOT NULL DEFAULT 0,
  change       bigint NOT NULL DEFAULT nextval('finding_changes'),
  CONSTRAINT findings_pkey PRIMARY KEY (id),
  CONSTRAINT findings_fingerprint_key UNIQUE (fingerprint),
  CONSTRAINT findings_change_key UNIQUE (change),
  CONSTRAINT findings_severity_check CHECK (severity IN ('low', 'medium', 'high', 'critical')),
  CONSTRAINT findings_status_check CHECK (status IN ('open', 'closed')),
  CONSTRAINT findings_closed_check CHECK ((status = 'closed') = (closed_at IS NOT NULL))
);
COMMENT ON COLUMN findings.change IS 'renewed when a finding opens, reopens, closes or changes severity; grows in the order of commits, so a reader can follow it by a cursor';
COMMENT ON COLUMN findings.opened_at IS 'time of the log (log.clock), ms since 1970 UTC, like all times here';
CREATE INDEX findings_lots ON findings USING gin (lots);
CREATE INDEX findings_open ON findings (rule, subject) WHERE status = 'open';
CREATE INDEX findings_opened ON findings (opened_at, id);

CREATE TABLE deadlines (
  kind   text COLLATE "C" NOT NULL,
  event  text COLLATE "C" NOT NULL,
  index  bigint NOT NULL,
  due_at bigint NOT NULL,
  CONSTRAINT deadlines_pkey PRIMARY KEY (kind, event, due_at)
);
CREATE INDEX deadlines_due ON deadlines (due_at);

CREATE TABLE site_production (
  lot     uuid NOT NULL,
  site    text COLLATE "C" NOT NULL,
  mineral text COLLATE "C" NOT NULL,
  day     integer NOT NULL,
  mass    numeric NOT NULL,
  event   text COLLATE "C" NOT NULL,
  index   bigint NOT NULL,
  CONSTRAINT site_production_pkey PRIMARY KEY (lot)
);
COMMENT ON COLUMN site_production.day IS 'days since 1970-01-01 UTC of occurredAt; mass is milligrams as declared';
CREATE INDEX site_production_day ON site_production (site, mineral, day);

CREATE TABLE audits (
  id           bigint GENERATED ALWAYS AS IDENTITY,
  started_at   timestamptz NOT NULL,
  milliseconds integer NOT NULL,
  size         bigint NOT NULL,
  root         bytea NOT NULL,
  findings     integer NOT NULL,
  CONSTRAINT audits_pkey PRIMARY KEY (id)
);
`;

const grants = /* sql */ `
GRANT SELECT, UPDATE ON verification_cursor TO ledger_app;
GRANT SELECT, INSERT, UPDATE ON findings TO ledger_app;
GRANT USAGE ON SEQUENCE finding_changes TO ledger_app;
GRANT SELECT, INSERT, DELETE ON deadlines, audits TO ledger_app;
GRANT SELECT, INSERT ON site_production TO ledger_app;
`;
