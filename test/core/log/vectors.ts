import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { it } from '@jest/globals';
import * as z from 'zod';

/** Test vectors are kept beside the project, not in it; tests run from the project's root. */
const root = join(process.cwd(), '..', 'shared', 'vectors');

/** Declares a test that needs a folder of vectors: skipped, and saying so in its name, where there is none. */
export function itWithVectors(folder: string, name: string, test: (path: string) => void | Promise<void>): void {
  const path = join(root, folder);
  if (existsSync(path)) it(name, () => test(path));
  else it.skip(`${name} (no vectors at ${path})`, () => undefined);
}

export function readJson<S extends z.ZodType>(schema: S, ...path: string[]): z.infer<S> {
  return schema.parse(JSON.parse(readFileSync(join(...path), 'utf8')));
}

/** Every JSON file below a folder. */
export function jsonFiles(path: string): string[] {
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.json'))
    .map((file) => join(path, file));
}
