import { sdDigest } from '../../core/event/disclosure.js';
import { type Queryable, insertRows } from '../database/rows.js';
import { openDisclosure, sealDisclosure } from './disclosure-cipher.js';

/** What has been disclosed of one event, as SQL gives it: each `digest:key:ciphertext`, the last two in hexadecimal. */
export type SealedDisclosures = string[] | null;

/** What has been disclosed of the event whose id is `id`, and not erased, in the order of the digests. */
export const sealedDisclosuresOf = (id: string): string => `
  (SELECT array_agg(d.digest || ':' || encode(k.key, 'hex') || ':' || encode(d.ciphertext, 'hex') ORDER BY d.digest)
     FROM disclosures AS d JOIN disclosure_keys AS k USING (event, digest)
    WHERE d.event = ${id} AND d.ciphertext IS NOT NULL)`;

/** The disclosures in the clear. One that does not open has been tampered with: the audit names it, and it says nothing. */
export function openDisclosures(sealed: SealedDisclosures): string[] {
  return (sealed ?? []).flatMap((row) => {
    const [digest = '', key = '', ciphertext = ''] = row.split(':');
    const opened = openDisclosure({ key: Buffer.from(key, 'hex'), ciphertext: Buffer.from(ciphertext, 'hex') }, digest);
    return opened ?? [];
  });
}

const disclosuresIn = (text: string): string[] => text.split('~').slice(1, -1);

/** Stores what events bring along to be shown, but what has been erased before. */
export async function writeDisclosures(db: Queryable, events: readonly { id: string; text: string }[]): Promise<void> {
  const given = events.flatMap(({ id, text }) =>
    disclosuresIn(text).map((disclosure) => ({ event: id, digest: sdDigest(disclosure), disclosure })),
  );
  if (given.length === 0) return;
  const { rows } = await db.query<{ digest: string }>('SELECT digest FROM erasures WHERE digest = ANY($1::text[])', [
    given.map(({ digest }) => digest),
  ]);
  const erased = new Set(rows.map(({ digest }) => digest));
  await insertSealed(
    db,
    given.filter(({ digest }) => !erased.has(digest)),
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

/** Forgets what these events brought along: they wait no more, or are stored anew. */
export async function forgetDisclosures(db: Queryable, events: readonly string[]): Promise<void> {
  await db.query('DELETE FROM disclosure_keys WHERE event = ANY($1::text[])', [events]);
  await db.query('DELETE FROM disclosures WHERE event = ANY($1::text[])', [events]);
}

/** Erases: the key goes and the ciphertext goes; that there was something stays. */
export async function eraseDisclosures(db: Queryable, digests: readonly string[]): Promise<void> {
  if (digests.length === 0) return;
  await db.query('UPDATE disclosures SET ciphertext = NULL WHERE digest = ANY($1::text[])', [digests]);
  await db.query(
    `DELETE FROM disclosure_keys AS k USING disclosures AS d
      WHERE d.digest = ANY($1::text[]) AND k.event = d.event AND k.digest = d.digest`,
    [digests],
  );
}
