import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** Where the compiled JavaScript is. */
export const DIST = fileURLToPath(new URL('../../', import.meta.url));

/** Changes the source of one compiled module so that a thread that it starts is loaded from the bundle. */
export function withBundledThreads(source: string, path: string, bundle: string): string {
  return source.replaceAll(/new Worker\(new URL\('(\.[^']+)', import\.meta\.url\)/g, (_found, thread: string) => {
    const bundled = join(bundle, relative(DIST, resolve(dirname(path), thread)));
    return `new Worker(new URL(${JSON.stringify(pathToFileURL(bundled).href)})`;
  });
}
