import { sdDigest } from '../../../core/event/disclosure.js';
import type { Queryable } from '../../database/rows.js';
import { openDisclosure } from '../../ledger/disclosures/disclosure-cipher.js';
import { countriesOfSigners, isErasedBy } from '../../ledger/disclosures/disclosure-rows.js';
import { payloadText } from '../../ledger/read/reread-event.js';

/** Disclosures in memory at a time. */
const CHUNK = 1_000;

/** A stored disclosure that its event does not commit to, or that is missing without an erasure. */
export interface DisclosureFault {
  event: string;
  digest: string;
  /** Index of the event; null if the log has no such entry. */
  index: number | null;
  /** Actual hash of the disclosure, or a description of what is stored. */
  actual: string;
}

interface StoredRow {
  event: string;
  digest: string;
  /** Null for a key without a disclosure. */
  stored: string | null;
  ciphertext: Buffer | null;
  key: Buffer | null;
  /** Countries of the registrars who ordered its erasure; empty: the root registrar. */
  orders: string[];
  index: number | null;
  /** JWS of the event in the log, or of one that waits for its parent. */
  jws: string | null;
}

interface DisclosureRow extends StoredRow {
  /** Whether one of them had authority over the signer of the event. */
  erased: boolean;
}

/**
 * Compares every stored disclosure with the digests in its signed event (RFC 9901 §4.2.3), and with the erasures in the
 * log. A disclosure that was deleted together with its key cannot be distinguished from one that was never sent.
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

/** Whether a registrar ordered the erasure and the key was deleted too. */
const isErased = ({ stored, ciphertext, key, erased }: DisclosureRow): boolean =>
  stored !== null && erased && ciphertext === null && key === null;

/** Returns the digest of the stored disclosure, or a description of what is stored. */
function contentOf({ digest, ciphertext, key, erased }: DisclosureRow): string {
  if (erased) return 'kept though it was to be erased';
  if (ciphertext === null) return 'gone though nobody had it erased';
  if (key === null) return 'without a key';
  const opened = openDisclosure({ ciphertext, key }, digest);
  return opened === null ? 'not opened by its key' : sdDigest(opened);
}
