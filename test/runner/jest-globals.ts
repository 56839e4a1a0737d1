import type * as jest from '@jest/globals';

/** What a suite imports from `@jest/globals`; each suite of a worker gets its own before it is imported. */
export interface JestGlobals {
  afterAll: typeof jest.afterAll;
  afterEach: typeof jest.afterEach;
  beforeAll: typeof jest.beforeAll;
  beforeEach: typeof jest.beforeEach;
  describe: typeof jest.describe;
  expect: typeof jest.expect;
  it: typeof jest.it;
  test: typeof jest.test;
}

export let afterAll: JestGlobals['afterAll'];
export let afterEach: JestGlobals['afterEach'];
export let beforeAll: JestGlobals['beforeAll'];
export let beforeEach: JestGlobals['beforeEach'];
export let describe: JestGlobals['describe'];
export let expect: JestGlobals['expect'];
export let it: JestGlobals['it'];
export let test: JestGlobals['test'];

/** Replaces the bindings above, also in modules that have imported them already. */
export function setGlobals(globals: JestGlobals): void {
  ({ afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, test } = globals);
}
