import type { MigrationInterface, QueryRunner } from 'typeorm';
import { partIn } from './0077-parties.js';

/**
 * Writes the rule by which an actor sees a lot once. Three conditions are functions that the planner puts into each statement
 * and policy; `names_of`, `parts_seen` and `holdings_seen` answer it for several lots and actors, with the reason.
 */
export class Sight0130 implements MigrationInterface {
  name = 'Sight0000000000130';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(conditions);
    await runner.query(sets);
    await runner.query(viewers);
    await runner.query(policiesBy('part_reaches', GRANTED));
    await runner.query('DROP FUNCTION viewer_grantors()');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(formerViewers);
    await runner.query(policiesBy(null, FORMER_GRANTED));
    await runner.query(/* sql */ `
      DROP FUNCTION holdings_seen(uuid[], text[], bigint), parts_seen(uuid[], text[]), names_of(text[]),
        grant_covers(uuid, uuid[], text[], bigint, bigint), grant_counts(bigint, bigint), part_reaches(bigint, bigint)`);
  }
}

/** Without SET and SECURITY DEFINER, so that the planner replaces each call by its body; parsed now, so that no search path changes them. */
const conditions = /* sql */ `
CREATE FUNCTION part_reaches(until_index bigint, index bigint) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN until_index IS NULL OR until_index >= index;
COMMENT ON FUNCTION part_reaches IS 'whether a part in a lot that ended with an entry, or lasts, shows another entry';

CREATE FUNCTION grant_counts(withdrawn_index bigint, until bigint) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
  RETURN withdrawn_index IS NULL AND until > extract(epoch FROM statement_timestamp()) * 1000;
COMMENT ON FUNCTION grant_counts IS 'whether a grant is neither withdrawn nor at its end';

CREATE FUNCTION grant_covers(lot uuid, lots uuid[], sites text[], born_from bigint, born_until bigint) RETURNS boolean
  LANGUAGE sql STABLE PARALLEL RESTRICTED
  RETURN (lots IS NULL OR lot = ANY (lots))
     AND ((sites IS NULL AND born_from IS NULL AND born_until IS NULL) OR is_granted(lot, sites, born_from, born_until));
COMMENT ON FUNCTION grant_covers IS 'whether a lot meets the limits of a grant';

REVOKE ALL ON FUNCTION part_reaches(bigint, bigint), grant_counts(bigint, bigint), grant_covers(uuid, uuid[], text[], bigint, bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION part_reaches(bigint, bigint), grant_counts(bigint, bigint), grant_covers(uuid, uuid[], text[], bigint, bigint)
  TO ledger_reader, ledger_app;
`;

const sets = /* sql */ `
CREATE FUNCTION names_of(actors text[]) RETURNS TABLE (actor text, party text, grant_id text, lots uuid[], sites text[],
    born_from bigint, born_until bigint, disclosures boolean) LANGUAGE sql STABLE PARALLEL RESTRICTED AS $$
  WITH who AS MATERIALIZED (
    SELECT named.id, public.parties_of(named.id) AS parties FROM (SELECT DISTINCT unnest(actors) AS id) AS named
  )
  SELECT who.id, own.party, NULL, NULL, NULL, NULL, NULL, true FROM who CROSS JOIN LATERAL unnest(who.parties) AS own (party)
   UNION ALL
  SELECT who.id, g.by_actor, g.id, g.lots, g.sites, g.born_from, g.born_until, g.disclosures
    FROM who JOIN public.access_grants AS g ON g.to_actor = who.id AND public.grant_counts(g.withdrawn_index, g.until)
    JOIN public.actors AS giver ON giver.id = g.by_actor AND NOT giver.suspended
   WHERE who.parties IS NOT NULL
$$;
COMMENT ON FUNCTION names_of IS 'the parties by whose parts each actor sees lots: itself, its country as an authority, and who granted it, with the limits';

CREATE FUNCTION parts_seen(asked uuid[], actors text[]) RETURNS TABLE (lot uuid, actor text, party text, grant_id text,
    from_index bigint, until_index bigint) LANGUAGE sql STABLE PARALLEL RESTRICTED AS $$
  WITH part AS MATERIALIZED (SELECT p.* FROM public.lot_parties AS p WHERE p.lot = ANY (asked))
  SELECT part.lot, name.actor, name.party, name.grant_id, part.from_index, part.until_index
    FROM part JOIN public.names_of(actors) AS name ON name.party = part.party
     AND public.grant_covers(part.lot, name.lots, name.sites, name.born_from, name.born_until)
$$;
COMMENT ON FUNCTION parts_seen IS 'the parts in lots by which each actor sees them, with the grant where it is that of another';

CREATE FUNCTION holdings_seen(asked uuid[], actors text[], most bigint) RETURNS TABLE (lot uuid, actor text, party text,
    grant_id text, held uuid) LANGUAGE sql STABLE PARALLEL RESTRICTED AS $$
  WITH name AS MATERIALIZED (SELECT * FROM public.names_of(actors))
  SELECT above.lot, name.actor, name.party, name.grant_id, l.id
    FROM (SELECT DISTINCT unnest(asked)) AS above (lot)
   CROSS JOIN LATERAL public.with_descendants(ARRAY[above.lot], most) AS made (lot)
    JOIN public.lots AS l ON l.id = made.lot
   CROSS JOIN LATERAL unnest(ARRAY[l.holder, l.in_transit_to]) AS hand (party)
    JOIN name ON name.party = hand.party AND public.grant_covers(l.id, name.lots, name.sites, name.born_from, name.born_until)
$$;
COMMENT ON FUNCTION holdings_seen IS 'lots that were made of others, and these themselves, where an actor or who granted it holds or is to receive them';

REVOKE ALL ON FUNCTION names_of(text[]), parts_seen(uuid[], text[]), holdings_seen(uuid[], text[], bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION names_of(text[]), parts_seen(uuid[], text[]), holdings_seen(uuid[], text[], bigint) TO ledger_app;
`;

const viewerNames = (body: string): string => /* sql */ `
CREATE OR REPLACE FUNCTION viewer_names() RETURNS text[] LANGUAGE sql STABLE SECURITY DEFINER PARALLEL RESTRICTED
  SET search_path = pg_catalog AS $$
  ${body}
$$;`;

const viewers = viewerNames(
  `SELECT COALESCE(array_agg(DISTINCT name.party), '{}') FROM public.names_of(ARRAY[public.viewer()]) AS name;`,
);

/** One condition on the party for the index, and the rest as a filter: an OR of two would read all rows of the party. */
const grantedBy = (counts: string, covers: string): string => `
  party = ANY ((SELECT viewer_names())::text[]) AND (party = ANY ((SELECT viewer_parties())::text[]) OR (SELECT true FROM access_grants AS g
    WHERE g.to_actor = (SELECT viewer()) AND g.by_actor = lot_parties.party AND ${counts} AND ${covers} LIMIT 1))`;

const GRANTED = grantedBy(
  'grant_counts(g.withdrawn_index, g.until)',
  'grant_covers(lot_parties.lot, g.lots, g.sites, g.born_from, g.born_until)',
);

/** Alters the policies, which see parts of the viewer, and granted ones, up to the end of each. */
function policiesBy(reaches: string | null, granted: string): string {
  const upTo = (index: string): string =>
    reaches === null ? `(p.until_index IS NULL OR p.until_index >= ${index})` : `${reaches}(p.until_index, ${index})`;
  const shared = `lot_events.lot = (SELECT viewer_lot()) AND lot_events.index <= COALESCE((SELECT viewer_until()), lot_events.index)`;
  const visible: Readonly<Record<string, string>> = {
    lot_parties: granted,
    lot_events: `${partIn('lot_events.lot', upTo('lot_events.index'), 'viewer_names')} OR (${shared})`,
    tag_uses: partIn('tag_uses.lot', upTo('tag_uses.index'), 'viewer_names'),
    findings: `(SELECT true FROM lot_parties AS p
      WHERE p.lot = ANY (findings.lots) AND p.party = ANY ((SELECT viewer_names())::text[]) AND ${upTo('findings.first_index')} LIMIT 1)`,
    alerts: `(SELECT true FROM lot_parties AS p JOIN findings AS f ON f.id = alerts.finding
      WHERE p.lot = ANY (alerts.lots) AND p.party = ANY ((SELECT viewer_names())::text[]) AND ${upTo('f.first_index')} LIMIT 1)`,
  };
  return Object.entries(visible)
    .map(([table, sees]) => `ALTER POLICY ${table}_reader ON ${table} USING (${sees});`)
    .join('\n');
}

const FORMER_COUNTS = `g.withdrawn_index IS NULL AND g.until > extract(epoch FROM statement_timestamp()) * 1000`;
const FORMER_GRANTED = grantedBy(
  FORMER_COUNTS,
  `(g.lots IS NULL OR lot_parties.lot = ANY (g.lots)) AND ((g.sites IS NULL AND g.born_from IS NULL AND g.born_until IS NULL)
     OR is_granted(lot_parties.lot, g.sites, g.born_from, g.born_until))`,
);

/** The two functions as migration 0100 made them. */
const formerViewers = /* sql */ `
CREATE FUNCTION viewer_grantors() RETURNS text[] LANGUAGE sql STABLE SECURITY DEFINER PARALLEL RESTRICTED
  SET search_path = pg_catalog AS $$
  SELECT COALESCE(array_agg(DISTINCT g.by_actor), '{}') FROM public.access_grants AS g
    JOIN public.actors AS giver ON giver.id = g.by_actor AND NOT giver.suspended
   WHERE g.to_actor = (SELECT (public.viewer_parties())[1]) AND ${FORMER_COUNTS};
$$;
REVOKE ALL ON FUNCTION viewer_grantors() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION viewer_grantors() TO ledger_reader, ledger_app;
${viewerNames('SELECT public.viewer_parties() || public.viewer_grantors();')}
`;
