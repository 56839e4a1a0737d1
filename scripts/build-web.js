// Builds what browsers load besides the pages, style and islands, below dist/web.
//   node scripts/build-web.js
// Names carry a hash of the contents, so browsers may keep the files for ever; `manifest.json` maps the sources to them.
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const root = fileURLToPath(new URL('../src/web', import.meta.url));
const outDir = fileURLToPath(new URL('../dist/web', import.meta.url));

/** What pages name in `<link>` and `<script>`; relative to src/web. */
const ENTRIES = [
  'ui/style.css',
  'islands/page.ts',
  'islands/check.ts',
  'islands/share.ts',
  'islands/inbox.ts',
  'islands/answer.ts',
  'islands/send.ts',
  'inbox/inbox.css',
  'islands/sign-in.ts',
  'islands/account.ts',
  'islands/desk.ts',
  'desk/desk.css',
];

await build({
  configFile: false,
  root,
  logLevel: 'warn',
  publicDir: false,
  build: {
    outDir,
    emptyOutDir: true,
    manifest: 'manifest.json',
    target: 'es2022',
    modulePreload: false,
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    rollupOptions: { input: ENTRIES.map((path) => `${root}/${path}`) },
  },
  worker: { format: 'es' },
});
