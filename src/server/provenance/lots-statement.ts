import type { LotStatus } from '../../core/custody/view.js';
import { idsBeginningWith } from '../http/paging.js';

/** What lots are searched by. */
export interface LotsFilter {
  mineral?: string | undefined;
  holder?: string | undefined;
  inTransitTo?: string | undefined;
  site?: string | undefined;
  status?: LotStatus | undefined;
  tag?: string | undefined;
  lotNumber?: string | undefined;
  name?: string | undefined;
  /** Index of an entry, before the lots and with the last of them. */
  above?: number | undefined;
  through?: number | undefined;
}

/** From which lots a search chooses: all that no policy hides, those of the viewer, or the one of its share. */
export type LotsFrom = 'all' | 'viewer' | 'share';

interface Statement {
  text: string;
  values: unknown[];
}

/** Conditions on columns of lots, and on the index of their first entry. All text is of this file. */
interface Conditions {
  columns: string[];
  index: string[];
  values: unknown[];
}

const WITH_TAG = (tag: string): string => `SELECT lot FROM tag_uses WHERE tag = ${tag}`;
const WITH_NUMBER = (number: string): string => `SELECT named.id FROM lots AS named WHERE named.lot_number = ${number}`;
const isOneOf = (lots: string): string => `id = ANY (ARRAY(${lots}))`;

/** Returns the conditions of the filter, and no others: each costs a plan, with its policies. */
function conditionsOf(filter: LotsFilter, values: unknown[]): Conditions {
  const columns: string[] = [];
  const index: string[] = [];
  const place = (value: unknown): string => `$${values.push(value)}`;
  if (filter.mineral !== undefined) columns.push(`mineral = ${place(filter.mineral)}`);
  if (filter.holder !== undefined) columns.push(`holder = ${place(filter.holder)}`);
  if (filter.inTransitTo !== undefined) columns.push(`in_transit_to = ${place(filter.inTransitTo)}`);
  if (filter.status !== undefined) columns.push(`status = ${place(filter.status)}`);
  if (filter.site !== undefined)
    columns.push(`origins @> jsonb_build_array(jsonb_build_object('site', ${place(filter.site)}::text))`);
  if (filter.tag !== undefined) columns.push(isOneOf(WITH_TAG(place(filter.tag))));
  if (filter.lotNumber !== undefined) columns.push(isOneOf(WITH_NUMBER(place(filter.lotNumber))));
  if (filter.name !== undefined) columns.push(isOneOf(named(filter.name, place)));
  if (filter.above !== undefined) index.push(`> ${place(filter.above)}`);
  if (filter.through !== undefined) index.push(`<= ${place(filter.through)}`);
  return { columns, index, values };
}

function named(name: string, place: (value: unknown) => string): string {
  const [mark, [first, last]] = [place(name), idsBeginningWith(name)];
  return `${WITH_TAG(mark)} UNION ${WITH_NUMBER(mark)}
    UNION SELECT named.id FROM lots AS named WHERE named.id BETWEEN ${place(first)}::uuid AND ${place(last)}::uuid`;
}

const isPlain = ({ columns, index }: Conditions): boolean => columns.length + index.length === 0;

const and = (conditions: readonly string[]): string => conditions.map((condition) => ` AND ${condition}`).join('');

/** Lots of the whole ledger, of those with a mark, or of a share. */
const inOrder = (path: string, { columns, index }: Conditions): string => `
  SELECT * FROM lots WHERE ${path} AND (born_index, id) < ($1, $2::uuid)${and(columns)}${and(index.map((bound) => `born_index ${bound}`))}
   ORDER BY born_index DESC, id DESC LIMIT $3`;

/**
 * The lots of the viewer, found by its parts and not by looking through all lots: row-level security alone would test every
 * lot of the ledger.
 */
function byParts({ columns, index }: Conditions): string {
  const ofPath = (path: string): string => `
    (SELECT lots.* FROM lot_parties AS part JOIN lots ON lots.id = part.lot
      WHERE ${path} AND part.party = mine.party AND part.until_index IS NULL AND (part.born_index, part.lot) < ($1, $2::uuid)
        ${and(columns)}${and(index.map((bound) => `part.born_index ${bound}`))}
      ORDER BY part.born_index DESC, part.lot DESC LIMIT $3)`;
  return `
    SELECT DISTINCT ON (born_index, id) found.*
      FROM viewer_paths() AS mine CROSS JOIN LATERAL (
        ${ofPath('mine.lots IS NULL')} UNION ALL ${ofPath('part.lot = ANY (mine.lots)')}) AS found
     ORDER BY born_index DESC, id DESC LIMIT $3`;
}

/** All lots of the viewer, found by one function, whose plan is kept, and tested by the policy of lots. */
const NEWEST = `
  SELECT lots.* FROM viewer_lots($1, $2::uuid, $3) AS mine JOIN lots ON lots.id = mine.lot
   ORDER BY lots.born_index DESC, lots.id DESC`;

/** Returns the statement for the newest lots before a place in their order. */
export function lotsStatement(
  from: LotsFrom,
  filter: LotsFilter,
  [born, id]: readonly [number, string],
  limit: number,
): Statement {
  const conditions = conditionsOf(filter, [born, id, limit]);
  const { values } = conditions;
  if (from === 'viewer') return { text: isPlain(conditions) ? NEWEST : byParts(conditions), values };
  return { text: inOrder(from === 'share' ? 'id = viewer_lot()' : 'true', conditions), values };
}
