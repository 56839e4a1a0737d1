import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { errorsDocument } from '../../../src/server/http/error-explanations.js';

describe('documenting errors', () => {
  it('says in docs/errors.md what the service says', () => {
    expect(readFileSync('docs/errors.md', 'utf8')).toBe(errorsDocument());
  });
});
