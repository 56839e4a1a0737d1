import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const SCRIPT = fileURLToPath(new URL('../../../scripts/bundle.js', import.meta.url));

/** Bundles the program as `npm run build` does, with what only tests start. @param folder directly below `dist`. */
export async function bundleService(folder: string): Promise<void> {
  await promisify(execFile)(process.execPath, [
    SCRIPT,
    folder,
    'test/support/serve.js',
    'test/support/many-commands.js',
  ]);
}
