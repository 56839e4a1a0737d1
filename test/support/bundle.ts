import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Plugin, build } from 'esbuild';
import { DIST, withBundledThreads } from './bundled-threads.js';

/** Where processes and threads of the service begin; relative to `dist`, without the ending. */
const ENTRIES = [
  'src/cli/main',
  'src/server/ledger/intake/check-thread',
  'src/server/verification/audit/audit-thread',
  'test/support/serve',
  'test/support/many-commands',
];

/** What the packages import where somebody has installed it, and does without otherwise. */
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

const COMPILED = new RegExp(`^${DIST.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&')}.*\\.js$`);

/** Bundles keep the module's own address, by which it finds files; a thread starts from the bundle too. */
function keepAddresses(folder: string): Plugin {
  return {
    name: 'keep-addresses',
    setup: (bundling) =>
      bundling.onLoad({ filter: COMPILED }, ({ path }) => ({
        contents: withBundledThreads(readFileSync(path, 'utf8'), path, folder).replaceAll(
          'import.meta.url',
          JSON.stringify(pathToFileURL(path).href),
        ),
        loader: 'js',
      })),
  };
}

/**
 * Puts the compiled JavaScript of the service and its packages into few files: a process that loads these begins in a
 * third of the time. @param folder below `dist`, so that native packages are found.
 */
export async function bundleService(folder: string): Promise<void> {
  await build({
    entryPoints: ENTRIES.map((entry) => ({ in: join(DIST, `${entry}.js`), out: entry })),
    outdir: folder,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    keepNames: true,
    logLevel: 'warning',
    external: [...NATIVE, ...NOT_INSTALLED.flatMap((name) => [name, `${name}/*`])],
    banner: {
      js: `import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url);`,
    },
    plugins: [keepAddresses(folder)],
  });
}
