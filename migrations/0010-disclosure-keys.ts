import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Disclosures that one statement encrypts. */
const PIECE = 1_000;

/** Encrypts disclosures, each under its own key in a separate table, so that deleting the key erases the disclosure. */
export class DisclosureKeys0010 implements MigrationInterface {
  name = 'DisclosureKeys0000000000010';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(/* sql */ `
      CREATE TABLE disclosure_keys (
        event  text COLLATE "C" NOT NULL,
        digest text COLLATE "C" NOT NULL,
        key    bytea NOT NULL,
        CONSTRAINT disclosure_keys_pkey PRIMARY KEY (event, digest)
      );
      COMMENT ON TABLE disclosure_keys IS 'AES-256-GCM keys; backups of this table are kept only as long as what was erased may come back';

      ALTER TABLE disclosures ADD COLUMN ciphertext bytea;
      COMMENT ON COLUMN disclosures.ciphertext IS 'nonce, ciphertext and tag; null: erased';
      CREATE INDEX disclosures_digest ON disclosures (digest);

      CREATE TABLE erasures (
        digest text COLLATE "C" NOT NULL,
        index  bigint NOT NULL,
        CONSTRAINT erasures_pkey PRIMARY KEY (digest, index)
      );
      INSERT INTO erasures (digest, index)
      SELECT jsonb_array_elements_text(payload->'digests'), index
        FROM (SELECT index, convert_from(decode(rpad(part, (length(part) + 3) / 4 * 4, '='), 'base64'), 'UTF8')::jsonb AS payload
                FROM (SELECT index, translate(split_part(jws, '.', 2), '-_', '+/') AS part FROM entries) AS parts) AS events
       WHERE payload->>'type' = 'data.erased';

      UPDATE filings SET subject = 'vehicle:' || ${hashed("'vehicle:' || substring(subject from '^vehicle:(.*)/[0-9-]+$')")}
                                   || substring(subject from '/[0-9-]+$')
       WHERE subject LIKE 'vehicle:%';
      UPDATE filings SET subject = 'document:' || ${hashed('subject')} WHERE subject LIKE 'document:%';

      CREATE INDEX filings_hidden ON filings (index) WHERE subject LIKE 'vehicle:%' OR subject LIKE 'document:%';

      GRANT SELECT, INSERT, DELETE ON disclosure_keys TO ledger_app;
      GRANT UPDATE (ciphertext) ON disclosures TO ledger_app;
      GRANT SELECT, INSERT ON erasures TO ledger_app;
    `);
    while (await encryptSome(runner));
    await runner.query('ALTER TABLE disclosures DROP COLUMN disclosure');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(/* sql */ `
      DELETE FROM disclosures WHERE ciphertext IS NULL;
      ALTER TABLE disclosures ADD COLUMN disclosure text COLLATE "C";
    `);
    while (await decryptSome(runner));
    await runner.query(/* sql */ `
      DROP TABLE disclosure_keys, erasures;
      DROP INDEX disclosures_digest, filings_hidden;
      ALTER TABLE disclosures DROP COLUMN ciphertext, ALTER COLUMN disclosure SET NOT NULL;
    `);
  }
}

interface Row {
  event: string;
  digest: string;
  disclosure: string;
  ciphertext: Buffer;
  key: Buffer;
}

/** Encrypts disclosures in the format of `src/server/ledger/disclosures/disclosure-cipher.ts`. */
async function encryptSome(runner: QueryRunner): Promise<boolean> {
  const rows = (await runner.query(
    `SELECT event, digest, disclosure FROM disclosures WHERE ciphertext IS NULL LIMIT ${PIECE}`,
  )) as Row[];
  for (const { event, digest, disclosure } of rows) {
    const [key, nonce] = [randomBytes(32), randomBytes(12)];
    const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(digest));
    const text = Buffer.concat([nonce, cipher.update(disclosure, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    await runner.query(
      `WITH kept AS (INSERT INTO disclosure_keys (event, digest, key) VALUES ($1, $2, $3))
       UPDATE disclosures SET ciphertext = $4 WHERE event = $1 AND digest = $2`,
      [event, digest, key, text],
    );
  }
  return rows.length > 0;
}

async function decryptSome(runner: QueryRunner): Promise<boolean> {
  const rows = (await runner.query(
    `SELECT event, digest, ciphertext, key FROM disclosures JOIN disclosure_keys USING (event, digest)
      WHERE disclosure IS NULL LIMIT ${PIECE}`,
  )) as Row[];
  for (const { event, digest, ciphertext, key } of rows) {
    const decipher = createDecipheriv('aes-256-gcm', key, ciphertext.subarray(0, 12))
      .setAAD(Buffer.from(digest))
      .setAuthTag(ciphertext.subarray(-16));
    const disclosure = Buffer.concat([decipher.update(ciphertext.subarray(12, -16)), decipher.final()]).toString();
    await runner.query('UPDATE disclosures SET disclosure = $3 WHERE event = $1 AND digest = $2', [
      event,
      digest,
      disclosure,
    ]);
  }
  return rows.length > 0;
}

/** Hashes a disclosable value for filing: base64url of SHA-256, as in `core/rules/engine/subjects.ts`. */
function hashed(text: string): string {
  return `rtrim(translate(encode(sha256(convert_to(${text}, 'UTF8')), 'base64'), '+/', '-_'), '=')`;
}
