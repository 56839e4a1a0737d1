import { describe, expect, it } from '@jest/globals';
import type * as z from 'zod';
import { nearest, noSuch } from '../../../src/core/api/nearest.js';
import {
  countryCode,
  line,
  mineralName,
  plainText,
  prose,
  requestTime,
  ruleName,
} from '../../../src/core/api/values.js';

const why = (schema: z.ZodType, value: unknown): string | undefined =>
  schema
    .safeParse(value)
    .error?.issues.map(({ message }) => message)
    .join('; ');

describe('a name that is not known', () => {
  it('is refused with the one that was likely meant', () => {
    expect(why(ruleName, 'mass-gaind')).toBe('no such rule "mass-gaind"; did you mean "mass-gained"?');
    expect(why(ruleName, 'Mass-Lost')).toContain('did you mean "mass-lost"?');
    expect(why(mineralName, 'casiterite')).toContain('did you mean "cassiterite"?');
    expect(why(countryCode, 'rw')).toContain('did you mean "RW"?');
    expect(why(countryCode, 'RWA')).toContain('no such country');
    for (const [schema, name] of [
      [ruleName, 'rule-failed'],
      [mineralName, 'gold'],
      [countryCode, 'CD'],
    ] as const)
      expect(why(schema, name)).toBeUndefined();
  });

  it('is compared with nothing where it is far from all, or long', () => {
    expect(nearest('zzzzzzzz', ['mass-gained', 'mass-lost'])).toBeNull();
    expect(nearest('a'.repeat(100_000), ['a'.repeat(64)])).toBeNull();
    expect(noSuch('rule', 'a'.repeat(100_000), ['mass-lost']).length).toBeLessThan(200);
  });
});

describe('text of a request', () => {
  it('is bounded, and free of what the database does not hold', () => {
    for (const schema of [plainText(10), line(10), prose(10)])
      for (const bad of ['', 'a'.repeat(11), 'a\u0000b', 'a\ud800b', '\udc00', 'a\u009fb'])
        expect([bad, why(schema, bad) === undefined]).toEqual([bad, false]);
    expect(why(line(10), 'a\nb')).toBeDefined();
    expect(prose(10).parse(' a\n\tb ')).toBe('a\n\tb');
    expect(line(10).parse(' Zoë 😀 ')).toBe('Zoë 😀');
    expect(why(line(10), '   ')).toBeDefined();
  });

  it('names a time that every part of the service can hold', () => {
    for (const good of ['2026-05-12T06:00:00Z', '0001-01-01T00:00:00.123456789+14:00', '9999-12-31T23:59:59-14:00'])
      expect([good, why(requestTime, good)]).toEqual([good, undefined]);
    for (const bad of [
      '0000-01-01T00:00:00Z',
      '2026-05-12T06:00:00+23:59',
      '2026-05-12T06:00:00-14:01',
      '2026-02-30T06:00:00Z',
      '+12026-05-12T06:00:00Z',
      `2026-05-12T06:00:00.${'1'.repeat(60_000)}Z`,
    ])
      expect([bad, why(requestTime, bad) === undefined]).toEqual([bad, false]);
  });
});
