// Puts the compiled JavaScript of `adit` and of its packages into few files, which a process loads in half the time:
//   node scripts/bundle.js                    dist/bundle, which `adit` starts from (src/cli/main.ts)
//   node scripts/bundle.js FOLDER [PATH …]    a folder directly below dist, with further entries, relative to dist
// Names stay, comments and blanks go: each process keeps the text in memory, with two bytes a character if one of them is
// outside Latin-1, as many a comment is. Lines stay short enough to find a place that a stack trace names.
import { readFileSync, rmSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const [given = fileURLToPath(new URL('../dist/bundle', import.meta.url)), ...more] = process.argv.slice(2);
const folder = resolve(given);
const DIST = join(folder, '..', '/');

/** Where the program, its worker and its threads begin; relative to `dist`. */
const ENTRIES = [
  'src/cli/main.js',
  'src/cli/run.js',
  'src/server/boot/run-worker.js',
  'src/server/ledger/intake/check-thread.js',
  'src/server/verification/audit/audit-thread.js',
  ...more,
];

/** Packages that others import where somebody has installed them. */
const NOT_INSTALLED = [
  '@fastify/multipart',
  '@fastify/static',
  '@fastify/view',
  '@nestjs/microservices',
  '@nestjs/platform-express',
  '@nestjs/websockets',
  'class-transformer',
  'class-validator',
  'pg-native',
];
/** Packages that find their compiled part beside themselves. */
const NATIVE = ['sodium-native', 'msgpackr-extract'];

const pattern = (text) => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&');

/**
 * Lets a module find files from where it was compiled, and its threads from the bundle. All files of the bundle are in
 * one folder, so the way from each to `dist` is the same.
 */
function inBundle(source, path) {
  const home = relative(folder, path);
  return source
    .replaceAll(/new URL\('\.\/([\w-]+\.js)', import\.meta\.url\)/g, (_, thread) => `new URL('./${thread}', __here)`)
    .replaceAll('import.meta.url', `new URL(${JSON.stringify(home)}, __here).href`)
    .replaceAll('__here', 'import.meta.url');
}

const keepAddresses = {
  name: 'keep-addresses',
  setup: (bundling) =>
    bundling.onLoad({ filter: new RegExp(`^${pattern(DIST)}.*\\.js$`) }, ({ path }) => ({
      contents: inBundle(readFileSync(path, 'utf8'), path),
      loader: 'js',
    })),
};

/** Leaves out TypeORM's drivers of other databases: two thirds of what it loads. */
const onlyPostgres = {
  name: 'only-postgres',
  setup: (bundling) => {
    bundling.onResolve({ filter: /^\.\/[\w-]+\/\w+Driver$/ }, ({ path, importer }) => {
      if (!importer.endsWith(join('typeorm', 'driver', 'DriverFactory.js')) || path === './postgres/PostgresDriver')
        return;
      return { path, namespace: 'left-out' };
    });
    bundling.onLoad({ filter: /.*/, namespace: 'left-out' }, ({ path }) => ({
      contents: `exports[${JSON.stringify(path.split('/').at(-1))}] = class { constructor() { throw new Error('Adit has PostgreSQL only.'); } };`,
    }));
  },
};

rmSync(folder, { recursive: true, force: true });
await build({
  entryPoints: ENTRIES.map((path) => join(DIST, path)),
  outdir: folder,
  entryNames: '[name]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  // Nest, TypeORM and the OpenAPI document use the names of classes.
  keepNames: true,
  minifyWhitespace: true,
  lineLimit: 160,
  legalComments: 'none',
  logLevel: 'warning',
  external: [...NATIVE, ...NOT_INSTALLED.flatMap((name) => [name, `${name}/*`])],
  banner: {
    js: `import { createRequire as createRequireOfBundle } from 'node:module'; const require = createRequireOfBundle(import.meta.url);`,
  },
  plugins: [keepAddresses, onlyPostgres],
});
