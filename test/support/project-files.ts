import { readFileSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';

/** The project's root: tests run from the build folder, whatever its name. */
export const root = process.cwd();

/** Lists the files of a folder and its subfolders by the end of their names, relative to the root. */
export function filesUnder(folder: string, ending: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(ending))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)));
}

/** Reads a file by its path from the root. */
export const read = (path: string): string => readFileSync(join(root, path), 'utf8');
