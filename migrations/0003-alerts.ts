import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Creates alerts and deliveries. An alert is one finding with the status that people give it; a delivery is one alert
 * for one subscriber, with every attempt. One sequence under one lock numbers them, so that a reader who follows the
 * numbers misses nothing.
 */
export class Alerts0003 implements MigrationInterface {
  name = 'Alerts0000000000003';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(tables);
    await runner.query(grants);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE delivery_attempts, deliveries, subscriptions, alerts, alert_cursor;
      DROP SEQUENCE alert_numbers;
    `);
  }
}

const tables = /* sql */ `
CREATE TABLE alert_cursor (
  single boolean NOT NULL DEFAULT true,
  change bigint NOT NULL,
  CONSTRAINT alert_cursor_pkey PRIMARY KEY (single),
  CONSTRAINT alert_cursor_single_check CHECK (single)
);
COMMENT ON COLUMN alert_cursor.change IS 'changes of findings up to this one have become alerts; whoever writes alerts locks this row first';
INSERT INTO alert_cursor (change) VALUES (0);

CREATE SEQUENCE alert_numbers AS bigint;

CREATE TABLE alerts (
  id         uuid NOT NULL DEFAULT gen_random_uuid(),
  finding    uuid NOT NULL,
  status     text COLLATE "C" NOT NULL,
  opened_at  timestamptz NOT NULL DEFAULT now(),
  changed_at timestamptz NOT NULL DEFAULT now(),
  number     bigint NOT NULL DEFAULT nextval('alert_numbers'),
  CONSTRAINT alerts_pkey PRIMARY KEY (id),
  CONSTRAINT alerts_finding_key UNIQUE (finding),
  CONSTRAINT alerts_number_key UNIQUE (number),
  CONSTRAINT alerts_status_check CHECK (status IN ('open', 'acknowledged', 'resolved'))
);

CREATE TABLE subscriptions (
  id         uuid NOT NULL DEFAULT gen_random_uuid(),
  channel    text COLLATE "C" NOT NULL,
  url        text NOT NULL,
  enabled    boolean NOT NULL DEFAULT true,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT subscriptions_pkey PRIMARY KEY (id),
  CONSTRAINT subscriptions_channel_check CHECK (channel IN ('webhook'))
);

CREATE TABLE deliveries (
  id           uuid NOT NULL DEFAULT gen_random_uuid(),
  subscription uuid NOT NULL,
  alert        uuid NOT NULL,
  number       bigint NOT NULL,
  body         text NOT NULL,
  status       text COLLATE "C" NOT NULL DEFAULT 'pending',
  attempts     integer NOT NULL DEFAULT 0,
  next_at      timestamptz NOT NULL DEFAULT now(),
  created_at   timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT deliveries_pkey PRIMARY KEY (id),
  CONSTRAINT deliveries_once UNIQUE (subscription, number),
  CONSTRAINT deliveries_subscription_fkey FOREIGN KEY (subscription) REFERENCES subscriptions (id) ON DELETE CASCADE,
  CONSTRAINT deliveries_status_check CHECK (status IN ('pending', 'delivered', 'exhausted'))
);
CREATE INDEX deliveries_due ON deliveries (next_at) WHERE status = 'pending';
CREATE INDEX deliveries_created ON deliveries (created_at, id);

CREATE TABLE delivery_attempts (
  delivery     uuid NOT NULL,
  attempt      integer NOT NULL,
  at           timestamptz NOT NULL DEFAULT now(),
  milliseconds integer NOT NULL,
  http_status  integer,
  failure      text,
  CONSTRAINT delivery_attempts_pkey PRIMARY KEY (delivery, attempt),
  CONSTRAINT delivery_attempts_delivery_fkey FOREIGN KEY (delivery) REFERENCES deliveries (id) ON DELETE CASCADE
);
`;

const grants = /* sql */ `
GRANT SELECT, UPDATE ON alert_cursor TO ledger_app;
GRANT USAGE ON SEQUENCE alert_numbers TO ledger_app;
GRANT SELECT, INSERT, UPDATE ON alerts, deliveries TO ledger_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON subscriptions TO ledger_app;
GRANT SELECT, INSERT ON delivery_attempts TO ledger_app;
`;
