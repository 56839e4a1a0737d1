import { readFileSync, readdirSync } from 'node:fs';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Injectable } from '@nestjs/common';
import { AditError } from '../../core/errors.js';

/** Where `scripts/build-web.js` puts what browsers load. */
const FOLDER = new URL('../../../web/', import.meta.url);

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

/** A file with its media type. */
export interface BuiltFile {
  bytes: Buffer;
  type: string;
}

type Manifest = Readonly<Record<string, { file: string; css?: string[] }>>;

const manifestOf = (): Manifest => JSON.parse(readFileSync(new URL('manifest.json', FOLDER), 'utf8')) as Manifest;

/** Finds the built files that pages load. Their names carry a hash of their contents. */
@Injectable()
export class BuiltFiles {
  private readonly manifest = manifestOf();
  private readonly files = new Map<string, BuiltFile>(
    readdirSync(new URL('assets/', FOLDER))
      .filter((name) => extname(name) in types)
      .map((name) => [
        name,
        { bytes: readFileSync(fileURLToPath(new URL(`assets/${name}`, FOLDER))), type: types[extname(name)] ?? '' },
      ]),
  );

  /** Returns the address of a file by its source below src/web. */
  readonly address = (source: string): string => {
    const built = this.manifest[source];
    if (built === undefined) throw new Error(`${source} is not built: run "npm run build".`);
    return `/${built.file}`;
  };

  /** Returns a file by its name. Throws `not-found`. */
  file(name: string): BuiltFile {
    const file = this.files.get(name);
    if (file === undefined) throw new AditError('not-found', 'There is no such file.');
    return file;
  }
}
