import type { MigrationInterface, QueryRunner } from 'typeorm';
import { partIn } from './0077-parties.js';

/**
 * Finds the newest lots of a viewer by one function, whose plan each connection keeps, and lets the policy of lots see from the lot itself
 * who holds it: for a page of lots these were most of the cost of row-level security.
 */
export class NewestLots0170 implements MigrationInterface {
  name = 'NewestLots0000000000170';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(newest);
    await runner.query(policyOf(HELD_OR_PART));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(policyOf(PART));
    await runner.query('DROP FUNCTION viewer_lots(bigint, uuid, bigint)');
  }
}

const newest = /* sql */ `
CREATE FUNCTION viewer_lots(before_index bigint, before_lot uuid, most bigint) RETURNS TABLE (born_index bigint, lot uuid)
  LANGUAGE sql STABLE SECURITY DEFINER PARALLEL RESTRICTED ROWS 50 SET search_path = pg_catalog AS $$
  WITH mine AS MATERIALIZED (
    SELECT DISTINCT party, lots, sites, born_from, born_until FROM public.names_of(ARRAY[public.viewer()])
  )
  SELECT DISTINCT found.born_index, found.lot FROM (
    SELECT part.* FROM mine CROSS JOIN LATERAL (
      SELECT p.born_index, p.lot FROM public.lot_parties AS p
       WHERE p.party = mine.party AND p.until_index IS NULL AND (p.born_index, p.lot) < (before_index, before_lot)
         AND public.grant_covers(p.lot, NULL, mine.sites, mine.born_from, mine.born_until)
       ORDER BY p.born_index DESC, p.lot DESC LIMIT most) AS part WHERE mine.lots IS NULL
     UNION ALL
    SELECT p.born_index, p.lot FROM mine CROSS JOIN LATERAL unnest(mine.lots) AS named (lot)
      JOIN public.lot_parties AS p ON p.lot = named.lot AND p.party = mine.party
     WHERE p.until_index IS NULL AND (p.born_index, p.lot) < (before_index, before_lot)
       AND public.grant_covers(p.lot, NULL, mine.sites, mine.born_from, mine.born_until)) AS found
   ORDER BY 1 DESC, 2 DESC LIMIT most
$$;
COMMENT ON FUNCTION viewer_lots IS 'the newest lots before a place in their order in which the viewer has a part that lasts; by lot where a grant names lots';
REVOKE ALL ON FUNCTION viewer_lots(bigint, uuid, bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION viewer_lots(bigint, uuid, bigint) TO ledger_reader, ledger_app;
`;

const PART = partIn('lots.id', 'p.until_index IS NULL', 'viewer_names');

const HELD_OR_PART = `lots.holder = ANY ((SELECT viewer_parties())::text[]) OR ${PART}`;

const policyOf = (sees: string): string => `
ALTER POLICY lots_reader ON lots USING (${sees} OR (lots.id = (SELECT viewer_lot()) AND (SELECT viewer_until()) IS NULL))`;
