import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** The build folder, in which `scripts/bundle.js` makes the bundle. */
const DIST = new URL('../../', import.meta.url);

/**
 * Returns the address of the program's bundle, which loads in half the time; null if there is none, or if the compiled
 * files have changed since it was made.
 */
export function newestBundle(dist: URL = DIST): string | null {
  try {
    const compiled = createHash('sha256').update(readFileSync(new URL('.tsbuildinfo', dist)));
    const bundled = readFileSync(new URL('bundle/compiled.sha256', dist), 'utf8');
    return bundled === compiled.digest('hex') ? new URL('bundle/run.js', dist).href : null;
  } catch {
    return null;
  }
}
