import { existsSync, readdirSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';

/** The build folder, in which `scripts/bundle.js` makes the bundle. */
const DIST = new URL('../../', import.meta.url);
/** Folders of compiled files in the bundle. */
const COMPILED = ['src', 'migrations'];

/**
 * Returns the address of the program's bundle, which loads in half the time; null if there is none, or if a file was
 * compiled since it was made.
 */
export function newestBundle(dist: URL = DIST): string | null {
  const bundle = new URL('bundle/run.js', dist);
  if (!existsSync(bundle)) return null;
  const made = statSync(bundle).mtimeMs;
  const isNewer = COMPILED.some((folder) => hasNewer(fileURLToPath(new URL(folder, dist)), made));
  return isNewer ? null : bundle.href;
}

const hasNewer = (folder: string, time: number): boolean =>
  readdirSync(folder, { recursive: true, withFileTypes: true }).some(
    (entry) =>
      entry.isFile() && entry.name.endsWith('.js') && statSync(join(entry.parentPath, entry.name)).mtimeMs > time,
  );
