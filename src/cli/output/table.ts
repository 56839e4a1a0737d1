/** One column of a table. */
export interface Column<Row> {
  title: string;
  value(row: Row): string;
  /** Aligns numbers right. */
  right?: boolean;
  /** Characters to which text may be cut on a narrow terminal; by default the column has its full width. */
  least?: number;
  /** Columns with higher numbers are dropped first if even cut text does not fit; without one, never. */
  dropped?: number;
}

const GAP = 2;

/** Removes control characters, with which recorded texts could move the reader's cursor. */
const printable = (text: string): string => text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '�');
const characters = (text: string): string[] => Array.from(text);
const lengthOf = (text: string): number => characters(text).length;
const cut = (text: string, width: number): string =>
  lengthOf(text) <= width
    ? text
    : `${characters(text)
        .slice(0, Math.max(0, width - 1))
        .join('')}…`;

interface ColumnLayout<Row> {
  column: Column<Row>;
  cells: string[];
  width: number;
}

const whole = (laid: readonly { width: number }[]): number =>
  laid.reduce((sum, { width }) => sum + width, 0) + GAP * Math.max(0, laid.length - 1);

/** Narrows the widest column that may be cut until all fit or none may be cut more. */
function narrow<Row>(laid: ColumnLayout<Row>[], width: number): void {
  while (whole(laid) > width) {
    const wide = laid
      .filter((one) => one.column.least !== undefined && one.width > one.column.least)
      .toSorted((a, b) => b.width - a.width)[0];
    if (wide === undefined) return;
    wide.width -= 1;
  }
}

/** Returns the columns that fit the width, each with its own width. */
function layout<Row>(rows: readonly Row[], columns: readonly Column<Row>[], width: number): ColumnLayout<Row>[] {
  let shown = [...columns];
  for (;;) {
    const laid = shown.map((column) => {
      const cells = rows.map((row) => printable(column.value(row)));
      return { column, cells, width: Math.max(lengthOf(column.title), ...cells.map(lengthOf)) };
    });
    narrow(laid, width);
    const [least] = shown
      .filter(({ dropped }) => dropped !== undefined)
      .toSorted((a, b) => (b.dropped ?? 0) - (a.dropped ?? 0));
    if (whole(laid) <= width || least === undefined) return laid;
    shown = shown.filter((column) => column !== least);
  }
}

/**
 * Formats rows as lines with aligned columns, titles first. No line exceeds `width` if columns can be cut or dropped.
 */
export function table<Row>(rows: readonly Row[], columns: readonly Column<Row>[], width: number): string[] {
  const laid = layout(rows, columns, width);
  const line = (cells: readonly string[]): string =>
    laid
      .map(({ column, width: own }, i) => {
        const text = cut(cells[i] ?? '', own);
        const pad = ' '.repeat(own - lengthOf(text));
        return column.right === true ? pad + text : text + pad;
      })
      .join(' '.repeat(GAP))
      .trimEnd();
  return [
    line(laid.map(({ column }) => column.title.toUpperCase())),
    ...rows.map((_row, i) => line(laid.map(({ cells }) => cells[i] ?? ''))),
  ];
}
