/**
 * Settings that every session needs, whatever the defaults of the server, database or login: formats of dates,
 * intervals, bytes and numbers, and the search path.
 */
const PINNED: Readonly<Record<string, string>> = {
  datestyle: 'ISO,MDY',
  intervalstyle: 'postgres',
  timezone: 'UTC',
  standard_conforming_strings: 'on',
  bytea_output: 'hex',
  extra_float_digits: '1',
  array_nulls: 'on',
  transform_null_equals: 'off',
  backslash_quote: 'safe_encoding',
  xmloption: 'content',
  default_transaction_isolation: 'read\\ committed',
  default_transaction_deferrable: 'off',
};

/** Returns options of a connection (libpq's `options`): the fixed settings, the role, and further ones. */
export const sessionOptions = (role: string, more: Readonly<Record<string, string | number>> = {}): string =>
  Object.entries({ role, search_path: 'public', ...PINNED, ...more })
    .map(([name, value]) => `-c ${name}=${value}`)
    .join(' ');
