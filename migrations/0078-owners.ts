import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Adds the owners of subscriptions and silences, and separates which parties an actor may see lots of, so that the same rule
 * serves row-level security and messages to several owners at once.
 */
export class Owners0078 implements MigrationInterface {
  name = 'Owners0000000000078';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(/* sql */ `
      ALTER TABLE subscriptions ADD COLUMN owner text COLLATE "C";
      ALTER TABLE silences ADD COLUMN owner text COLLATE "C";
      COMMENT ON COLUMN subscriptions.owner IS 'an actor, or @operator; null: made while the ledger was open';
      COMMENT ON COLUMN silences.owner IS 'an actor, or @operator; null: made while the ledger was open';

      CREATE FUNCTION parties_of(who text) RETURNS text[] LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog AS $$
        SELECT a.id || CASE WHEN a.roles && '{authority,registrar}' AND a.country IS NOT NULL THEN ARRAY['@' || a.country] ELSE '{}' END
          FROM public.actors AS a WHERE a.id = who AND NOT a.suspended;
      $$;
      COMMENT ON FUNCTION parties_of IS 'the parties of lots as which an actor sees them: itself, and as an authority its country';
      CREATE OR REPLACE FUNCTION viewer_parties() RETURNS text[] LANGUAGE sql STABLE SECURITY DEFINER PARALLEL RESTRICTED
        SET search_path = pg_catalog AS $$
        SELECT public.parties_of(public.viewer());
      $$;
      REVOKE ALL ON FUNCTION parties_of(text) FROM PUBLIC;
      GRANT EXECUTE ON FUNCTION parties_of(text) TO ledger_app;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(/* sql */ `
      CREATE OR REPLACE FUNCTION viewer_parties() RETURNS text[] LANGUAGE sql STABLE SECURITY DEFINER PARALLEL RESTRICTED
        SET search_path = pg_catalog AS $$
  SELECT a.id || CASE WHEN a.roles && '{authority,registrar}' AND a.country IS NOT NULL THEN ARRAY['@' || a.country] ELSE '{}' END
    FROM public.actors AS a WHERE a.id = public.viewer() AND NOT a.suspended;
$$;
      DROP FUNCTION parties_of(text);
      ALTER TABLE silences DROP COLUMN owner;
      ALTER TABLE subscriptions DROP COLUMN owner;
    `);
  }
}
