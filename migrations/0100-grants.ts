import type { MigrationInterface, QueryRunner } from 'typeorm';
import { partIn, policiesOf } from './0077-parties.js';

/**
 * Creates the grants by which an actor lets another see its lots, and lets row-level security follow them: a grantee sees
 * the parts of the giver, within the limits of the grant, while it lasts.
 */
export class Grants0100 implements MigrationInterface {
  name = 'Grants0000000000100';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(grants);
    await runner.query(functions);
    await runner.query(policies);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(withoutGrants);
  }
}

const grants = /* sql */ `
CREATE TABLE access_grants (
  id              text COLLATE "C" NOT NULL,
  index           bigint NOT NULL,
  by_actor        text COLLATE "C" NOT NULL,
  to_actor        text COLLATE "C" NOT NULL,
  lots            uuid[],
  sites           text[],
  born_from       bigint,
  born_until      bigint,
  until           bigint NOT NULL,
  disclosures     boolean NOT NULL,
  withdrawn_index bigint,
  CONSTRAINT access_grants_pkey PRIMARY KEY (id)
);
COMMENT ON TABLE access_grants IS 'grant.given and its withdrawal; times are ms since 1970 UTC, born_until is exclusive';
CREATE INDEX access_grants_to ON access_grants (to_actor, by_actor);
CREATE INDEX access_grants_by ON access_grants (by_actor);
GRANT SELECT, INSERT, UPDATE ON access_grants TO ledger_app;
GRANT SELECT ON access_grants TO ledger_reader;
`;

const IN_FORCE = `g.withdrawn_index IS NULL AND g.until > extract(epoch FROM statement_timestamp()) * 1000`;

const functions = /* sql */ `
CREATE FUNCTION viewer_grantors() RETURNS text[] LANGUAGE sql STABLE SECURITY DEFINER PARALLEL RESTRICTED
  SET search_path = pg_catalog AS $$
  SELECT COALESCE(array_agg(DISTINCT g.by_actor), '{}') FROM public.access_grants AS g
    JOIN public.actors AS giver ON giver.id = g.by_actor AND NOT giver.suspended
   WHERE g.to_actor = (SELECT (public.viewer_parties())[1]) AND ${IN_FORCE};
$$;

CREATE FUNCTION viewer_names() RETURNS text[] LANGUAGE sql STABLE SECURITY DEFINER PARALLEL RESTRICTED
  SET search_path = pg_catalog AS $$
  SELECT public.viewer_parties() || public.viewer_grantors();
$$;

-- Only for grants that are limited to sites or to a time: the limits are those of the lot itself.
CREATE FUNCTION is_granted(lot uuid, sites text[], born_from bigint, born_until bigint) RETURNS boolean LANGUAGE sql STABLE
  SECURITY DEFINER PARALLEL RESTRICTED SET search_path = pg_catalog AS $$
  SELECT (born_from IS NULL OR l.born_at >= born_from) AND (born_until IS NULL OR l.born_at < born_until)
     AND (sites IS NULL OR EXISTS (SELECT FROM jsonb_array_elements(l.origins) AS o WHERE o ->> 'site' = ANY (sites)))
    FROM public.lots AS l WHERE l.id = lot;
$$;

REVOKE ALL ON FUNCTION viewer_grantors(), viewer_names(), is_granted(uuid, text[], bigint, bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION viewer_grantors(), viewer_names(), is_granted(uuid, text[], bigint, bigint) TO ledger_reader, ledger_app;
`;

/** One condition on the party for the index, and the rest as a filter: an OR of two would read all rows of the party. */
const GRANTED = `
  party = ANY ((SELECT viewer_names())::text[]) AND (party = ANY ((SELECT viewer_parties())::text[]) OR (SELECT true FROM access_grants AS g
    WHERE g.to_actor = (SELECT viewer()) AND g.by_actor = lot_parties.party AND ${IN_FORCE}
      AND (g.lots IS NULL OR lot_parties.lot = ANY (g.lots))
      AND ((g.sites IS NULL AND g.born_from IS NULL AND g.born_until IS NULL)
           OR is_granted(lot_parties.lot, g.sites, g.born_from, g.born_until)) LIMIT 1))`;

/** Tables whose policy names the parts of the viewer, which now include granted ones. */
const byPart: Readonly<Record<string, string>> = {
  lots: `${partIn('lots.id', 'p.until_index IS NULL', 'viewer_names')}
    OR (lots.id = (SELECT viewer_lot()) AND (SELECT viewer_until()) IS NULL)`,
  lot_events: `${partIn('lot_events.lot', '(p.until_index IS NULL OR p.until_index >= lot_events.index)', 'viewer_names')}
    OR (lot_events.lot = (SELECT viewer_lot()) AND lot_events.index <= COALESCE((SELECT viewer_until()), lot_events.index))`,
  tag_uses: partIn('tag_uses.lot', '(p.until_index IS NULL OR p.until_index >= tag_uses.index)', 'viewer_names'),
  findings: `(SELECT true FROM lot_parties AS p
     WHERE p.lot = ANY (findings.lots) AND p.party = ANY ((SELECT viewer_names())::text[])
       AND (p.until_index IS NULL OR p.until_index >= findings.first_index) LIMIT 1)`,
  alerts: `(SELECT true FROM lot_parties AS p JOIN findings AS f ON f.id = alerts.finding
     WHERE p.lot = ANY (alerts.lots) AND p.party = ANY ((SELECT viewer_names())::text[])
       AND (p.until_index IS NULL OR p.until_index >= f.first_index) LIMIT 1)`,
};

const policies = /* sql */ `
${policiesOf('access_grants', 'to_actor = (SELECT viewer()) OR by_actor = (SELECT viewer())')}
ALTER POLICY lot_parties_reader ON lot_parties USING (${GRANTED});
${Object.entries(byPart)
  .map(([table, visible]) => `ALTER POLICY ${table}_reader ON ${table} USING (${visible});`)
  .join('\n')}
`;

const withoutGrants = /* sql */ `
ALTER POLICY lot_parties_reader ON lot_parties USING (party = ANY ((SELECT viewer_parties())::text[]));
${Object.entries(byPart)
  .map(
    ([table, visible]) =>
      `ALTER POLICY ${table}_reader ON ${table} USING (${visible.replaceAll('viewer_names', 'viewer_parties')});`,
  )
  .join('\n')}
DROP TABLE access_grants;
DROP FUNCTION is_granted(uuid, text[], bigint, bigint), viewer_names(), viewer_grantors();
`;
