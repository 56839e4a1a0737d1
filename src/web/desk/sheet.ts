/** One row of a pasted or opened table, by the column that its title names. */
export interface SheetRow {
  /** Its line in the table, from 1. */
  line: number;
  cells: Readonly<Partial<Record<SheetColumn, string>>>;
}

const columns = ['lot', 'mass', 'seals', 'sealState', 'outcome', 'reason'] as const;
export type SheetColumn = (typeof columns)[number];

/** Titles by which spreadsheets call a column, in lower case and without signs. */
const TITLES: Readonly<Record<SheetColumn, readonly string[]>> = {
  lot: ['lot', 'tag', 'bag', 'id', 'lot number', 'étiquette', 'etiquette', 'sac', 'kura', 'lebo', 'mfuko', 'etiqueta'],
  mass: ['mass', 'kg', 'weight', 'received', 'masse', 'poids', 'uzito', 'masa', 'peso', 'g'],
  seals: ['seal', 'seals', 'scellé', 'scelle', 'scellés', 'lakiri', 'precinto', 'precintos', 'sello'],
  sealState: ['seal state', 'seal seen', 'state', 'état', 'hali', 'estado'],
  outcome: ['outcome', 'accepted', 'résultat', 'matokeo', 'resultado'],
  reason: ['reason', 'remark', 'motif', 'raison', 'sababu', 'motivo'],
};

/** Rows and cells that are read at most: more is no day's work, and would stop the page. */
const MAX_ROWS = 2_000;
const MAX_CELL = 1_000;

export interface Sheet {
  rows: SheetRow[];
  /** Rows that were left out, because there are too many. */
  cut: number;
}

/** Reads a table as spreadsheets copy or save it: separated by tabs, semicolons or commas (RFC 4180). */
export function readSheet(text: string): Sheet {
  const plain = text.replace(/^\ufeff/, '');
  const table = cellsOf(plain, separatorOf(plain)).filter(({ cells }) => cells.some((cell) => cell !== ''));
  const named = table[0] === undefined ? null : titlesOf(table[0].cells);
  // Without titles, a table is lots and masses, as people copy two columns.
  const order = named ?? ['lot', 'mass', 'seals', 'sealState'];
  const rows = (named === null ? table : table.slice(1)).map(({ line, cells }) => ({
    line,
    cells: Object.fromEntries(
      cells.flatMap((cell, i) =>
        order[i] === undefined || order[i] === null ? [] : [[order[i], cell.slice(0, MAX_CELL)]],
      ),
    ),
  }));
  return { rows: rows.slice(0, MAX_ROWS), cut: Math.max(0, rows.length - MAX_ROWS) };
}

/** Returns the columns that a row of titles names; null if it names no lots. */
function titlesOf(cells: readonly string[]): (SheetColumn | null)[] | null {
  const found = cells.map((cell) => {
    const title = cell
      .toLowerCase()
      .replaceAll(/[(),.:]/g, ' ')
      .replaceAll(/\s+/g, ' ')
      .trim();
    return (
      columns.find((column) => TITLES[column].includes(title)) ??
      columns.find((column) => TITLES[column].includes(title.replace(/ (kg|g)$/, ''))) ??
      null
    );
  });
  return found.includes('lot') ? found : null;
}

/** Returns what separates cells: what the first line has most of, outside quotes. */
function separatorOf(text: string): string {
  const head = text.slice(0, text.search(/[\r\n]|$/)).replaceAll(/"[^"]*"/g, '');
  const counts = ['\t', ';', ','].map((sign) => [sign, head.split(sign).length] as const);
  return counts.toSorted((a, b) => b[1] - a[1])[0]?.[0] ?? ',';
}

/** Splits a table into lines of cells; a quoted cell may have separators, line ends and doubled quotes. */
function cellsOf(text: string, separator: string): { line: number; cells: string[] }[] {
  const rows: { line: number; cells: string[] }[] = [];
  let cells: string[] = [];
  let cell = '';
  let quoted = false;
  let line = 1;
  let begun = 1;
  const endCell = (): void => {
    cells.push(cell.trim());
    cell = '';
  };
  const endRow = (): void => {
    endCell();
    rows.push({ line: begun, cells });
    cells = [];
    begun = line;
  };
  for (let i = 0; i < text.length; i += 1) {
    const sign = text.charAt(i);
    if (sign === '\n') line += 1;
    if (quoted) {
      if (sign !== '"') cell += sign;
      else if (text.charAt(i + 1) === '"') {
        cell += '"';
        i += 1;
      } else quoted = false;
    } else if (sign === '"' && cell.trim() === '') {
      cell = '';
      quoted = true;
    } else if (sign === separator) endCell();
    else if (sign === '\n') endRow();
    else if (sign !== '\r') cell += sign;
  }
  if (cell !== '' || cells.length > 0) endRow();
  return rows;
}
