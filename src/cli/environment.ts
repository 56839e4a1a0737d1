import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { hasCode } from '../platform/system-error.js';
import { CommandError, EXIT } from './output/terminal.js';

/** Settings that a `.env` may make. Others are left alone: a folder must not change how programs are found or run. */
const SETTING = /^(ADIT_[A-Z0-9_]+|DATABASE_URL|DATABASE_OWNER_URL|REDIS_URL|SMTP_URL|HOST|PORT|NO_COLOR)$/;

/** Reads `.env` of the working folder into the environment. What is set already stays as it is. */
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

/** Unsets what is empty, so that `ADIT_SERVER= adit …` means the default. */
export function dropEmptySettings(): void {
  for (const name of ['ADIT_SERVER', 'ADIT_KEY', 'ADIT_AS', 'ADIT_OUTBOX'])
    if (process.env[name] === '') delete process.env[name];
}

/** Whether the environment asks for no colours: NO_COLOR set to anything (no-color.org), or a terminal that has none. */
export const withoutColour = (): boolean => (process.env.NO_COLOR ?? '') !== '' || process.env.TERM === 'dumb';
