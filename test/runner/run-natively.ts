import { createRequire, register } from 'node:module';
import { pathToFileURL } from 'node:url';
import { type JestGlobals, setGlobals } from './jest-globals.js';

/** What `jest-circus/runner` needs of Jest's module system (`jest-runtime`), done by Node's. */
interface Runtime {
  requireInternalModule(path: string): unknown;
  requireModule(path: string): unknown;
  setGlobalsForRuntime(globals: JestGlobals): void;
  unstable_shouldLoadAsEsm(path: string): boolean;
  unstable_importModule(path: string): Promise<unknown>;
  enterTestCode(): void;
  leaveTestCode(): void;
}

type TestRunner<R> = (
  globalConfig: unknown,
  config: unknown,
  environment: unknown,
  runtime: R,
  testPath: string,
  sendMessageToJest: unknown,
) => Promise<unknown>;

const load = createRequire(import.meta.url);
const { default: runByCircus } = load('jest-circus/runner') as { default: TestRunner<Runtime> };

register('./hooks.js', import.meta.url);

const imported = new Set<string>();

const native: Runtime = {
  // The framework keeps the tests of one suite in its module and its handlers in the realm: each suite gets fresh ones.
  requireInternalModule: (path) => {
    delete load.cache[path];
    Reflect.deleteProperty(globalThis, Symbol.for('EVENT_HANDLERS'));
    return load(path);
  },
  requireModule: (path) => load(path),
  setGlobalsForRuntime: setGlobals,
  unstable_shouldLoadAsEsm: () => true,
  unstable_importModule: (path) => {
    const url = pathToFileURL(path);
    // In watch mode a suite is imported again.
    if (imported.has(path)) url.search = `?${imported.size}-${Date.now()}`;
    imported.add(path);
    return import(url.href);
  },
  enterTestCode: () => undefined,
  leaveTestCode: () => undefined,
};

/**
 * Runs the suite in the worker's own realm, with Node's module loader: what many suites import is then loaded once per
 * worker, not once per suite. Suites so share the state of modules; the environment's variables are put back after each.
 */
const runNatively: TestRunner<unknown> = async (globalConfig, config, environment, _runtime, testPath, send) => {
  const before = { ...process.env };
  try {
    return await runByCircus(globalConfig, config, environment, native, testPath, send);
  } finally {
    for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
    Object.assign(process.env, before);
  }
};

export default runNatively;
