import type { Facts, TagUse } from '../../core/rules/facts.js';
import type { Queryable } from '../database/rows.js';

/** Every use of the tags that the entries [from, end) put on one of `lots`, and which of the users come from another. */
export async function loadTagUses(
  db: Queryable,
  from: number,
  end: number,
  lots: readonly string[],
): Promise<Pick<Facts, 'tagUses' | 'ancestors'>> {
  const tagUses = new Map<string, TagUse[]>();
  if (lots.length === 0) return { tagUses, ancestors: new Map() };
  const { rows } = await db.query<TagUse & { tag: string }>(
    `WITH fresh AS (
       SELECT DISTINCT tag FROM tag_uses WHERE lot = ANY($1::uuid[]) AND index >= $2 AND index < $3
     )
     SELECT used.tag, used.lot, used.index, entry.id AS event
       FROM fresh JOIN tag_uses AS used USING (tag) JOIN entries AS entry ON entry.index = used.index
      WHERE used.index < $3
      ORDER BY used.tag, used.index, used.lot`,
    [lots, from, end],
  );
  for (const { tag, ...use } of rows) tagUses.set(tag, [...(tagUses.get(tag) ?? []), use]);
  const shared = [...tagUses.values()].filter((uses) => new Set(uses.map(({ lot }) => lot)).size > 1);
  return { tagUses, ancestors: await loadAncestors(db, shared.flat(), end) };
}

/** Of the lots given, which come from which other of them; UNION keeps each pair once, however many ways lead there. */
async function loadAncestors(db: Queryable, uses: readonly TagUse[], end: number): Promise<Facts['ancestors']> {
  const ancestors = new Map<string, Set<string>>();
  if (uses.length === 0) return ancestors;
  const { rows } = await db.query<{ lot: string; ancestor: string }>(
    `WITH RECURSIVE up (lot, ancestor) AS (
       SELECT to_lot, from_lot FROM lineage WHERE to_lot = ANY($1::uuid[]) AND index < $2
       UNION
       SELECT up.lot, edge.from_lot FROM up JOIN lineage AS edge ON edge.to_lot = up.ancestor
     )
     SELECT lot, ancestor FROM up WHERE ancestor = ANY($1::uuid[])`,
    [[...new Set(uses.map(({ lot }) => lot))], end],
  );
  for (const { lot, ancestor } of rows) ancestors.set(lot, (ancestors.get(lot) ?? new Set()).add(ancestor));
  return ancestors;
}
