import { sdDigest } from '../../core/event/disclosure.js';
import type { Queryable } from '../database/rows.js';
import { openDisclosure } from '../ledger/disclosure-cipher.js';
import { countriesOfSigners, isErasedBy } from '../ledger/disclosure-rows.js';

/** Disclosures held in memory at a time. */
const CHUNK = 1_000;

/** A stored disclosure that its event does not commit to, or that is neither there nor erased. */
export interface DisclosureFault {
  event: string;
  digest: string;
  /** Index of the event; null if the log has no such entry. */
  index: number | null;
  /** What the disclosure really hashes to, or what is there in its place. */
  actual: string;
}

interface StoredRow {
  event: string;
  digest: string;
  /** Null for a key without a disclosure. */
  stored: string | null;
  ciphertext: Buffer | null;
  key: Buffer | null;
  /** The countries of the registrars who ordered it to be erased; empty: of the root registrar. */
  orders: string[];
  index: number | null;
  /** Of the event in the log, or of one that waits for its parent. */
  jws: string | null;
}

interface DisclosureRow extends StoredRow {
  /** Whether one of them had a say over whoever signed the event. */
  erased: boolean;
}

/**
 * Compares every stored disclosure with the digests in its signed event (RFC 9901 §4.2.3), and with what the log says was
 * erased. A disclosure that somebody deleted together with its key is one that was never sent: nobody can tell the two apart.
 */
export async function auditDisclosures(db: Queryable): Promise<DisclosureFault[]> {
  const faults: DisclosureFault[] = [];
  let last = { event: '', digest: '' };
  for (;;) {
    const { rows } = await db.query<StoredRow>(
      `SELECT COALESCE(d.event, k.event) AS event, COALESCE(d.digest, k.digest) AS digest, d.event AS stored,
              d.ciphertext, k.key,
              ARRAY(SELECT COALESCE(x.country, '') FROM erasures AS x WHERE x.digest = d.digest) AS orders,
              e.index, COALESCE(e.jws, w.event) AS jws
         FROM disclosures AS d FULL JOIN disclosure_keys AS k ON k.event = d.event AND k.digest = d.digest
         LEFT JOIN entries AS e ON e.id = COALESCE(d.event, k.event)
         LEFT JOIN waiting AS w ON w.id = COALESCE(d.event, k.event)
        WHERE (COALESCE(d.event, k.event), COALESCE(d.digest, k.digest)) > ($1, $2)
        ORDER BY COALESCE(d.event, k.event), COALESCE(d.digest, k.digest) LIMIT $3`,
      [last.event, last.digest, CHUNK],
    );
    const ordered = rows.filter(({ orders }) => orders.length > 0);
    const countries = await countriesOfSigners(
      db,
      ordered.map(({ event, jws }) => ({ id: event, text: jws ?? '' })),
    );
    for (const row of rows) {
      const orders = row.orders.map((country) => ({ digest: row.digest, country: country === '' ? null : country }));
      const erased = isErasedBy(orders, row.digest, countries.get(row.event));
      faults.push(...faultOf({ ...row, erased }));
    }
    const end = rows.at(-1);
    if (end === undefined) return faults;
    last = { event: end.event, digest: end.digest };
  }
}

function faultOf(row: DisclosureRow): DisclosureFault[] {
  const { event, digest, index, jws } = row;
  const actual = isErased(row) ? digest : contentOf(row);
  const committed = jws !== null && payloadText(jws).includes(`"${digest}"`);
  return actual === digest && committed ? [] : [{ event, digest, index, actual }];
}

/** As a registrar ordered it, and the key with it. */
const isErased = ({ stored, ciphertext, key, erased }: DisclosureRow): boolean =>
  stored !== null && erased && ciphertext === null && key === null;

/** The digest of what is stored, or what is there in its place. */
function contentOf({ digest, ciphertext, key, erased }: DisclosureRow): string {
  if (erased) return 'kept though it was to be erased';
  if (ciphertext === null) return 'gone though nobody had it erased';
  if (key === null) return 'without a key';
  const opened = openDisclosure({ ciphertext, key }, digest);
  return opened === null ? 'not opened by its key' : sdDigest(opened);
}

/** A digest is random enough that finding it in quotes in the payload is finding it in an `_sd` array. */
const payloadText = (jws: string): string => Buffer.from(jws.split('.')[1] ?? '', 'base64url').toString('utf8');
