// Prepares an incremental build: `tsc` neither removes what was made of a source that is gone, nor makes again what
// somebody removed.
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';

const OUT = 'dist';
const FOLDERS = ['src', 'migrations', 'test', 'bench'];
/** Built for browsers by scripts/build-web.js instead. */
const ISLANDS = join('src', 'web', 'islands');

const filesUnder = (folder, ending) =>
  existsSync(folder)
    ? readdirSync(folder, { withFileTypes: true, recursive: true })
        .filter((entry) => entry.isFile() && entry.name.endsWith(ending))
        .map((entry) => join(entry.parentPath, entry.name))
    : [];

const sourcesOf = (output) => ['.ts', '.tsx'].map((ending) => relative(OUT, output).replace(/\.js$/, ending));
const outputOf = (source) => join(OUT, source.replace(/\.tsx?$/, '.js'));

for (const folder of FOLDERS) {
  for (const output of filesUnder(join(OUT, folder), '.js'))
    if (!sourcesOf(output).some((source) => existsSync(source))) {
      rmSync(output);
      rmSync(`${output}.map`, { force: true });
    }
  const sources = [...filesUnder(folder, '.ts'), ...filesUnder(folder, '.tsx')].filter(
    (source) => !source.endsWith('.d.ts') && !source.startsWith(ISLANDS),
  );
  // Without its record of what it has built, `tsc` builds everything.
  if (sources.some((source) => !existsSync(outputOf(source)))) rmSync(join(OUT, '.tsbuildinfo'), { force: true });
}
