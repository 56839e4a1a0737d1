import { eventId } from '../../../core/event/ids.js';
import { type Envelope, parseEnvelope } from '../../../core/event/envelope.js';
import { type PublicJwk, algOf } from '../../../core/event/keys.js';
import { AditError } from '../../../core/errors.js';
import { leafHash, sameHash } from '../../../core/log/tree.js';
import type { Queryable } from '../../database/rows.js';
import type { LedgerIdentity } from '../../ledger/ledger-identity.js';
import type { StoredEntry } from '../../ledger/read/read-log.js';
import { sha256 } from '../../../platform/sha256.js';
import { verifySignature } from '../../../platform/verify-signature.js';

/** An entry whose row differs from what was logged. `columns` are the changed ones, as far as that is known. */
export interface AlteredEntry {
  index: number;
  id: string;
  columns: ('jws' | 'leaf_hash' | 'id')[];
  stored: string;
  expected: string;
}

/** Leaf of an entry in the recomputed tree. */
export interface CheckedLeaf {
  leaf: Uint8Array;
  altered: AlteredEntry | null;
  /** Whether no stored copy proves the leaf: later roots cannot be checked. */
  uncertain: boolean;
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

/**
 * Compares one stored entry with itself and with its tile (null: the tile is not full yet). If text and leaf hash
 * differ, the tile decides which is right, else the signature.
 */
export async function checkLeaf(
  db: Queryable,
  identity: LedgerIdentity,
  entry: StoredEntry,
  tile: Uint8Array | null,
): Promise<CheckedLeaf> {
  const leaf = leafHash(entry.jws, sha256);
  const found = (columns: AlteredEntry['columns'], stored: string, expected: string): AlteredEntry => ({
    index: entry.index,
    id: entry.id,
    columns,
    stored,
    expected,
  });
  if (sameHash(leaf, entry.leafHash) && (tile === null || sameHash(tile, leaf)))
    return { leaf, altered: checkId(entry, found), uncertain: false };

  const signed = await signatureHolds(db, identity, entry.jws);
  const truth = tile ?? (signed ? leaf : entry.leafHash);
  if (sameHash(truth, leaf))
    return { leaf, altered: found(['leaf_hash'], base64(entry.leafHash), base64(leaf)), uncertain: false };
  // Text and hash agree and the signature verifies: probably the tile was changed, which the tree shows.
  if (signed && sameHash(leaf, entry.leafHash)) return { leaf, altered: checkId(entry, found), uncertain: false };
  const columns: AlteredEntry['columns'] = sameHash(truth, entry.leafHash) ? ['jws'] : ['jws', 'leaf_hash'];
  return { leaf: truth, altered: found(columns, base64(leaf), base64(truth)), uncertain: tile === null };
}

function checkId(
  { jws, id }: StoredEntry,
  found: (columns: AlteredEntry['columns'], stored: string, expected: string) => AlteredEntry,
): AlteredEntry | null {
  const expected = eventId(jws.slice(0, jws.lastIndexOf('.')), sha256);
  return expected === id ? null : found(['id'], id, expected);
}

/** Checks the event's signature with the key in the registry's table. */
export async function signatureHolds(db: Queryable, identity: LedgerIdentity, jws: string): Promise<boolean> {
  try {
    const envelope = parseEnvelope(`${jws}~`, sha256);
    const jwk = await keyFor(db, identity, envelope);
    return (
      jwk !== null &&
      algOf(jwk) === envelope.header.alg &&
      (await verifySignature(jwk, envelope.signingInput, envelope.signature))
    );
  } catch (error) {
    if (error instanceof AditError) return false;
    throw error;
  }
}

async function keyFor(db: Queryable, identity: LedgerIdentity, { header }: Envelope): Promise<PublicJwk | null> {
  const own = identity.serviceJwk(header.kid);
  if (own !== null) return own;
  const { rows } = await db.query<{ jwk: PublicJwk }>('SELECT jwk FROM keys WHERE kid = $1', [header.kid]);
  return rows[0]?.jwk ?? null;
}
