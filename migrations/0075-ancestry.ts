import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Creates the two walks over the lineage of lots, breadth first. They return the given lots too, `most` lots in all. Names
 * of tables are found by the search path of the caller, so a replay walks over its own tables.
 */
export class Ancestry0075 implements MigrationInterface {
  name = 'Ancestry0000000000075';

  async up(runner: QueryRunner): Promise<void> {
    // Without SET and STRICT, so that the planner can put the body into the statement of the caller.
    await runner.query(/* sql */ `
      CREATE FUNCTION with_ancestors(given uuid[], most bigint) RETURNS SETOF uuid LANGUAGE sql STABLE PARALLEL SAFE AS $$
        WITH RECURSIVE up (lot) AS (
          SELECT unnest(given)
          UNION
          SELECT edge.from_lot FROM up JOIN lineage AS edge ON edge.to_lot = up.lot
        ) SELECT lot FROM up LIMIT most
      $$;
      COMMENT ON FUNCTION with_ancestors IS 'the given lots and those that they were made of, nearest first';

      CREATE FUNCTION with_descendants(given uuid[], most bigint, before bigint DEFAULT NULL)
        RETURNS SETOF uuid LANGUAGE sql STABLE PARALLEL SAFE AS $$
        WITH RECURSIVE down (lot) AS (
          SELECT unnest(given)
          UNION
          SELECT edge.to_lot FROM down JOIN lineage AS edge ON edge.from_lot = down.lot
           WHERE before IS NULL OR edge.index < before
        ) SELECT lot FROM down LIMIT most
      $$;
      COMMENT ON FUNCTION with_descendants IS 'the given lots and those that were made of them by entries below before, nearest first';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP FUNCTION with_ancestors, with_descendants');
  }
}
