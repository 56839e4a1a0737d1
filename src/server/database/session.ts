/**
 * What the service relies on in every session, whatever the server, the database or the login was given as its default:
 * how dates, intervals, bytes and numbers are written, and which tables a bare name means.
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

/** Options of a connection (libpq's `options`): the pinned settings, in this role, and what else is given. */
export const sessionOptions = (role: string, more: Readonly<Record<string, string | number>> = {}): string =>
  Object.entries({ role, search_path: 'public', ...PINNED, ...more })
    .map(([name, value]) => `-c ${name}=${value}`)
    .join(' ');
