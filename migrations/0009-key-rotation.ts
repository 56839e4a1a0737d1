import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The payload of entry 0 as JSON: its part of the JWS in base64, padded. */
const OPENING = /* sql */ `
  SELECT convert_from(decode(rpad(part, (length(part) + 3) / 4 * 4, '='), 'base64'), 'UTF8')::jsonb AS payload
    FROM (SELECT translate(split_part(jws, '.', 2), '-_', '+/') AS part FROM entries WHERE index = 0) AS opening`;

/** Lets the ledger's own keys be replaced: log keys have a first size, service keys are among the others. */
export class KeyRotation0009 implements MigrationInterface {
  name = 'KeyRotation0000000000009';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(/* sql */ `
      ALTER TABLE ledger_info ADD COLUMN log_keys jsonb;
      UPDATE ledger_info SET log_keys = jsonb_build_array(jsonb_build_object('vkey', log_key, 'from', 0));
      ALTER TABLE ledger_info ALTER COLUMN log_keys SET NOT NULL, DROP COLUMN log_key;
      COMMENT ON COLUMN ledger_info.log_keys IS 'verifier keys of the log, oldest first, each from which size of checkpoints';

      INSERT INTO keys (kid, actor, jwk, added_index, introduced)
      SELECT info.service_kid, 'ledger', opening.payload->'serviceKey', 0, false
        FROM ledger_info AS info, (${OPENING}) AS opening;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(/* sql */ `
      DELETE FROM keys WHERE actor = 'ledger';
      ALTER TABLE ledger_info ADD COLUMN log_key text COLLATE "C";
      UPDATE ledger_info SET log_key = log_keys->0->>'vkey';
      ALTER TABLE ledger_info ALTER COLUMN log_key SET NOT NULL, DROP COLUMN log_keys;
    `);
  }
}
