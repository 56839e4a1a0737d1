import { setFlagsFromString } from 'node:v8';
import type { Config } from '../config/config.js';

/**
 * Garbage that V8 may accumulate before it collects the old generation, per cent of the memory in use. The default is
 * several times that: 1.1 GiB for 95 MiB in use.
 */
const GARBAGE = 50;

/**
 * Limits the memory of this process to a multiple of what it uses. Role `api` keeps V8's default, because it allocates
 * less, and collecting more often costs some per cent of its processor time.
 */
export function boundGarbage({ role }: Pick<Config, 'role'>): void {
  if (role !== 'api') setFlagsFromString(`--heap-growing-percent=${GARBAGE}`);
}
