import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Creates the log and its tables. Three kinds of table differ in what the application's role may do: the log itself
 * (INSERT and SELECT only, with triggers against every other role), its projections (rebuilt from the log by `adit
 * replay`), and rows that are not in the log (waiting events, refused evidence, disclosures).
 */
export class Ledger0001 implements MigrationInterface {
  name = 'Ledger0000000000001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(theLog);
    await runner.query(registryProjections);
    await runner.query(lotProjections);
    await runner.query(besideTheLog);
    await runner.query(grants);
  }

  async down(): Promise<void> {
    throw new Error('The ledger is append-only: this migration is not undone.');
  }
}

const theLog = /* sql */ `
CREATE TABLE entries (
  index     bigint NOT NULL,
  id        text COLLATE "C" NOT NULL,
  leaf_hash bytea NOT NULL,
  jws       text COLLATE "C" NOT NULL,
  CONSTRAINT entries_pkey PRIMARY KEY (index),
  CONSTRAINT entries_id_key UNIQUE (id),
  CONSTRAINT entries_index_check CHECK (index >= 0),
  CONSTRAINT entries_leaf_hash_check CHECK (octet_length(leaf_hash) = 32)
);
ALTER TABLE entries ALTER COLUMN jws SET STORAGE EXTERNAL;

CREATE TABLE tiles (
  level  smallint NOT NULL,
  index  bigint NOT NULL,
  hashes bytea NOT NULL,
  root   bytea NOT NULL,
  CONSTRAINT tiles_pkey PRIMARY KEY (level, index),
  CONSTRAINT tiles_hashes_check CHECK (octet_length(hashes) = 8192),
  CONSTRAINT tiles_root_check CHECK (octet_length(root) = 32)
);
ALTER TABLE tiles ALTER COLUMN hashes SET STORAGE EXTERNAL;

CREATE TABLE checkpoints (
  size bigint NOT NULL,
  root bytea NOT NULL,
  note text,
  CONSTRAINT checkpoints_pkey PRIMARY KEY (size),
  CONSTRAINT checkpoints_root_check CHECK (octet_length(root) = 32)
);
CREATE INDEX checkpoints_unsigned ON checkpoints (size) WHERE note IS NULL;

CREATE TABLE log_state (
  single boolean NOT NULL DEFAULT true,
  size   bigint NOT NULL,
  root   bytea NOT NULL,
  epoch  bigint NOT NULL,
  CONSTRAINT log_state_pkey PRIMARY KEY (single),
  CONSTRAINT log_state_single_check CHECK (single)
);
INSERT INTO log_state (size, root, epoch) VALUES (0, sha256(''), 0);

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  RAISE EXCEPTION 'the log is append-only: % on % is refused', TG_OP, TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE FUNCTION allow_signing_only() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  IF OLD.note IS NOT NULL OR NEW.note IS NULL OR NEW.size <> OLD.size OR NEW.root <> OLD.root THEN
    RAISE EXCEPTION 'a checkpoint is signed once and never changed' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER entries_append_only BEFORE UPDATE OR DELETE ON entries FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER entries_no_truncate BEFORE TRUNCATE ON entries FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER tiles_append_only BEFORE UPDATE OR DELETE ON tiles FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER tiles_no_truncate BEFORE TRUNCATE ON tiles FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER checkpoints_signed_once BEFORE UPDATE ON checkpoints FOR EACH ROW EXECUTE FUNCTION allow_signing_only();
CREATE TRIGGER checkpoints_no_delete BEFORE DELETE ON checkpoints FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER checkpoints_no_truncate BEFORE TRUNCATE ON checkpoints FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER log_state_no_delete BEFORE DELETE ON log_state FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER log_state_no_truncate BEFORE TRUNCATE ON log_state FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
`;

const registryProjections = /* sql */ `
CREATE TABLE ledger_info (
  single            boolean NOT NULL DEFAULT true,
  registrar         text COLLATE "C" NOT NULL,
  registrar_kid     text COLLATE "C" NOT NULL,
  log_key           text COLLATE "C" NOT NULL,
  service_kid       text COLLATE "C" NOT NULL,
  admission_version integer NOT NULL,
  CONSTRAINT ledger_info_pkey PRIMARY KEY (single),
  CONSTRAINT ledger_info_single_check CHECK (single)
);

CREATE TABLE clocks (
  index bigint NOT NULL,
  time  bigint NOT NULL,
  CONSTRAINT clocks_pkey PRIMARY KEY (index)
);

CREATE TABLE actors (
  id        text COLLATE "C" NOT NULL,
  roles     text[] NOT NULL,
  country   text COLLATE "C",
  card_from text COLLATE "C",
  card_to   text COLLATE "C",
  suspended boolean NOT NULL,
  index     bigint NOT NULL,
  CONSTRAINT actors_pkey PRIMARY KEY (id)
);

CREATE TABLE keys (
  kid               text COLLATE "C" NOT NULL,
  actor             text COLLATE "C" NOT NULL,
  jwk               jsonb NOT NULL,
  added_index       bigint NOT NULL,
  active_from       bigint,
  introduced        boolean NOT NULL,
  revoked_index     bigint,
  compromised_since bigint,
  CONSTRAINT keys_pkey PRIMARY KEY (kid)
);
CREATE INDEX keys_actor ON keys (actor);

CREATE TABLE sites (
  id            text COLLATE "C" NOT NULL,
  country       text COLLATE "C" NOT NULL,
  operator      text COLLATE "C" NOT NULL,
  minerals      text[] NOT NULL,
  licence       jsonb,
  capacity      jsonb,
  certification smallint,
  activity      smallint,
  inspected_on  text COLLATE "C",
  index         bigint NOT NULL,
  CONSTRAINT sites_pkey PRIMARY KEY (id)
);

CREATE TABLE facilities (
  id                 text COLLATE "C" NOT NULL,
  kind               text COLLATE "C" NOT NULL,
  country            text COLLATE "C" NOT NULL,
  operator           text COLLATE "C",
  capacity_per_month jsonb,
  index              bigint NOT NULL,
  CONSTRAINT facilities_pkey PRIMARY KEY (id)
);

CREATE TABLE tag_ranges (
  index       bigint NOT NULL,
  series      text COLLATE "C" NOT NULL,
  from_number bigint NOT NULL,
  to_number   bigint NOT NULL,
  digits      smallint,
  site        text COLLATE "C" NOT NULL,
  issuer      text COLLATE "C",
  CONSTRAINT tag_ranges_pkey PRIMARY KEY (index)
);
CREATE INDEX tag_ranges_series ON tag_ranges (series, from_number);

CREATE TABLE certificates (
  serial        text COLLATE "C" NOT NULL,
  index         bigint NOT NULL,
  revoked_index bigint,
  CONSTRAINT certificates_pkey PRIMARY KEY (serial)
);

CREATE TABLE endorsements (
  event    text COLLATE "C" NOT NULL,
  index    bigint NOT NULL,
  by_actor text COLLATE "C" NOT NULL,
  CONSTRAINT endorsements_pkey PRIMARY KEY (event, index)
);
`;

const lotProjections = /* sql */ `
CREATE TABLE lots (
  id              uuid NOT NULL,
  seq             integer NOT NULL,
  head            text COLLATE "C" NOT NULL,
  born_index      bigint NOT NULL,
  head_index      bigint NOT NULL,
  status          text COLLATE "C" NOT NULL,
  holder          text COLLATE "C" NOT NULL,
  in_transit_to   text COLLATE "C",
  planned_arrival bigint,
  recalled_from   text COLLATE "C",
  holds           text[] NOT NULL,
  mineral         text COLLATE "C" NOT NULL,
  form            text COLLATE "C" NOT NULL,
  mass            numeric NOT NULL,
  moisture        integer,
  grades          jsonb NOT NULL,
  tags            text[] NOT NULL,
  model           text COLLATE "C",
  lot_number      text COLLATE "C",
  site            text COLLATE "C",
  born_at         bigint NOT NULL,
  origins         jsonb NOT NULL,
  origins_by      text COLLATE "C" NOT NULL,
  assayed         boolean NOT NULL,
  CONSTRAINT lots_pkey PRIMARY KEY (id),
  CONSTRAINT lots_status_check CHECK (status IN ('held', 'inTransit', 'consumed', 'closed'))
);
CREATE INDEX lots_born ON lots (born_index);
CREATE INDEX lots_holder ON lots (holder, born_index);
CREATE INDEX lots_site ON lots (site, born_at) WHERE site IS NOT NULL;
CREATE INDEX lots_in_transit ON lots (planned_arrival) WHERE status = 'inTransit';
CREATE INDEX lots_lot_number ON lots (lot_number) WHERE lot_number IS NOT NULL;

CREATE TABLE lot_events (
  lot   uuid NOT NULL,
  seq   integer NOT NULL,
  index bigint NOT NULL,
  CONSTRAINT lot_events_pkey PRIMARY KEY (lot, seq)
);

CREATE TABLE lineage (
  from_lot uuid NOT NULL,
  to_lot   uuid NOT NULL,
  index    bigint NOT NULL,
  mass     numeric NOT NULL,
  CONSTRAINT lineage_pkey PRIMARY KEY (from_lot, to_lot)
);
CREATE INDEX lineage_to ON lineage (to_lot);

CREATE TABLE tag_uses (
  tag   text COLLATE "C" NOT NULL,
  lot   uuid NOT NULL,
  index bigint NOT NULL,
  CONSTRAINT tag_uses_pkey PRIMARY KEY (tag, lot, index)
);
CREATE INDEX tag_uses_lot ON tag_uses (lot);

CREATE TABLE attestations (
  lot   uuid NOT NULL,
  index bigint NOT NULL,
  CONSTRAINT attestations_pkey PRIMARY KEY (lot, index)
);
`;

const besideTheLog = /* sql */ `
CREATE TABLE waiting (
  id         text COLLATE "C" NOT NULL,
  event      text COLLATE "C" NOT NULL,
  kid        text COLLATE "C" NOT NULL,
  missing    text[] NOT NULL,
  since      bigint NOT NULL,
  CONSTRAINT waiting_pkey PRIMARY KEY (id)
);
CREATE INDEX waiting_kid ON waiting (kid);
CREATE INDEX waiting_since ON waiting (since);

CREATE TABLE waiting_for (
  parent text COLLATE "C" NOT NULL,
  child  text COLLATE "C" NOT NULL,
  CONSTRAINT waiting_for_pkey PRIMARY KEY (parent, child)
);
CREATE INDEX waiting_for_child ON waiting_for (child);

CREATE TABLE refusals (
  id             text COLLATE "C" NOT NULL,
  jws            text COLLATE "C" NOT NULL,
  kid            text COLLATE "C" NOT NULL,
  code           text COLLATE "C" NOT NULL,
  at             bigint NOT NULL,
  evidence_index bigint,
  CONSTRAINT refusals_pkey PRIMARY KEY (id)
);
CREATE INDEX refusals_kid ON refusals (kid, at);
CREATE INDEX refusals_evidence ON refusals (evidence_index);

CREATE TABLE disclosures (
  event      text COLLATE "C" NOT NULL,
  digest     text COLLATE "C" NOT NULL,
  disclosure text COLLATE "C" NOT NULL,
  CONSTRAINT disclosures_pkey PRIMARY KEY (event, digest)
);
`;

const grants = /* sql */ `
GRANT SELECT, INSERT ON entries, tiles, checkpoints TO ledger_app;
GRANT UPDATE (note) ON checkpoints TO ledger_app;
GRANT SELECT ON log_state TO ledger_app;
GRANT UPDATE (size, root, epoch) ON log_state TO ledger_app;
GRANT SELECT, INSERT, UPDATE ON ledger_info, actors, keys, sites, facilities, certificates, lots TO ledger_app;
GRANT SELECT, INSERT ON clocks, tag_ranges, endorsements, lot_events, lineage, tag_uses, attestations TO ledger_app;
GRANT SELECT, INSERT ON refusals TO ledger_app;
GRANT SELECT, INSERT, DELETE ON waiting, waiting_for, disclosures TO ledger_app;
`;
