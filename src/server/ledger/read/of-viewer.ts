/** A list of rows that row-level security chooses. All members are constants of the code. */
interface ViewerList {
  table: 'findings' | 'alerts';
  /** What is selected, with all columns of the order. */
  columns: string;
  where: string;
  order: string;
  limit: string;
  /** Parts of a viewer at most up to which its rows are found lot by lot: the more, the longer the list. */
  fewParts: number;
}

/**
 * Returns a statement for the rows of a table that the viewer sees. A viewer with few parts in lots gets those that name one of them; one with
 * many sees a share of all rows, so that these are tested in order until there are enough.
 */
export function ofViewer({ table, columns, where, order, limit, fewParts }: ViewerList): string {
  const rows = (path: string): string =>
    `(SELECT ${columns} FROM ${table} WHERE ${path} AND ${where} ORDER BY ${order} LIMIT ${limit})`;
  return `
    WITH few AS MATERIALIZED (SELECT viewer_${table}(${fewParts}) AS ids)
    SELECT ${columns} FROM (
      ${rows('(SELECT ids FROM few) IS NULL')} UNION ALL ${rows('id = ANY ((SELECT ids FROM few)::uuid[])')}) AS seen
     ORDER BY ${order} LIMIT ${limit}`;
}
