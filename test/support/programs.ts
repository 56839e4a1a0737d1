import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the bundle, which global setup hands over by the environment. */
export const BUNDLE = 'ADIT_TEST_BUNDLE';

const DIST = fileURLToPath(new URL('../../', import.meta.url));
const bundle = process.env[BUNDLE];

const program = (path: string): string => (bundle === undefined ? join(DIST, path) : join(bundle, basename(path)));

/** What child processes run: the compiled program, bundled for the run so that it is loaded fast. */
export const ADIT = program('src/cli/main.js');
export const SERVICE = program('test/support/serve.js');
export const MANY_COMMANDS = program('test/support/many-commands.js');
