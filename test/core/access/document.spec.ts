import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { accessTables } from '../../../src/core/access/document.js';

it('docs/access.md has the scopes and routes of the core', () => {
  expect(readFileSync('docs/access.md', 'utf8')).toContain(accessTables());
});
