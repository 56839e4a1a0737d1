import type { ComponentChildren, VNode } from 'preact';
import { useSay } from './frame.js';
import { withQuery } from './with-query.js';

/** A column of a table: its text is what a CSV file has, its cell what a page shows where that differs. */
export interface Column<Row> {
  title: string;
  text: (row: Row) => string;
  cell?: (row: Row) => ComponentChildren;
  /** Whether it has numbers, which stand at the right. */
  number?: boolean;
  /** Whether only files have it, such as ids in full. */
  fileOnly?: boolean;
}

interface TableProps<Row> {
  rows: readonly Row[];
  columns: readonly Column<Row>[];
  /** What stands in place of a table without rows: what to do next. */
  empty: ComponentChildren;
  label: string;
}

/** Renders rows as a table, which becomes a list of rows on narrow screens. */
export function Table<Row>({ rows, columns, empty, label }: TableProps<Row>): VNode {
  if (rows.length === 0) return <p class="empty">{empty}</p>;
  const shown = columns.filter(({ fileOnly }) => fileOnly !== true);
  return (
    <div class="scroll">
      <table class="stack" aria-label={label}>
        <thead>
          <tr>
            {shown.map(({ title, number }) => (
              <th key={title} scope="col" class={number === true ? 'n' : undefined}>
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, i) => (
            <tr key={i}>
              {shown.map(({ title, text, cell, number }) => (
                <td key={title} class={number === true ? 'n' : undefined}>
                  {cell === undefined ? text(row) : cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** A text that spreadsheets would take for a formula. */
const FORMULA = /^[=+\-@\t\r]/;
const NEGATIVE = /^-[0-9]+(\.[0-9]+)?$/;

/** Returns a value of a CSV file (RFC 4180); an apostrophe before a formula makes it a text. */
function csvValue(text: string): string {
  const safe = FORMULA.test(text) && !NEGATIVE.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Returns rows as a CSV file, with the titles of all columns. */
export const csvOf = <Row,>(rows: readonly Row[], columns: readonly Column<Row>[]): string =>
  [columns.map(({ title }) => title), ...rows.map((row) => columns.map(({ text }) => text(row)))]
    .map((values) => `${values.map(csvValue).join(',')}\r\n`)
    .join('');

/** Renders the links below a list: to its next page, and to the same rows as a file. */
export function ListLinks({ address, next }: { address: string; next: string | null }): VNode {
  const say = useSay();
  return (
    <p class="row more-space">
      {next === null ? null : (
        <a class="btn" href={withQuery(address, { cursor: next })} rel="next">
          {say.word('list.next')}
        </a>
      )}
      <a href={withQuery(address, { format: 'csv' })} download>
        CSV
      </a>
    </p>
  );
}

/** A fact about the subject of a page; null where it has none. */
export type Fact = readonly [string, ComponentChildren];

/** Renders facts as names and values; leaves out those that are null. */
export const Facts = ({ facts }: { facts: readonly Fact[] }): VNode => (
  <dl class="facts">
    {facts
      .filter(([, value]) => value !== null)
      .map(([name, value]) => (
        <>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </>
      ))}
  </dl>
);
