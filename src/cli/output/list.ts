import type { Command } from 'commander';
import { CommandError, EXIT, type Terminal } from './terminal.js';
import { type Column, table } from './table.js';

/** Rows that a list shows by default. */
const STANDARD = 50;
/** Rows that are aligned together; a longer list is written in pieces. */
const PIECE = 100;

export interface ListOptions {
  limit?: string;
  all?: boolean;
}

/** Adds the options of every list. */
export const withLimit = (command: Command): Command =>
  command.option('--limit <number>', `rows at most (default: ${STANDARD})`).option('--all', 'every row, however many');

/** Returns the number of requested rows. */
export function limitOf({ limit, all }: ListOptions): number {
  if (all === true) return Infinity;
  if (limit === undefined) return STANDARD;
  if (/^[1-9][0-9]{0,6}$/.test(limit)) return Number(limit);
  throw new CommandError(`--limit ${limit} is no number of rows.`, 'Write, for example, --limit 20.', EXIT.usage);
}

export interface Listing<Row> {
  columns: readonly Column<Row>[];
  /** Text for an empty list. */
  none: string;
}

/**
 * Prints a list: a table for people, one JSON document a row for scripts. Reads one row more than it shows. Returns the
 * number of rows shown.
 */
export async function printList<Row>(
  terminal: Terminal,
  rows: AsyncIterable<Row>,
  { columns, none }: Listing<Row>,
  options: ListOptions,
): Promise<number> {
  const limit = limitOf(options);
  let shown = 0;
  let piece: Row[] = [];
  const write = (): void => {
    const lines = piece.length === 0 ? [] : table(piece, columns, terminal.width);
    for (const [i, line] of lines.entries())
      if (i > 0) terminal.say(line);
      else if (shown === piece.length) terminal.say(terminal.colour.dim(line));
    piece = [];
  };
  for await (const row of rows) {
    if (shown === limit) {
      write();
      terminal.note(`There are more than ${limit}: add --limit ${limit * 2}, or --all.`);
      return shown;
    }
    shown += 1;
    terminal.result(row);
    piece.push(row);
    if (piece.length === PIECE) write();
  }
  write();
  if (shown === 0) terminal.note(none);
  return shown;
}
