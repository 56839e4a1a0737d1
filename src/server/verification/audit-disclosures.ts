import { sdDigest } from '../../core/event/disclosure.js';
import type { Queryable } from '../database/rows.js';

/** Disclosures held in memory at a time. */
const CHUNK = 1_000;

/** A stored disclosure that its event does not commit to. */
export interface DisclosureFault {
  event: string;
  digest: string;
  /** Index of the event; null if the log has no such entry. */
  index: number | null;
  /** What the disclosure really hashes to. */
  actual: string;
}

interface DisclosureRow {
  event: string;
  digest: string;
  disclosure: string;
  index: number | null;
  jws: string | null;
}

/** Compares every stored disclosure with the digests in its signed event (RFC 9901 §4.2.3). */
export async function auditDisclosures(db: Queryable): Promise<DisclosureFault[]> {
  const faults: DisclosureFault[] = [];
  let last = { event: '', digest: '' };
  for (;;) {
    const { rows } = await db.query<DisclosureRow>(
      `SELECT d.event, d.digest, d.disclosure, e.index, e.jws
         FROM disclosures AS d LEFT JOIN entries AS e ON e.id = d.event
        WHERE (d.event, d.digest) > ($1, $2) ORDER BY d.event, d.digest LIMIT $3`,
      [last.event, last.digest, CHUNK],
    );
    faults.push(...rows.flatMap(faultOf));
    const end = rows.at(-1);
    if (end === undefined) return faults;
    last = { event: end.event, digest: end.digest };
  }
}

function faultOf({ event, digest, disclosure, index, jws }: DisclosureRow): DisclosureFault[] {
  const actual = sdDigest(disclosure);
  const committed = jws !== null && payloadText(jws).includes(`"${digest}"`);
  return actual === digest && committed ? [] : [{ event, digest, index, actual }];
}

/** A digest is random enough that finding it in quotes in the payload is finding it in an `_sd` array. */
const payloadText = (jws: string): string => Buffer.from(jws.split('.')[1] ?? '', 'base64url').toString('utf8');
