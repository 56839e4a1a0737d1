import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Creates the chain from findings to alerts to deliveries: an alert groups all findings of one rule and one root, a
 * notice is one notification about it, a delivery is a notice for one subscriber.
 */
export class AlertGroups0011 implements MigrationInterface {
  name = 'AlertGroups0000000000011';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(roots);
    await runner.query(groups);
    await runner.query(notices);
    await runner.query(subscriptions);
    await runner.query(deliveries);
    await runner.query(grants);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(undo);
  }
}

const roots = /* sql */ `
ALTER TABLE findings ADD COLUMN root text COLLATE "C";
UPDATE findings SET root = subject;
ALTER TABLE findings ALTER COLUMN root SET NOT NULL;
COMMENT ON COLUMN findings.root IS 'what the finding is put down to: those of one rule with one root are told as one alert';
`;

/** Existing alerts are kept, as notified; of two with one root, the older takes the findings of both. */
const groups = /* sql */ `
ALTER TABLE alerts
  DROP CONSTRAINT alerts_finding_key,
  ADD COLUMN rule             text COLLATE "C",
  ADD COLUMN root             text COLLATE "C",
  ADD COLUMN severity         text COLLATE "C",
  ADD COLUMN open_findings    integer NOT NULL DEFAULT 0,
  ADD COLUMN answered_findings integer NOT NULL DEFAULT 0,
  ADD COLUMN regressed        integer NOT NULL DEFAULT 0,
  ADD COLUMN lots             uuid[] NOT NULL DEFAULT '{}',
  ADD COLUMN events           text[] NOT NULL DEFAULT '{}',
  ADD COLUMN minerals         text[] NOT NULL DEFAULT '{}',
  ADD COLUMN sites            text[] NOT NULL DEFAULT '{}',
  ADD COLUMN countries        text[] NOT NULL DEFAULT '{}',
  ADD COLUMN inhibited_by     uuid,
  ADD COLUMN silenced_by      uuid,
  ADD COLUMN escalated_at     timestamptz,
  ADD COLUMN pending_since    timestamptz,
  ADD COLUMN tell_at          timestamptz,
  ADD COLUMN told_at          timestamptz,
  ADD COLUMN told_status      text COLLATE "C",
  ADD COLUMN told_severity    text COLLATE "C",
  ADD COLUMN told_findings    integer NOT NULL DEFAULT 0,
  ADD COLUMN told_growths     integer NOT NULL DEFAULT 0,
  ADD COLUMN ordering_key     text COLLATE "C";
UPDATE alerts AS a SET rule = f.rule, root = f.root, severity = f.severity, lots = f.lots[1:100], events = f.events[1:100],
       open_findings = (f.status = 'open')::integer,
       answered_findings = (f.status IN ('explained', 'mitigated'))::integer,
       regressed = f.reopened, ordering_key = COALESCE(f.lots[1]::text, a.id::text), told_at = a.changed_at, told_status = a.status, told_severity = f.severity,
       told_findings = (f.status = 'open')::integer
  FROM findings AS f WHERE f.id = a.finding;
DELETE FROM alerts WHERE rule IS NULL;

CREATE TABLE alert_findings (
  finding     uuid NOT NULL,
  alert       uuid NOT NULL,
  state       text COLLATE "C" NOT NULL,
  severity    smallint NOT NULL,
  first_index bigint NOT NULL,
  CONSTRAINT alert_findings_pkey PRIMARY KEY (finding),
  CONSTRAINT alert_findings_state_check CHECK (state IN ('open', 'answered', 'done'))
);
COMMENT ON COLUMN alert_findings.severity IS '1 low to 4 critical; first_index is the first entry concerned, or the largest number where there is none';
INSERT INTO alert_findings
SELECT f.id, first_value(a.id) OVER (PARTITION BY a.rule, a.root ORDER BY a.opened_at, a.id),
       CASE WHEN f.status = 'open' THEN 'open' WHEN f.status IN ('explained', 'mitigated') THEN 'answered' ELSE 'done' END,
       array_position(ARRAY['low', 'medium', 'high', 'critical'], f.severity), COALESCE(f.first_index, 9007199254740991)
  FROM alerts AS a JOIN findings AS f ON f.id = a.finding;
UPDATE alerts AS a SET open_findings = counted.open, answered_findings = counted.answered, told_findings = counted.open
  FROM (SELECT alert, count(*) FILTER (WHERE state = 'open') AS open, count(*) FILTER (WHERE state = 'answered') AS answered
          FROM alert_findings GROUP BY alert) AS counted
 WHERE counted.alert = a.id;
DELETE FROM alerts AS a WHERE NOT EXISTS (SELECT FROM alert_findings AS m WHERE m.alert = a.id);
CREATE INDEX alert_findings_open ON alert_findings (alert, severity DESC, first_index, finding) WHERE state = 'open';
CREATE INDEX alert_findings_alert ON alert_findings (alert);

ALTER TABLE alerts
  ALTER COLUMN rule SET NOT NULL, ALTER COLUMN root SET NOT NULL, ALTER COLUMN severity SET NOT NULL, ALTER COLUMN ordering_key SET NOT NULL,
  ADD CONSTRAINT alerts_group_key UNIQUE (rule, root),
  ADD CONSTRAINT alerts_severity_check CHECK (severity IN ('low', 'medium', 'high', 'critical'));
COMMENT ON COLUMN alerts.finding IS 'the gravest open finding, and of those the one that the log shows first; it lends the alert its words';
COMMENT ON COLUMN alerts.lots IS 'of its open findings, the first hundred, like events; minerals, sites and countries are those of these lots and of the root';
COMMENT ON COLUMN alerts.inhibited_by IS 'an open alert on what these lots were made of: this one is counted there, and not told';
COMMENT ON COLUMN alerts.tell_at IS 'when there is something to say of it that has not been said; told_* is what was said last, told_growths how often because it grew';
COMMENT ON COLUMN alerts.ordering_key IS 'what is told of alerts that share it arrives in the order in which it was told: the first lot that it named';
CREATE INDEX alerts_tell ON alerts (tell_at) WHERE tell_at IS NOT NULL;
CREATE INDEX alerts_inhibited ON alerts (inhibited_by) WHERE inhibited_by IS NOT NULL;
CREATE INDEX alerts_silenced ON alerts (silenced_by) WHERE silenced_by IS NOT NULL;
CREATE INDEX alerts_unresolved ON alerts (severity, status) WHERE status <> 'resolved';

CREATE TABLE alert_changes (
  alert  uuid NOT NULL,
  number bigint NOT NULL,
  at     timestamptz NOT NULL DEFAULT now(),
  status text COLLATE "C" NOT NULL,
  by_whom text,
  note   text,
  CONSTRAINT alert_changes_pkey PRIMARY KEY (alert, number)
);
COMMENT ON TABLE alert_changes IS 'what the desk did with an alert: notes of the desk, which no verdict heeds';

CREATE TABLE silences (
  id         uuid NOT NULL DEFAULT gen_random_uuid(),
  filters    jsonb NOT NULL,
  reason     text NOT NULL,
  by_whom    text,
  until      timestamptz NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT silences_pkey PRIMARY KEY (id)
);
CREATE INDEX silences_until ON silences (until);
`;

const notices = /* sql */ `
CREATE TABLE notices (
  number    bigint NOT NULL,
  alert     uuid NOT NULL,
  type      text COLLATE "C" NOT NULL,
  at        timestamptz NOT NULL DEFAULT now(),
  rule      text COLLATE "C" NOT NULL,
  severity  text COLLATE "C" NOT NULL,
  minerals  text[] NOT NULL,
  sites     text[] NOT NULL,
  countries text[] NOT NULL,
  lots      uuid[] NOT NULL,
  ordering_key text COLLATE "C" NOT NULL,
  data      text NOT NULL,
  CONSTRAINT notices_pkey PRIMARY KEY (number)
);
COMMENT ON COLUMN notices.data IS 'the alert as it stood, JSON: what every channel says, word for word, also when it says it again';
CREATE INDEX notices_alert ON notices (alert, number);
CREATE INDEX notices_at ON notices (at);

CREATE TABLE routing_cursor (
  single boolean NOT NULL DEFAULT true,
  number bigint NOT NULL,
  CONSTRAINT routing_cursor_pkey PRIMARY KEY (single),
  CONSTRAINT routing_cursor_single_check CHECK (single)
);
COMMENT ON COLUMN routing_cursor.number IS 'notices up to this one have become deliveries';
INSERT INTO routing_cursor (number) SELECT COALESCE(max(number), 0) FROM alerts;
`;

const subscriptions = /* sql */ `
ALTER TABLE subscriptions
  ALTER COLUMN url DROP NOT NULL,
  DROP CONSTRAINT subscriptions_channel_check,
  ADD CONSTRAINT subscriptions_channel_check CHECK (channel IN ('webhook', 'mail')),
  ADD COLUMN address           text,
  ADD COLUMN label             text,
  ADD COLUMN language          text COLLATE "C" NOT NULL DEFAULT 'en',
  ADD COLUMN filters           jsonb NOT NULL DEFAULT '{}',
  ADD COLUMN digest_minutes    integer,
  ADD COLUMN quiet_hours       jsonb,
  ADD COLUMN escalation_minutes integer,
  ADD COLUMN contact           text,
  ADD COLUMN secret_number     integer NOT NULL DEFAULT 1,
  ADD COLUMN former_secret_until timestamptz,
  ADD COLUMN failures          integer NOT NULL DEFAULT 0,
  ADD COLUMN failing_since     timestamptz,
  ADD COLUMN paused_until      timestamptz,
  ADD COLUMN disabled_at       timestamptz,
  ADD COLUMN disabled_reason   text,
  ADD CONSTRAINT subscriptions_target_check CHECK ((channel = 'webhook') = (url IS NOT NULL) AND (channel = 'mail') = (address IS NOT NULL));
COMMENT ON COLUMN subscriptions.failures IS 'tries in a row that failed; failing_since is when the first of them was, paused_until when the next may be';
`;

const deliveries = /* sql */ `
ALTER TABLE deliveries
  DROP CONSTRAINT deliveries_once,
  DROP CONSTRAINT deliveries_status_check,
  ADD CONSTRAINT deliveries_status_check CHECK (status IN ('pending', 'delivered', 'exhausted', 'dropped')),
  ALTER COLUMN alert DROP NOT NULL,
  ALTER COLUMN number DROP NOT NULL,
  ALTER COLUMN body DROP NOT NULL,
  ADD COLUMN sequence     bigint GENERATED ALWAYS AS IDENTITY,
  ADD COLUMN type         text COLLATE "C" NOT NULL DEFAULT 'alert.opened',
  ADD COLUMN ordering_key text COLLATE "C" NOT NULL DEFAULT '',
  ADD COLUMN step         integer NOT NULL DEFAULT 0,
  ADD COLUMN claim        uuid,
  ADD CONSTRAINT deliveries_once UNIQUE (subscription, number, type);
UPDATE deliveries SET ordering_key = alert::text, step = attempts;
ALTER TABLE deliveries ALTER COLUMN type DROP DEFAULT, ALTER COLUMN ordering_key DROP DEFAULT;
COMMENT ON COLUMN deliveries.body IS 'where it does not follow from the notice: written when it is first tried, and said again word for word';
COMMENT ON COLUMN deliveries.step IS 'where it stands in the schedule; attempts counts all tries, also those before somebody asked for it again';
COMMENT ON COLUMN deliveries.claim IS 'who tries it now; next_at is when that is over at the latest';
DROP INDEX deliveries_due;
CREATE INDEX deliveries_due ON deliveries (subscription, next_at, sequence) WHERE status = 'pending';
CREATE INDEX deliveries_order ON deliveries (subscription, ordering_key, sequence) WHERE status = 'pending';
CREATE INDEX deliveries_subscription ON deliveries (subscription, created_at);
CREATE INDEX deliveries_alert ON deliveries (alert) WHERE alert IS NOT NULL;

ALTER TABLE delivery_attempts
  ADD COLUMN target      text,
  ADD COLUMN retry_after integer,
  ADD COLUMN next_at     timestamptz;

CREATE TABLE delivery_notices (
  delivery uuid NOT NULL,
  number   bigint NOT NULL,
  CONSTRAINT delivery_notices_pkey PRIMARY KEY (delivery, number),
  CONSTRAINT delivery_notices_delivery_fkey FOREIGN KEY (delivery) REFERENCES deliveries (id) ON DELETE CASCADE
);
COMMENT ON TABLE delivery_notices IS 'what a digest is made of';
`;

const grants = /* sql */ `
GRANT SELECT, INSERT, UPDATE ON alert_findings TO ledger_app;
GRANT SELECT, INSERT ON notices, alert_changes, delivery_notices TO ledger_app;
GRANT SELECT, INSERT, DELETE ON silences TO ledger_app;
GRANT SELECT, UPDATE ON routing_cursor TO ledger_app;
`;

const undo = /* sql */ `
DROP TABLE delivery_notices, routing_cursor, notices, silences, alert_changes;
ALTER TABLE delivery_attempts DROP COLUMN target, DROP COLUMN retry_after, DROP COLUMN next_at;
DELETE FROM deliveries WHERE alert IS NULL OR number IS NULL OR body IS NULL OR status = 'dropped';
ALTER TABLE deliveries
  DROP CONSTRAINT deliveries_once, DROP CONSTRAINT deliveries_status_check,
  DROP COLUMN sequence, DROP COLUMN type, DROP COLUMN ordering_key, DROP COLUMN step, DROP COLUMN claim,
  ALTER COLUMN alert SET NOT NULL, ALTER COLUMN number SET NOT NULL, ALTER COLUMN body SET NOT NULL,
  ADD CONSTRAINT deliveries_once UNIQUE (subscription, number),
  ADD CONSTRAINT deliveries_status_check CHECK (status IN ('pending', 'delivered', 'exhausted'));
DROP INDEX IF EXISTS deliveries_due, deliveries_subscription, deliveries_alert;
CREATE INDEX deliveries_due ON deliveries (next_at) WHERE status = 'pending';
DELETE FROM subscriptions WHERE channel <> 'webhook';
ALTER TABLE subscriptions
  DROP CONSTRAINT subscriptions_target_check, DROP CONSTRAINT subscriptions_channel_check,
  ADD CONSTRAINT subscriptions_channel_check CHECK (channel IN ('webhook')),
  ALTER COLUMN url SET NOT NULL,
  DROP COLUMN address, DROP COLUMN label, DROP COLUMN language, DROP COLUMN filters, DROP COLUMN digest_minutes,
  DROP COLUMN quiet_hours, DROP COLUMN escalation_minutes, DROP COLUMN contact, DROP COLUMN secret_number,
  DROP COLUMN former_secret_until, DROP COLUMN failures, DROP COLUMN failing_since, DROP COLUMN paused_until,
  DROP COLUMN disabled_at, DROP COLUMN disabled_reason;
DELETE FROM alerts;
INSERT INTO alerts (finding, status, rule, root, severity, ordering_key)
SELECT m.finding, CASE m.state WHEN 'open' THEN 'open' WHEN 'answered' THEN 'acknowledged' ELSE 'resolved' END,
       f.rule, m.finding::text, f.severity, ''
  FROM alert_findings AS m JOIN findings AS f ON f.id = m.finding;
DROP TABLE alert_findings;
ALTER TABLE alerts
  DROP CONSTRAINT alerts_group_key, DROP CONSTRAINT alerts_severity_check,
  DROP COLUMN rule, DROP COLUMN root, DROP COLUMN severity, DROP COLUMN open_findings, DROP COLUMN answered_findings,
  DROP COLUMN regressed, DROP COLUMN lots, DROP COLUMN events, DROP COLUMN minerals, DROP COLUMN sites,
  DROP COLUMN countries, DROP COLUMN inhibited_by, DROP COLUMN silenced_by, DROP COLUMN escalated_at,
  DROP COLUMN pending_since, DROP COLUMN tell_at, DROP COLUMN told_at, DROP COLUMN told_status,
  DROP COLUMN told_severity, DROP COLUMN told_findings, DROP COLUMN told_growths, DROP COLUMN ordering_key,
  ADD CONSTRAINT alerts_finding_key UNIQUE (finding);
ALTER TABLE findings DROP COLUMN root;
`;
