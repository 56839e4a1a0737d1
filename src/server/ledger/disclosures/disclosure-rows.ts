import { sdDigest } from '../../../core/event/disclosure.js';
import { type Queryable, insertRows } from '../../database/rows.js';
import { openDisclosure, sealDisclosure } from './disclosure-cipher.js';
import { storedPayload } from '../read/reread-event.js';

/** Disclosures of one event as SQL returns them: each `digest:key:ciphertext`, the last two in hexadecimal. */
export type SealedDisclosures = string[] | null;

/** SQL for the disclosures of the event `id` that are not erased, in the order of their digests. */
export const sealedDisclosuresOf = (id: string): string => `
  (SELECT array_agg(d.digest || ':' || encode(k.key, 'hex') || ':' || encode(d.ciphertext, 'hex') ORDER BY d.digest)
     FROM disclosures AS d JOIN disclosure_keys AS k USING (event, digest)
    WHERE d.event = ${id} AND d.ciphertext IS NOT NULL)`;

/** Decrypts disclosures. One that does not decrypt was tampered with; it is left out, and the audit reports it. */
export function openDisclosures(sealed: SealedDisclosures): string[] {
  return (sealed ?? []).flatMap((row) => {
    const [digest = '', key = '', ciphertext = ''] = row.split(':');
    const opened = openDisclosure({ key: Buffer.from(key, 'hex'), ciphertext: Buffer.from(ciphertext, 'hex') }, digest);
    return opened ?? [];
  });
}

const disclosuresIn = (text: string): string[] => text.split('~').slice(1, -1);

/** An erasure that a registrar ordered: a digest, and the country whose actors it covers; null: all. */
export interface Erasure {
  digest: string;
  country: string | null;
}

/** Whether one of the orders covers what an actor of that country has signed. */
export const isErasedBy = (orders: readonly Erasure[], digest: string, country: string | null | undefined): boolean =>
  orders.some((order) => order.digest === digest && (order.country === null || order.country === country));

/**
 * Returns the country of each event's signer, by the event's id.
 * @param events as they were signed.
 */
export async function countriesOfSigners(
  db: Queryable,
  events: readonly { id: string; text: string }[],
): Promise<Map<string, string | null>> {
  const signed = events.map(({ id, text }) => ({ id, iss: issuerOf(text) }));
  const { rows } = await db.query<{ id: string; country: string | null }>(
    'SELECT id, country FROM actors WHERE id = ANY($1::text[])',
    [[...new Set(signed.map(({ iss }) => iss))]],
  );
  const countries = new Map(rows.map(({ id, country }) => [id, country]));
  return new Map(signed.map(({ id, iss }) => [id, countries.get(iss) ?? null]));
}

/** Empty if the stored text was tampered with and cannot be parsed. */
function issuerOf(text: string): string {
  try {
    return String(storedPayload<{ iss?: unknown }>(text).iss);
  } catch {
    return '';
  }
}

/**
 * Adds new disclosures of logged events, which another client may have sent first without them. An erased row stays
 * erased.
 */
export async function addDisclosures(db: Queryable, events: readonly { id: string; text: string }[]): Promise<void> {
  const showing = events.filter(({ text }) => disclosuresIn(text).length > 0);
  if (showing.length === 0) return;
  const { rows } = await db.query<{ event: string; digest: string }>(
    'SELECT event, digest FROM disclosures WHERE event = ANY($1::text[])',
    [showing.map(({ id }) => id)],
  );
  const held = new Set(rows.map(({ event, digest }) => `${event} ${digest}`));
  const missing = showing.map(({ id, text }) => {
    const jws = text.slice(0, text.indexOf('~'));
    const fresh = disclosuresIn(text).filter((disclosure) => {
      const name = `${id} ${sdDigest(disclosure)}`;
      if (held.has(name)) return false;
      held.add(name);
      return true;
    });
    return { id, text: [jws, ...fresh, ''].join('~') };
  });
  await writeDisclosures(db, missing);
  // What rules read of these entries has grown: they are judged again.
  await db.query(
    'INSERT INTO late_disclosures (index) SELECT index FROM entries WHERE id = ANY($1::text[]) ORDER BY index',
    [missing.filter(({ text }) => disclosuresIn(text).length > 0).map(({ id }) => id)],
  );
}

/** Stores the disclosures of events, except those that were erased before. */
export async function writeDisclosures(db: Queryable, events: readonly { id: string; text: string }[]): Promise<void> {
  const given = events.flatMap(({ id, text }) =>
    disclosuresIn(text).map((disclosure) => ({ event: id, digest: sdDigest(disclosure), disclosure })),
  );
  if (given.length === 0) return;
  const { rows: orders } = await db.query<Erasure>(
    'SELECT digest, country FROM erasures WHERE digest = ANY($1::text[])',
    [given.map(({ digest }) => digest)],
  );
  if (orders.length === 0) return insertSealed(db, given);
  const countries = await countriesOfSigners(db, events);
  await insertSealed(
    db,
    given.filter(({ event, digest }) => !isErasedBy(orders, digest, countries.get(event))),
  );
}

async function insertSealed(
  db: Queryable,
  given: readonly { event: string; digest: string; disclosure: string }[],
): Promise<void> {
  const hex = (bytes: Buffer): string => `\\x${bytes.toString('hex')}`;
  const sealed = given.map(({ event, digest, disclosure }) => ({
    event,
    digest,
    ...sealDisclosure(disclosure, digest),
  }));
  await insertRows(
    db,
    'disclosures',
    sealed.map(({ event, digest, ciphertext }) => ({ event, digest, ciphertext: hex(ciphertext) })),
  );
  await insertRows(
    db,
    'disclosure_keys',
    sealed.map(({ event, digest, key }) => ({ event, digest, key: hex(key) })),
  );
}

/** Deletes the disclosures of these waiting events: they no longer wait, or are stored again. */
export async function forgetDisclosures(db: Queryable, events: readonly string[]): Promise<void> {
  await db.query('DELETE FROM disclosure_keys WHERE event = ANY($1::text[])', [events]);
  await db.query('DELETE FROM disclosures WHERE event = ANY($1::text[])', [events]);
}

/**
 * Erases disclosures: deletes key and ciphertext; the row stays. A deleted key stays in the database's file until
 * `SweepErased` rewrites the part, so this records the part.
 */
export async function eraseDisclosures(db: Queryable, orders: readonly Erasure[]): Promise<void> {
  if (orders.length === 0) return;
  const { rows: named } = await db.query<{ event: string; digest: string; text: string }>(
    `SELECT d.event, d.digest, COALESCE(e.jws, w.event) AS text
       FROM disclosures AS d LEFT JOIN entries AS e ON e.id = d.event LEFT JOIN waiting AS w ON w.id = d.event
      WHERE d.digest = ANY($1::text[])`,
    [orders.map(({ digest }) => digest)],
  );
  const countries = await countriesOfSigners(
    db,
    named.map(({ event, text }) => ({ id: event, text })),
  );
  const erased = named.filter(({ event, digest }) => isErasedBy(orders, digest, countries.get(event)));
  const pairs = [erased.map(({ event }) => event), erased.map(({ digest }) => digest)];
  await db.query(
    `UPDATE disclosures AS d SET ciphertext = NULL FROM unnest($1::text[], $2::text[]) AS erased (event, digest)
      WHERE d.event = erased.event AND d.digest = erased.digest`,
    pairs,
  );
  await db.query(
    `WITH gone AS (
       DELETE FROM disclosure_keys AS k USING unnest($1::text[], $2::text[]) AS erased (event, digest)
        WHERE k.event = erased.event AND k.digest = erased.digest
       RETURNING k.tableoid::regclass::text AS part
     )
     INSERT INTO sweeps (part, xid) SELECT DISTINCT part, pg_current_xact_id() FROM gone
     ON CONFLICT (part) DO UPDATE SET xid = EXCLUDED.xid`,
    pairs,
  );
}
