import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Changes the source of a compiled module so that a thread that it starts is loaded from the bundle. */
export function withBundledThreads(source: string, bundle: string): string {
  return source.replaceAll(
    /new Worker\(new URL\('\.\/([\w-]+\.js)', import\.meta\.url\)/g,
    (_found, thread: string) => {
      return `new Worker(new URL(${JSON.stringify(pathToFileURL(join(bundle, thread)).href)})`;
    },
  );
}
