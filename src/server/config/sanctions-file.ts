import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { SanctionsEntry, SanctionsList } from '../../core/rules/actors/sanctioned-party.js';
import { sha256 } from '../../platform/sha256.js';

/** Columns of the simplified CSV of OpenSanctions that are read. */
const COLUMNS = ['id', 'name', 'aliases', 'countries', 'identifiers'] as const;

/** Splits a CSV text (RFC 4180) into rows of fields. */
function rowsOf(text: string): string[][] {
  const rows: string[][] = [[]];
  const field = /("(?:[^"]|"")*"|[^",\r\n]*)(,|\r?\n|$)/gy;
  while (field.lastIndex < text.length) {
    const at = field.lastIndex;
    const match = field.exec(text);
    if (match === null) throw new Error(`it is no CSV at character ${at}`);
    const [, value = '', end = ''] = match;
    rows.at(-1)?.push(value.startsWith('"') ? value.slice(1, -1).replaceAll('""', '"') : value);
    if (end !== ',' && field.lastIndex < text.length) rows.push([]);
  }
  return rows;
}

const listIn = (text: string | undefined): string[] =>
  (text ?? '')
    .split(';')
    .map((part) => part.trim())
    .filter((part) => part !== '');

/** Reads a file of OpenSanctions (simplified CSV) with its hash. Throws with the fault of the file. */
export function loadSanctions(file: string): SanctionsList {
  const wrong = (detail: string): Error => new Error(`The list of sanctions in ${file} cannot be used: ${detail}`);
  let bytes: Buffer;
  let rows: string[][];
  try {
    bytes = readFileSync(file);
    rows = rowsOf(bytes.toString('utf8').replace(/^\uFEFF/, ''));
  } catch (error) {
    throw wrong(error instanceof Error ? error.message : String(error));
  }
  const header = rows[0] ?? [];
  const at = new Map(header.map((name, i) => [name, i]));
  const missing = COLUMNS.filter((column) => !at.has(column));
  if (missing.length > 0) throw wrong(`it has no column ${missing.join(', ')}`);
  const valueIn = (row: readonly string[], column: string): string | undefined => row[at.get(column) ?? -1];
  const entries = rows.slice(1).flatMap((row): SanctionsEntry[] => {
    const id = valueIn(row, 'id') ?? '';
    const names = [valueIn(row, 'name')?.trim() ?? '', ...listIn(valueIn(row, 'aliases'))].filter(
      (name) => name !== '',
    );
    return id === '' || names.length === 0
      ? []
      : [{ id, names, countries: listIn(valueIn(row, 'countries')), identifiers: listIn(valueIn(row, 'identifiers')) }];
  });
  const days = rows.slice(1).flatMap((row) => valueIn(row, 'last_change')?.slice(0, 10) ?? []);
  return {
    file: basename(file),
    sha256: Buffer.from(sha256(bytes)).toString('hex'),
    date: days.reduce<string | null>((newest, day) => (newest === null || day > newest ? day : newest), null),
    entries,
  };
}
