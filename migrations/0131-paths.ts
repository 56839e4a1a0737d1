import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Lets lists follow the lots that a grant names, and lets the policies of findings and alerts probe the parties of each of their lots:
 * the condition on an array of lots was planned as a search through all parts of the viewer, for each finding.
 */
export class Paths0131 implements MigrationInterface {
  name = 'Paths0000000000131';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(paths);
    await runner.query(policiesBy(partInOne));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(policiesBy(partInAny));
    await runner.query('DROP FUNCTION viewer_alerts(bigint), viewer_findings(bigint), viewer_paths()');
  }
}

const paths = /* sql */ `
CREATE FUNCTION viewer_paths() RETURNS TABLE (party text, lots uuid[]) LANGUAGE sql STABLE SECURITY DEFINER PARALLEL RESTRICTED
  SET search_path = pg_catalog AS $$
  SELECT name.party, NULL::uuid[] FROM public.names_of(ARRAY[public.viewer()]) AS name GROUP BY name.party HAVING bool_or(name.lots IS NULL)
   UNION ALL
  SELECT name.party, array_agg(DISTINCT named.lot) FROM public.names_of(ARRAY[public.viewer()]) AS name CROSS JOIN LATERAL unnest(name.lots) AS named (lot)
   GROUP BY name.party;
$$;
COMMENT ON FUNCTION viewer_paths IS 'by the parts of whom the viewer may see lots, and of which lots alone; null: of any';

CREATE FUNCTION viewer_findings(most bigint) RETURNS uuid[] LANGUAGE sql STABLE SECURITY DEFINER PARALLEL RESTRICTED
  SET search_path = pg_catalog AS $$
  WITH part AS MATERIALIZED (
    SELECT DISTINCT found.lot FROM public.viewer_paths() AS mine CROSS JOIN LATERAL (
      (SELECT p.lot FROM public.lot_parties AS p WHERE mine.lots IS NULL AND p.party = mine.party LIMIT most + 1)
       UNION ALL
      (SELECT p.lot FROM public.lot_parties AS p WHERE p.lot = ANY (mine.lots) AND p.party = mine.party LIMIT most + 1)) AS found
     LIMIT most + 1
  )
  SELECT ARRAY(SELECT DISTINCT f.id FROM part CROSS JOIN LATERAL (SELECT id FROM public.findings WHERE lots @> ARRAY[part.lot]) AS f)
   WHERE (SELECT count(*) FROM part) <= most;
$$;
COMMENT ON FUNCTION viewer_findings IS 'findings about lots in which the viewer has a part, among them some that it may not see; null where it has more parts';

CREATE FUNCTION viewer_alerts(most bigint) RETURNS uuid[] LANGUAGE sql STABLE SECURITY DEFINER PARALLEL RESTRICTED
  SET search_path = pg_catalog AS $$
  SELECT ARRAY(SELECT DISTINCT m.alert FROM unnest(few.findings) AS named (finding)
                 CROSS JOIN LATERAL (SELECT alert FROM public.alert_findings WHERE finding = named.finding) AS m)
    FROM public.viewer_findings(most) AS few (findings) WHERE few.findings IS NOT NULL;
$$;
COMMENT ON FUNCTION viewer_alerts IS 'alerts of these findings';

REVOKE ALL ON FUNCTION viewer_paths(), viewer_findings(bigint), viewer_alerts(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION viewer_paths(), viewer_findings(bigint), viewer_alerts(bigint) TO ledger_reader, ledger_app;
`;

const OWN = `p.party = ANY ((SELECT viewer_names())::text[])`;

/** A part of the viewer in one of several lots, which reaches an entry: looked up lot by lot. */
const partInOne = (lots: string, first: string): string => `
  (SELECT true FROM unnest(${lots}) AS named (lot) CROSS JOIN LATERAL (
     SELECT FROM lot_parties AS p WHERE p.lot = named.lot AND ${OWN} AND part_reaches(p.until_index, ${first}) LIMIT 1) AS part LIMIT 1)`;

/** The same as migration 0130 has it. */
const partInAny = (lots: string, first: string): string => `
  (SELECT true FROM lot_parties AS p WHERE p.lot = ANY (${lots}) AND ${OWN} AND part_reaches(p.until_index, ${first}) LIMIT 1)`;

const policiesBy = (part: typeof partInOne): string => `
ALTER POLICY findings_reader ON findings USING (${part('findings.lots', 'findings.first_index')});
ALTER POLICY alerts_reader ON alerts USING (
  (SELECT true FROM findings AS f WHERE f.id = alerts.finding AND ${part('alerts.lots', 'f.first_index')} LIMIT 1));
`;
