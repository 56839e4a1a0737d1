import { linksOf } from '../../../core/custody/links.js';
import { AditError } from '../../../core/errors.js';
import { checkInclusion, inclusionNodes, leafHash, proveInclusion } from '../../../core/log/tree.js';
import type { Database } from '../../database/database.js';
import type { Queryable } from '../../database/rows.js';
import { idsBeginningWith } from '../../http/paging.js';
import type { LedgerIdentity } from '../../ledger/ledger-identity.js';
import type { Pace } from '../../ledger/replay/replay.js';
import type { StoredEntry } from '../../ledger/read/read-log.js';
import { readEntry } from '../../ledger/read/reread-event.js';
import { ReadTree, loadHashes } from '../../ledger/read/read-tree.js';
import { sha256 } from '../../../platform/sha256.js';
import { checkLeaf, signatureHolds } from './audit-entries.js';

/** Ancestors that are followed at most. */
const MAX_LOTS = 100_000;
const CHUNK = 500;

/** A difference from what was signed, at one entry or in one lot's chain. */
export interface LotFault {
  lot: string | null;
  index: number | null;
  detail: string;
}

/** Whether an entry of this index and leaf hash is in the tree; not called for entries newer than the tree. */
type Proofs = (index: number, leaf: Uint8Array) => boolean;

export interface LotsAudit {
  lots: number;
  entries: number;
  faults: LotFault[];
}

/** Returns the lots with this name: an id, at least its first 8 characters, a tag, or a lot number. */
export async function lotsNamed(db: Queryable, name: string): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>(
    `SELECT id FROM lots
      WHERE id IN (SELECT lot FROM tag_uses WHERE tag = $1
                   UNION SELECT named.id FROM lots AS named WHERE named.lot_number = $1
                   UNION SELECT named.id FROM lots AS named WHERE named.id BETWEEN $2::uuid AND $3::uuid)
      ORDER BY born_index, id LIMIT $4`,
    [name, ...idsBeginningWith(name), MAX_LOTS],
  );
  return rows.map(({ id }) => id);
}

/** Returns the lots declared at a site. */
export async function lotsOfSite(db: Queryable, site: string): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>('SELECT id FROM lots WHERE site = $1 ORDER BY born_index LIMIT $2', [
    site,
    MAX_LOTS,
  ]);
  return rows.map(({ id }) => id);
}

/**
 * Audits lots and their ancestors. It hashes every event on or about them, verifies its signature, proves it under the
 * newest root, and checks that it follows the event that it names.
 */
export class AuditLots {
  private readonly faults: LotFault[] = [];
  /** Event id by index, computed from the text. */
  private readonly ids = new Map<number, string>();
  private root: Uint8Array | null = null;

  constructor(
    private readonly database: Database,
    private readonly identity: LedgerIdentity,
    private readonly tree: ReadTree,
  ) {}

  async audit(lots: readonly string[], pace?: Pace): Promise<LotsAudit> {
    const db = this.database;
    const all = await withAncestors(db, lots);
    const chains = await chainsOf(db, all);
    const named = await attestationsOf(db, all);
    const indices = [...new Set([...[...chains.values()].flat(), ...named])].toSorted((a, b) => a - b);
    const { rows } = await db.query<{ size: number }>('SELECT size FROM log_state');
    const size = rows[0]?.size ?? 0;
    for (let from = 0; from < indices.length; from += CHUNK) {
      await this.entries(db, indices.slice(from, from + CHUNK), size);
      await pace?.(Math.min(from + CHUNK, indices.length), indices.length);
    }
    await this.chains(db, chains);
    return { lots: all.length, entries: indices.length, faults: this.faults };
  }

  private note(index: number | null, detail: string, lot: string | null = null): void {
    this.faults.push({ lot, index, detail });
  }

  private async entries(db: Queryable, indices: readonly number[], size: number): Promise<void> {
    const { rows } = await db.query<{ index: number; id: string; jws: string; leaf_hash: Buffer; tile: Buffer | null }>(
      `SELECT e.index, e.id, e.jws, e.leaf_hash, substr(t.hashes, ((e.index % 256) * 32 + 1)::integer, 32) AS tile
         FROM entries AS e LEFT JOIN tiles AS t ON t.level = 0 AND t.index = e.index / 256
        WHERE e.index = ANY($1::bigint[])`,
      [indices],
    );
    const stored = new Map(rows.map((row) => [row.index, row]));
    const proofs = await this.proofs(db, indices, size);
    for (const index of indices) {
      const row = stored.get(index);
      if (row === undefined) this.note(index, `Entry ${index} is missing.`);
      else await this.entry(db, { ...row, leafHash: row.leaf_hash }, row.tile, proofs);
    }
  }

  private async entry(db: Queryable, entry: StoredEntry, tile: Buffer | null, proofs: Proofs): Promise<void> {
    const { index, jws } = entry;
    const { altered } = await checkLeaf(db, this.identity, entry, tile);
    if (altered !== null) return this.note(index, `Entry ${index} was changed: ${altered.columns.join(', ')}.`);
    this.ids.set(index, entry.id);
    if (!(await signatureHolds(db, this.identity, jws)) && index > 0)
      this.note(index, `The signature of entry ${index} does not verify.`);
    if (!proofs(index, leafHash(jws, sha256))) this.note(index, `Entry ${index} is not in the tree.`);
  }

  /** Returns a function that checks whether the tiles prove an entry under the newest root of the log. */
  private async proofs(db: Queryable, indices: readonly number[], size: number): Promise<Proofs> {
    try {
      this.root ??= await this.tree.rootAt(size);
      const root = this.root;
      const known = indices.filter((index) => index < size);
      const hashOf = await loadHashes(
        db,
        known.flatMap((index) => inclusionNodes(index, size)),
      );
      return (index, leaf) =>
        index >= size || checkInclusion(leaf, index, size, proveInclusion(index, size, hashOf), root, sha256);
    } catch (error) {
      if (error instanceof AditError) return () => false;
      throw error;
    }
  }

  /** Checks that every event of a chain names the one before, and that the first creates the lot. */
  private async chains(db: Queryable, chains: ReadonlyMap<string, readonly number[]>): Promise<void> {
    for (const [lot, indices] of chains) {
      const { rows } = await db.query<{ index: number; jws: string }>(
        'SELECT index, jws FROM entries WHERE index = ANY($1::bigint[]) ORDER BY index',
        [indices],
      );
      let before: string | null = null;
      for (const { index, jws } of rows) {
        const prev = this.prevOf(jws, lot);
        if (prev !== undefined && prev !== before)
          this.note(index, `Entry ${index} does not follow the event before it on lot ${lot}.`, lot);
        before = this.ids.get(index) ?? null;
      }
      if (rows.length !== indices.length) this.note(null, `Events on the chain of lot ${lot} are missing.`, lot);
    }
  }

  /**
   * Returns the event that an event names as the lot's head; null if it creates the lot; undefined if it cannot be
   * parsed.
   */
  private prevOf(jws: string, lot: string): string | null | undefined {
    try {
      const event = readEntry(jws, this.identity.origin);
      return linksOf(event).find((link) => link.lot === lot)?.prev ?? null;
    } catch (error) {
      if (error instanceof AditError) return undefined;
      throw error;
    }
  }
}

async function withAncestors(db: Queryable, lots: readonly string[]): Promise<string[]> {
  const { rows } = await db.query<{ lot: string }>(
    'SELECT lot FROM with_ancestors(ARRAY(SELECT id FROM lots WHERE id = ANY($1::uuid[])), $2) AS lot',
    [lots, MAX_LOTS],
  );
  return rows.map(({ lot }) => lot);
}

async function chainsOf(db: Queryable, lots: readonly string[]): Promise<Map<string, number[]>> {
  const { rows } = await db.query<{ lot: string; index: number }>(
    'SELECT lot, index FROM lot_events WHERE lot = ANY($1::uuid[]) ORDER BY lot, seq',
    [lots],
  );
  const chains = new Map<string, number[]>();
  for (const { lot, index } of rows) {
    const chain = chains.get(lot);
    if (chain === undefined) chains.set(lot, [index]);
    else chain.push(index);
  }
  return chains;
}

async function attestationsOf(db: Queryable, lots: readonly string[]): Promise<number[]> {
  const { rows } = await db.query<{ index: number }>(
    'SELECT DISTINCT index FROM attestations WHERE lot = ANY($1::uuid[])',
    [lots],
  );
  return rows.map(({ index }) => index);
}
