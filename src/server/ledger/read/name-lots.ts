/** Lots whose names a finding or alert shows; the others are shown by id. */
const NAMED = 5;

/**
 * Returns SQL for the names of the first lots of a `uuid[]` column, as JSON of `LotName`s.
 * @param lots a column of this schema, such as `findings.lots`.
 */
export const lotNamesOf = (lots: string): string =>
  `(SELECT COALESCE(json_agg(json_build_object('lot', named.id, 'tag', named.tags[1], 'lotNumber', named.lot_number,
                                               'site', named.site, 'mineral', named.mineral) ORDER BY named.born_index, named.id), '[]')
      FROM lots AS named WHERE named.id = ANY(${lots}[1:${NAMED}]))`;
