/** Lots that a finding or an alert names as people know them; the others by id only. */
const NAMED = 5;

/**
 * SQL that gives the first lots of a `uuid[]` column with their names, as JSON of `LotName`s.
 * @param lots a column of our own code, such as `findings.lots`.
 */
export const lotNamesOf = (lots: string): string =>
  `(SELECT COALESCE(json_agg(json_build_object('lot', named.id, 'tag', named.tags[1], 'lotNumber', named.lot_number,
                                               'site', named.site) ORDER BY named.born_index, named.id), '[]')
      FROM lots AS named WHERE named.id = ANY(${lots}[1:${NAMED}]))`;
