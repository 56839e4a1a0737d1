import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Decodes a part of an entry's JWS as JSON: base64url to padded base64. */
const jsonOf = (part: 1 | 2): string => /* sql */ `
  convert_from(decode(rpad(translate(split_part(entry.jws, '.', ${part}), '-_', '+/'),
                           (length(split_part(entry.jws, '.', ${part})) + 3) / 4 * 4, '='), 'base64'), 'UTF8')::jsonb`;
const HEADER = jsonOf(1);
const PAYLOAD = jsonOf(2);

/**
 * Stores the trust of keys: a key that an introduced key added is introduced too, keys are filed under themselves, and
 * what either signed is re-evaluated. An erasure is limited to its registrar's country. The previous sealed index is
 * kept. The keys of disclosures are in partitions that can each be rewritten, so that an erased key leaves no bytes in
 * the partition's file.
 */
export class Assurance0012 implements MigrationInterface {
  name = 'Assurance0000000000012';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(/* sql */ `
      CREATE INDEX keys_added ON keys (added_index);

      WITH RECURSIVE introduced (kid) AS (
        SELECT kid FROM keys WHERE introduced
        UNION
        SELECT key.kid
          FROM introduced JOIN keys AS adder USING (kid)
          JOIN keys AS key ON key.actor = adder.actor AND key.added_index > adder.added_index
          JOIN entries AS entry ON entry.index = key.added_index
         WHERE ${HEADER}->>'kid' = adder.kid
      )
      UPDATE keys SET introduced = true WHERE NOT introduced AND kid IN (SELECT kid FROM introduced);

      INSERT INTO filings (subject, index, at)
      SELECT 'key:' || key.kid, filed.index, filed.at
        FROM keys AS key JOIN filings AS filed ON filed.subject = 'actor:' || key.actor AND filed.index = key.added_index
      ON CONFLICT DO NOTHING;

      INSERT INTO revisits (subject, since, next, until)
      SELECT 'signed-by:' || actor, -9007199254740991, 0, (SELECT next FROM verification_cursor)
        FROM keys WHERE introduced OR compromised_since IS NOT NULL GROUP BY actor;

      ALTER TABLE erasures ADD COLUMN country text COLLATE "C";
      COMMENT ON COLUMN erasures.country IS 'whose actors the registrar may erase; null: everybody''s';
      UPDATE erasures SET country = actors.country
        FROM entries AS entry, actors
       WHERE entry.index = erasures.index AND actors.id = ${PAYLOAD}->>'iss';

      ${BEFORE}
      ${KEYS_IN_PARTS}
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(/* sql */ `
      DROP TABLE index_state_before, index_leaves_before, index_nodes_before;
      DROP INDEX keys_added;
      ${KEYS_IN_ONE}
      ALTER TABLE erasures DROP COLUMN country;
    `);
  }
}

/** The rows that the next sealing overwrites, as long as readers may still need the previous index. */
const BEFORE = /* sql */ `
  CREATE TABLE index_state_before (
    single boolean NOT NULL DEFAULT true,
    cut    smallint NOT NULL,
    entry  bigint NOT NULL,
    CONSTRAINT index_state_before_pkey PRIMARY KEY (single),
    CONSTRAINT index_state_before_single_check CHECK (single)
  );
  COMMENT ON TABLE index_state_before IS 'the index that was sealed before the newest; its rows are those of the index, with index_leaves_before and index_nodes_before over them';
  CREATE TABLE index_leaves_before (
    key    bytea NOT NULL,
    count  bigint NOT NULL,
    digest bytea NOT NULL,
    CONSTRAINT index_leaves_before_pkey PRIMARY KEY (key)
  );
  COMMENT ON COLUMN index_leaves_before.count IS '0: there was no such leaf';
  CREATE TABLE index_nodes_before (
    depth  smallint NOT NULL,
    prefix bigint NOT NULL,
    leaves bigint NOT NULL,
    hash   bytea NOT NULL,
    CONSTRAINT index_nodes_before_pkey PRIMARY KEY (depth, prefix)
  );
  COMMENT ON COLUMN index_nodes_before.leaves IS '0: the subtree was empty';
  GRANT SELECT, INSERT, UPDATE, DELETE ON index_state_before, index_leaves_before, index_nodes_before TO ledger_app;`;

/** Partitions: enough that rewriting one blocks others only briefly, few enough for fast planning. */
const PARTS = 16;
const FIELDS = /* sql */ `
  event  text COLLATE "C" NOT NULL,
  digest text COLLATE "C" NOT NULL,
  key    bytea NOT NULL,`;
const COMMENT = /* sql */ `
  COMMENT ON TABLE disclosure_keys IS 'AES-256-GCM keys; backups of this table are kept only as long as what was erased may come back';
  GRANT SELECT, INSERT, DELETE ON disclosure_keys TO ledger_app;`;

/** PostgreSQL 17 lets the application vacuum by a grant; before, only the owner of a table may. */
const KEYS_IN_PARTS = /* sql */ `
  ALTER TABLE disclosure_keys RENAME TO disclosure_keys_in_one;
  ALTER INDEX disclosure_keys_pkey RENAME TO disclosure_keys_in_one_pkey;
  CREATE TABLE disclosure_keys (${FIELDS}
    CONSTRAINT disclosure_keys_pkey PRIMARY KEY (event, digest)
  ) PARTITION BY HASH (event);
  ${Array.from(
    { length: PARTS },
    (_, part) =>
      `CREATE TABLE disclosure_keys_${part} PARTITION OF disclosure_keys FOR VALUES WITH (MODULUS ${PARTS}, REMAINDER ${part});`,
  ).join('\n  ')}
  INSERT INTO disclosure_keys SELECT * FROM disclosure_keys_in_one;
  DROP TABLE disclosure_keys_in_one;
  ${COMMENT}

  CREATE TABLE sweeps (
    part text COLLATE "C" NOT NULL,
    xid  xid8 NOT NULL,
    CONSTRAINT sweeps_pkey PRIMARY KEY (part)
  );
  COMMENT ON TABLE sweeps IS 'parts of disclosure_keys from which keys were erased, and the newest transaction that did: they are to be written anew';
  GRANT SELECT, INSERT, UPDATE, DELETE ON sweeps TO ledger_app;

  DO $$ BEGIN
    IF current_setting('server_version_num')::integer >= 170000 THEN
      EXECUTE 'GRANT MAINTAIN ON disclosures, ' || (SELECT string_agg(format('disclosure_keys_%s', part), ', ')
                                                      FROM generate_series(0, ${PARTS - 1}) AS part) || ' TO ledger_app';
    END IF;
  END $$;`;

const KEYS_IN_ONE = /* sql */ `
  DROP TABLE sweeps;
  ALTER TABLE disclosure_keys RENAME TO disclosure_keys_in_parts;
  ALTER INDEX disclosure_keys_pkey RENAME TO disclosure_keys_in_parts_pkey;
  CREATE TABLE disclosure_keys (${FIELDS}
    CONSTRAINT disclosure_keys_pkey PRIMARY KEY (event, digest)
  );
  INSERT INTO disclosure_keys SELECT * FROM disclosure_keys_in_parts;
  DROP TABLE disclosure_keys_in_parts;
  DO $$ BEGIN
    IF current_setting('server_version_num')::integer >= 170000 THEN
      REVOKE MAINTAIN ON disclosures FROM ledger_app;
    END IF;
  END $$;
  ${COMMENT}`;
