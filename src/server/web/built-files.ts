import { readFileSync, readdirSync } from 'node:fs';
import { extname } from 'node:path';
import { Injectable } from '@nestjs/common';
import { AditError } from '../../core/errors.js';

/** Where `scripts/build-web.js` puts what browsers load. */
const FOLDER = new URL('../../../web/', import.meta.url);

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
};

/** A file with its media type. */
interface BuiltFile {
  bytes: Buffer;
  type: string;
}

type Manifest = Readonly<Record<string, { file: string }>>;

const manifestOf = (): Manifest => JSON.parse(readFileSync(new URL('manifest.json', FOLDER), 'utf8')) as Manifest;

const filesOf = (): ReadonlyMap<string, BuiltFile> =>
  new Map(
    readdirSync(new URL('assets/', FOLDER)).map((name) => [
      name,
      {
        bytes: readFileSync(new URL(`assets/${name}`, FOLDER)),
        type: types[extname(name)] ?? 'application/octet-stream',
      },
    ]),
  );

/**
 * Finds the built files that pages load; their names carry a hash of their contents. Reads them at the first page, so a
 * service that was compiled alone still answers programs.
 */
@Injectable()
export class BuiltFiles {
  private manifest: Manifest | undefined;
  private files: ReadonlyMap<string, BuiltFile> | undefined;

  /** Returns the address of a file by its source below src/web. */
  readonly address = (source: string): string => {
    const built = (this.manifest ??= manifestOf())[source];
    if (built === undefined) throw new Error(`${source} is not built: run "npm run build".`);
    return `/${built.file}`;
  };

  /** Returns a file by its name. Throws `not-found`. */
  file(name: string): BuiltFile {
    const file = (this.files ??= filesOf()).get(name);
    if (file === undefined) throw new AditError('not-found', 'There is no such file.');
    return file;
  }
}
