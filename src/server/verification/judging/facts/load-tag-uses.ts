import type { Facts, JudgedEvent, TagIssue, TagUse } from '../../../../core/rules/engine/facts.js';
import { tagsPutOn } from '../../../../core/rules/engine/subjects.js';
import type { Queryable } from '../../../database/rows.js';
import type { ReadEvents } from './read-events.js';
import { pastsOf } from './walk-lineage.js';
import { tagDigits } from '../../../../core/event/identifiers.js';

/** Lists the tags that an entry applies or makes void. */
const tagsNamed = (entry: JudgedEvent): string[] =>
  entry.event.type === 'tags.voided' ? entry.event.payload.tags : tagsPutOn(entry).map(({ tag }) => tag);

type TagFacts = Pick<Facts, 'tagUses' | 'tagIssues' | 'ancestors'>;

/** Loads every use of the entries' tags, where they were issued, and which of the lots descend from another. */
export async function loadTagUses(db: Queryable, events: ReadEvents, { entries, end }: Facts): Promise<TagFacts> {
  const tags = [...new Set(entries.flatMap(tagsNamed))];
  const tagUses = new Map<string, TagUse[]>();
  if (tags.length === 0) return { tagUses, tagIssues: new Map(), ancestors: new Map() };
  const { rows } = await db.query<Omit<TagUse, 'signer'> & { tag: string; corrected: boolean }>(
    `SELECT used.tag, used.lot, used.index, entry.id AS event,
            EXISTS (SELECT FROM corrections AS c WHERE c.target = entry.id AND c.in_force_index IS NOT NULL) AS corrected
       FROM tag_uses AS used JOIN entries AS entry ON entry.index = used.index
      WHERE used.tag = ANY($1::text[]) AND used.index < $2
      ORDER BY used.tag, used.index, used.lot`,
    [tags, end],
  );
  events.spend(rows.length);
  const readAgain = await events.byIndex(
    db,
    rows.flatMap(({ corrected, index }) => (corrected ? [index] : [])),
  );
  for (const { tag, corrected, ...use } of rows) {
    const entry = readAgain.get(use.index);
    // A correction removed the tag from that lot.
    if (corrected && entry !== undefined && !tagsPutOn(entry).some((put) => put.tag === tag && put.lot === use.lot))
      continue;
    const uses = tagUses.get(tag);
    const unsigned = { ...use, signer: '' };
    if (uses === undefined) tagUses.set(tag, [unsigned]);
    else uses.push(unsigned);
  }
  const shared = [...tagUses.values()].filter((uses) => new Set(uses.map(({ lot }) => lot)).size > 1);
  const used = await events.byIndex(
    db,
    shared.flat().map(({ index }) => index),
  );
  for (const use of shared.flat()) use.signer = used.get(use.index)?.event.iss ?? '';
  return {
    tagUses,
    tagIssues: await loadTagIssues(db, tags, end),
    ancestors: await loadAncestors(db, shared.flat(), end, (read) => events.spend(read)),
  };
}

/** Looks up a tag as series and decimal number; a series may end in a digit, so every split is tried. */
async function loadTagIssues(db: Queryable, tags: readonly string[], end: number): Promise<Facts['tagIssues']> {
  const cuts = tags.flatMap((tag) => {
    const digits = tagDigits(tag);
    return Array.from({ length: digits }, (_, i) => {
      const number = tag.slice(tag.length - digits + i);
      return { tag, series: tag.slice(0, tag.length - digits + i), number: Number(number), length: number.length };
    });
  });
  const { rows } = await db.query<TagIssue & { tag: string }>(
    `SELECT cut.tag, issued.site, issued.index, entry.id AS event
       FROM json_to_recordset($1) AS cut (tag text, series text, number bigint, length integer)
       JOIN tag_ranges AS issued ON issued.series = cut.series
        AND cut.number BETWEEN issued.from_number AND issued.to_number AND issued.index < $2
        AND cut.length = GREATEST(COALESCE(issued.digits, 0), length(cut.number::text))
       JOIN entries AS entry ON entry.index = issued.index
      ORDER BY cut.tag, issued.index`,
    [JSON.stringify(cuts), end],
  );
  const issues = new Map<string, TagIssue[]>();
  for (const { tag, ...issue } of rows) issues.set(tag, [...(issues.get(tag) ?? []), issue]);
  return issues;
}

/** Ancestors searched for one lot with a tag at most; beyond it the lots count as unrelated. */
const MAX_ANCESTORS = 10_000;

/** Returns which of the given lots descend from which others. */
async function loadAncestors(
  db: Queryable,
  uses: readonly TagUse[],
  end: number,
  spend: (rows: number) => void,
): Promise<Facts['ancestors']> {
  const among = [...new Set(uses.map(({ lot }) => lot))];
  const pasts = await pastsOf(db, among, { end, limit: MAX_ANCESTORS, spend, among });
  return new Map([...pasts].flatMap(([lot, { lots }]) => (lots.length === 0 ? [] : [[lot, new Set(lots)]])));
}
