import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseEnv } from 'node:util';
import { hasCode } from '../platform/system-error.js';
import { CommandError, EXIT } from './output/terminal.js';

/**
 * Settings that a `.env` may set; others are ignored, because a folder must not change how programs are found or run.
 */
const SETTING =
  /^(ADIT_[A-Z0-9_]+|DATABASE_URL|DATABASE_OWNER_URL|DATABASE_READ_URL|REDIS_URL|SMTP_URL|HOST|PORT|NO_COLOR)$/;

/** The ledger that commands use unless they are given another. */
export const DEFAULT_SERVER = 'http://127.0.0.1:8400';

/** Reads `.env` of the working folder into the environment. Variables that are set already stay. */
export function loadEnvironmentFile(file = '.env'): void {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'EISDIR')) return;
    throw new CommandError(
      `${file} cannot be read: ${(error as Error).message}`,
      'Commands read settings from it.',
      EXIT.usage,
    );
  }
  for (const [name, value] of Object.entries(parseEnv(text.replace(/^\uFEFF/, ''))))
    if (SETTING.test(name) && value !== undefined && value !== '') process.env[name] ??= value;
}

/** Unsets empty variables, so that `ADIT_SERVER= adit …` means the default. */
export function dropEmptySettings(): void {
  for (const name of ['ADIT_SERVER', 'ADIT_KEY', 'ADIT_AS', 'ADIT_TOKEN', 'ADIT_OUTBOX'])
    if (process.env[name] === '') delete process.env[name];
}

/**
 * Whether the environment disables colours: NO_COLOR set to any value (no-color.org), or a terminal without colours.
 */
export const withoutColour = (): boolean => (process.env.NO_COLOR ?? '') !== '' || process.env.TERM === 'dumb';

/** Days for which accepted events stay in the outbox, as they were written; undefined where nothing is set. */
export const outboxDays = (): string | undefined => process.env.ADIT_OUTBOX_DAYS;

/** A token or a key for machines, with which commands sign in; undefined: none. */
export const tokenOfEnvironment = (): string | undefined => process.env.ADIT_TOKEN;

/** File of the operator's token: as the service has it, beside the service key unless set. */
export const operatorTokenFile = (): string =>
  process.env.ADIT_OPERATOR_TOKEN_FILE ||
  join(dirname(process.env.ADIT_SERVICE_KEY_FILE || '.adit/keys/service.jwk'), 'operator.token');

/** The ledger and the key with which commands sign in, for those that have no options for them. */
export const signInOfEnvironment = (): { server: string; key?: string; as?: string } => ({
  server: process.env.ADIT_SERVER ?? DEFAULT_SERVER,
  ...(process.env.ADIT_KEY === undefined ? {} : { key: process.env.ADIT_KEY }),
  ...(process.env.ADIT_AS === undefined ? {} : { as: process.env.ADIT_AS }),
});

/** Returns the token of the environment for an address: for the ledger that the environment names, and no other. */
export const tokenFor = (url: string): string | null =>
  `${url}/`.startsWith(`${signInOfEnvironment().server}/`) ? (tokenOfEnvironment() ?? null) : null;
