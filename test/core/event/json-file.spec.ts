import { describe, expect, it } from '@jest/globals';
import { parseBundle } from '../../../src/core/bundle/bundle.js';
import { parseCheckpoint } from '../../../src/core/log/checkpoint.js';
import { parseJsonFile } from '../../../src/core/event/grammar.js';

describe('a file of JSON that is to be verified', () => {
  const read = (text: string): unknown => parseJsonFile(text, 'The bundle', 1_000);

  it('is read', () => {
    expect(read('{"a":[1,"b"]}\n')).toEqual({ a: [1, 'b'] });
  });

  it.each([
    ['a name twice', '{\n "a": 1,\n "a": 2}', 'line 3, column 5: The name "a" stands twice'],
    ['a name twice, once escaped', '{"a":1,"\\u0061":2}', 'line 1, column 16: The name "a" stands twice'],
    ['a comma too many', '{"a":1,}', 'line 1, column 8: it is not JSON'],
    ['something after it', '{}\n{}', 'line 2, column 1: it is not JSON'],
    ['an end too early', '{"a":', 'it is not JSON'],
    ['a byte order mark', '\ufeff{}', 'line 1, column 1: it begins with a byte order mark'],
    ['half a character', '{"a":"\\ud800"}', 'lone surrogate'],
    ['a fraction', '{"a":1.0}', 'line 1, column 6: 1.0'],
    ['too many levels', '['.repeat(17) + ']'.repeat(17), 'line 1, column 17: The payload is nested deeper'],
    ['too many characters', `"${'a'.repeat(1_000)}"`, 'longer than 1000 characters'],
  ])('is refused with %s, and where', (_, text, said) => {
    expect(() => read(text)).toThrow(said);
  });

  it('is refused as a bundle in the same words', () => {
    expect(() => parseBundle('{"format":"adit-bundle/1","format":"adit-bundle/1"}')).toThrow(
      'The bundle cannot be read at line 1, column 35: The name "format" stands twice in one object.',
    );
  });
});

describe('a checkpoint of no entries', () => {
  it('has the root of the empty tree', () => {
    const empty = 'example.org/tin\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n';
    expect(parseCheckpoint(empty).size).toBe(0);
    expect(() => parseCheckpoint(empty.replace('47DEQ', '57DEQ'))).toThrow('no entries');
  });
});
