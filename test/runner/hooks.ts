import { readFileSync } from 'node:fs';
import type { LoadHook, ResolveHook } from 'node:module';
import { fileURLToPath } from 'node:url';
import { withBundledThreads } from '../support/bundled-threads.js';
import { BUNDLE } from '../support/programs.js';

const GLOBALS = new URL('./jest-globals.js', import.meta.url).href;
const SOURCE = new URL('../../src/server/', import.meta.url).href;
const bundle = process.env[BUNDLE];

/** Gives each suite the globals of the runner. */
export const resolve: ResolveHook = (specifier, context, next) =>
  specifier === '@jest/globals' ? { url: GLOBALS, format: 'module', shortCircuit: true } : next(specifier, context);

/** Starts the threads of a service in this process from the bundle, where the run has one. */
export const load: LoadHook = (url, context, next) => {
  if (bundle === undefined || !url.startsWith(SOURCE) || url.endsWith('.json')) return next(url, context);
  const source = withBundledThreads(readFileSync(fileURLToPath(url), 'utf8'), bundle);
  return { format: 'module', source, shortCircuit: true };
};
