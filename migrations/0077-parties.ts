import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Creates the parties of lots, and row-level security for readers. The role `ledger_reader` owns nothing and sees the rows
 * of the viewer that its transaction names: `adit.viewer` has the form `kind|id|until|expiry|MAC`, and `viewer_fields()`
 * returns nothing for one whose MAC does not verify or that has expired. The application's role keeps seeing all rows.
 */
export class Parties0077 implements MigrationInterface {
  name = 'Parties0000000000077';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(parties);
    await runner.query(backfillParties);
    await runner.query(viewers);
    await runner.query(policies);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(withoutPolicies);
  }
}

const parties = /* sql */ `
CREATE TABLE lot_parties (
  lot         uuid NOT NULL,
  party       text COLLATE "C" NOT NULL,
  born_index  bigint NOT NULL,
  from_index  bigint NOT NULL,
  until_index bigint,
  CONSTRAINT lot_parties_pkey PRIMARY KEY (lot, party)
) WITH (fillfactor = 90);
COMMENT ON TABLE lot_parties IS 'who may see a lot: actors, and countries as @ and their code';
COMMENT ON COLUMN lot_parties.until_index IS 'last entry that a former party may see; null while its part lasts';
CREATE INDEX lot_parties_party ON lot_parties (party, born_index DESC, lot DESC);
GRANT SELECT, INSERT, UPDATE ON lot_parties TO ledger_app;
`;

/** Fills the table from the log, by the rules of `core/custody/parties.ts`; the replay compares the two. */
export const backfillParties = /* sql */ `
DO $$
DECLARE
  entry record; p jsonb; body jsonb; iss text; kind text; item jsonb; one text; opens text[]; keeps text[]; home text; here text;
BEGIN
  FOR entry IN SELECT index, jws FROM entries ORDER BY index LOOP
    one := translate(split_part(entry.jws, '.', 2), '-_', '+/');
    p := convert_from(decode(rpad(one, (length(one) + 3) / 4 * 4, '='), 'base64'), 'UTF8')::jsonb;
    kind := p ->> 'type';
    CONTINUE WHEN kind !~ '^(lot|custody)\\.|^certificate\\.issued$';
    iss := p ->> 'iss';
    body := p;
    SELECT '@' || country INTO home FROM actors WHERE id = iss;
    SELECT '@' || COALESCE((SELECT country FROM facilities WHERE id = p #>> '{place,facility}'),
                           (SELECT country FROM sites WHERE id = p #>> '{place,site}')) INTO here;
    FOR item IN SELECT value FROM jsonb_array_elements(COALESCE(body -> 'outputs', body -> 'lots', '[]')) LOOP
      one := CASE jsonb_typeof(item) WHEN 'string' THEN item #>> '{}' ELSE item ->> 'lot' END;
      opens := '{}';
      keeps := NULL;
      IF kind = 'lot.declared' THEN
        opens := ARRAY[COALESCE(body ->> 'holder', iss), (SELECT '@' || country FROM sites WHERE id = p #>> '{place,site}'),
                       (SELECT '@' || country FROM actors WHERE id = COALESCE(body ->> 'holder', iss))];
      ELSIF kind IN ('lot.aggregated', 'lot.split', 'lot.processed') THEN
        opens := ARRAY[iss, home];
      ELSIF kind = 'custody.dispatched' THEN
        opens := ARRAY[body ->> 'to', body ->> 'carrier'];
      ELSIF kind = 'custody.received' AND item ->> 'outcome' = 'rejected' THEN
        keeps := ARRAY[body ->> 'from'];
      ELSIF kind = 'custody.received' THEN
        opens := ARRAY[home];
        keeps := ARRAY[iss];
      ELSIF kind = 'custody.recalled' THEN
        keeps := ARRAY[iss];
      ELSIF kind = 'custody.assigned' THEN
        opens := ARRAY[body ->> 'to', (SELECT '@' || country FROM actors WHERE id = body ->> 'to')];
        keeps := ARRAY[body ->> 'to'];
      ELSIF kind IN ('lot.held', 'certificate.issued') THEN
        opens := ARRAY[home];
      END IF;
      IF here IS DISTINCT FROM home AND (item ? 'prev' OR body ? 'outputs') THEN
        opens := opens || here;
      END IF;
      UPDATE lot_parties SET until_index = entry.index
       WHERE keeps IS NOT NULL AND lot = one::uuid AND until_index IS NULL AND party <> ALL (keeps) AND NOT starts_with(party, '@');
      INSERT INTO lot_parties
      SELECT DISTINCT one::uuid, opened, (SELECT born_index FROM lots WHERE id = one::uuid), entry.index
        FROM unnest(opens) AS opened WHERE opened IS NOT NULL
      ON CONFLICT (lot, party) DO UPDATE SET until_index = NULL;
    END LOOP;
  END LOOP;
END $$;
`;

const viewers = /* sql */ `
CREATE TABLE viewer_key (
  single    boolean NOT NULL DEFAULT true,
  key       bytea NOT NULL,
  inner_pad bytea NOT NULL,
  outer_pad bytea NOT NULL,
  CONSTRAINT viewer_key_pkey PRIMARY KEY (single),
  CONSTRAINT viewer_key_single_check CHECK (single)
);
COMMENT ON TABLE viewer_key IS 'the key by which the service names a viewer to row-level security; the pads are those of HMAC-SHA-256';
DO $$
DECLARE
  key bytea := uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid());
  padded bytea := key || decode(repeat('00', 64 - 48), 'hex');
  inner_pad bytea := padded;
  outer_pad bytea := padded;
BEGIN
  FOR i IN 0..63 LOOP
    inner_pad := set_byte(inner_pad, i, get_byte(padded, i) # 54);
    outer_pad := set_byte(outer_pad, i, get_byte(padded, i) # 92);
  END LOOP;
  INSERT INTO viewer_key (key, inner_pad, outer_pad) VALUES (key, inner_pad, outer_pad);
END $$;
GRANT SELECT ON viewer_key TO ledger_app;

CREATE FUNCTION viewer_fields() RETURNS text[] LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL RESTRICTED
  SET search_path = pg_catalog AS $$
DECLARE
  context text := current_setting('adit.viewer', true);
  said text;
  mac text;
BEGIN
  IF context IS NULL OR context = '' THEN RETURN NULL; END IF;
  mac := substring(context FROM '[^|]*$');
  said := left(context, length(context) - length(mac) - 1);
  IF mac <> (SELECT encode(sha256(k.outer_pad || sha256(k.inner_pad || convert_to(said, 'UTF8'))), 'hex') FROM public.viewer_key AS k)
    OR split_part(said, '|', 4)::bigint < extract(epoch FROM clock_timestamp()) * 1000 THEN RETURN NULL;
  END IF;
  RETURN string_to_array(said, '|');
END $$;

CREATE FUNCTION viewer() RETURNS text LANGUAGE sql STABLE SECURITY DEFINER PARALLEL RESTRICTED SET search_path = pg_catalog AS $$
  SELECT f[2] FROM public.viewer_fields() AS f WHERE f[1] = 'actor';
$$;

CREATE FUNCTION viewer_parties() RETURNS text[] LANGUAGE sql STABLE SECURITY DEFINER PARALLEL RESTRICTED
  SET search_path = pg_catalog AS $$
  SELECT a.id || CASE WHEN a.roles && '{authority,registrar}' AND a.country IS NOT NULL THEN ARRAY['@' || a.country] ELSE '{}' END
    FROM public.actors AS a WHERE a.id = public.viewer() AND NOT a.suspended;
$$;

CREATE FUNCTION viewer_lot() RETURNS uuid LANGUAGE sql STABLE SECURITY DEFINER PARALLEL RESTRICTED SET search_path = pg_catalog AS $$
  SELECT f[2]::uuid FROM public.viewer_fields() AS f WHERE f[1] = 'share';
$$;

CREATE FUNCTION viewer_until() RETURNS bigint LANGUAGE sql STABLE SECURITY DEFINER PARALLEL RESTRICTED SET search_path = pg_catalog AS $$
  SELECT nullif(f[3], '')::bigint FROM public.viewer_fields() AS f WHERE f[1] = 'share';
$$;

REVOKE ALL ON FUNCTION viewer_fields(), viewer(), viewer_parties(), viewer_lot(), viewer_until() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION viewer(), viewer_parties(), viewer_lot(), viewer_until() TO ledger_reader, ledger_app;
`;

/** A part of the viewer in the lot of a row, now or up to an entry. */
export const partIn = (lot: string, more: string, names = 'viewer_parties'): string =>
  `(SELECT true FROM lot_parties AS p WHERE p.lot = ${lot} AND p.party = ANY ((SELECT ${names}())::text[]) AND ${more} LIMIT 1)`;

/** Lets the application's role see and write all rows, and readers those of their viewer. */
export const policiesOf = (table: string, visible: string): string => `
ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY;
CREATE POLICY ${table}_app ON ${table} TO ledger_app USING (true) WITH CHECK (true);
CREATE POLICY ${table}_reader ON ${table} FOR SELECT TO ledger_reader USING (${visible});`;

const policies = /* sql */ `
${policiesOf('lot_parties', `party = ANY ((SELECT viewer_parties())::text[])`)}
${policiesOf('lots', `${partIn('lots.id', 'p.until_index IS NULL')} OR (lots.id = (SELECT viewer_lot()) AND (SELECT viewer_until()) IS NULL)`)}
${policiesOf(
  'lot_events',
  `${partIn('lot_events.lot', '(p.until_index IS NULL OR p.until_index >= lot_events.index)')}
   OR (lot_events.lot = (SELECT viewer_lot()) AND lot_events.index <= COALESCE((SELECT viewer_until()), lot_events.index))`,
)}
${policiesOf('tag_uses', partIn('tag_uses.lot', '(p.until_index IS NULL OR p.until_index >= tag_uses.index)'))}
${policiesOf(
  'findings',
  `(SELECT true FROM lot_parties AS p
     WHERE p.lot = ANY (findings.lots) AND p.party = ANY ((SELECT viewer_parties())::text[])
       AND (p.until_index IS NULL OR p.until_index >= findings.first_index) LIMIT 1)`,
)}
${policiesOf(
  'alerts',
  `(SELECT true FROM lot_parties AS p JOIN findings AS f ON f.id = alerts.finding
     WHERE p.lot = ANY (alerts.lots) AND p.party = ANY ((SELECT viewer_parties())::text[])
       AND (p.until_index IS NULL OR p.until_index >= f.first_index) LIMIT 1)`,
)}
GRANT SELECT ON lot_parties, lots, lot_events, tag_uses, clocks TO ledger_reader;
-- Findings and alerts also name lots that the viewer may not see: these columns name none.
GRANT SELECT (id, rule, severity, status, opened_at, first_index) ON findings TO ledger_reader;
GRANT SELECT (id, finding, rule, severity, status, number, opened_at) ON alerts TO ledger_reader;
`;

const secured = ['lot_parties', 'lots', 'lot_events', 'tag_uses', 'findings', 'alerts'];

const withoutPolicies = /* sql */ `
REVOKE ALL ON lots, lot_events, tag_uses, findings, alerts, clocks FROM ledger_reader;
REVOKE SELECT (id, rule, severity, status, opened_at, first_index) ON findings FROM ledger_reader;
REVOKE SELECT (id, finding, rule, severity, status, number, opened_at) ON alerts FROM ledger_reader;
${secured
  .map(
    (table) =>
      `DROP POLICY ${table}_app ON ${table}; DROP POLICY ${table}_reader ON ${table}; ALTER TABLE ${table} DISABLE ROW LEVEL SECURITY;`,
  )
  .join('\n')}
DROP FUNCTION viewer_until(), viewer_lot(), viewer_parties(), viewer(), viewer_fields();
DROP TABLE viewer_key, lot_parties;
`;
