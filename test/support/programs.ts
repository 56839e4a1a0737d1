import { fileURLToPath } from 'node:url';

/** The folder of the bundle, which global setup hands over by the environment. */
export const BUNDLE = 'ADIT_TEST_BUNDLE';

const folder = process.env[BUNDLE] ?? fileURLToPath(new URL('../../', import.meta.url));

/** What child processes run: the compiled program, bundled for the run so that it is loaded fast. */
export const ADIT = `${folder}/src/cli/main.js`;
export const SERVICE = `${folder}/test/support/serve.js`;
export const MANY_COMMANDS = `${folder}/test/support/many-commands.js`;
