import { describe, expect, it } from '@jest/globals';
import { type AccessFacts, explainAccess } from '../../../src/core/access/explain.js';

const none: AccessFacts = {
  isRegistered: true,
  isSuspended: false,
  part: null,
  country: null,
  grants: [],
  upstreamOf: null,
};
const grant = (until: number | null) => ({ grant: 'g', by: 'coop', until, ends: '2027-01-01T00:00:00Z' });
const RW = { code: 'RW', from: 3 };

/** What is known, what the actor sees, up to which entry, and a part of the sentence. */
const cases: [string, Partial<AccessFacts>, 'all' | 'part' | 'nothing', number | null, string][] = [
  ['a stranger', {}, 'nothing', null, 'nobody who did grants it'],
  ['an id that nobody has', { isRegistered: false }, 'nothing', null, 'is not registered'],
  [
    'an id that nobody has, whatever else',
    { isRegistered: false, part: { from: 1, until: null } },
    'nothing',
    null,
    'not registered',
  ],
  ['a suspended holder', { isSuspended: true, part: { from: 1, until: null } }, 'nothing', null, 'suspended'],
  ['a suspended grantee', { isSuspended: true, grants: [grant(null)] }, 'nothing', null, 'suspended'],
  ['the holder', { part: { from: 1, until: null } }, 'all', null, 'party of the lot since entry 1'],
  ['a named receiver', { part: { from: 9, until: null } }, 'all', null, 'since entry 9'],
  ['a former holder', { part: { from: 1, until: 7 } }, 'part', 7, 'up to entry 7'],
  ['a carrier that has delivered', { part: { from: 5, until: 6 } }, 'part', 6, 'ended there'],
  ['the authority of a country', { country: RW }, 'all', null, 'supervises RW'],
  ['an authority that also held it', { country: RW, part: { from: 1, until: 4 } }, 'all', null, 'supervises RW'],
  ['the holder of what was made of it', { upstreamOf: { of: 'lot-2', by: null } }, 'all', null, 'lot-2'],
  [
    'a former holder of it that holds what was made of it',
    { part: { from: 1, until: 4 }, upstreamOf: { of: 'lot-2', by: null } },
    'all',
    null,
    'lot-2',
  ],
  [
    'a grantee of the holder of what was made of it',
    { upstreamOf: { of: 'lot-2', by: 'coop' } },
    'all',
    null,
    'lot-2, which coop holds or is to receive and granted it',
  ],
  ['a grantee of the holder', { grants: [grant(null)] }, 'all', null, 'coop granted it, until 2027'],
  ['a grantee of a former holder', { grants: [grant(7)] }, 'part', 7, 'up to entry 7: coop granted it'],
  ['a grantee of two former holders', { grants: [grant(4), grant(7)] }, 'part', 7, 'up to entry 7'],
  ['a grantee of a former and of the present holder', { grants: [grant(4), grant(null)] }, 'all', null, 'granted'],
  ['a former holder with a longer grant', { part: { from: 1, until: 4 }, grants: [grant(9)] }, 'part', 9, 'granted'],
  [
    'a former holder with a shorter grant',
    { part: { from: 1, until: 9 }, grants: [grant(4)] },
    'part',
    9,
    'ended there',
  ],
  [
    'a former holder whom the present one grants it',
    { part: { from: 1, until: 4 }, grants: [grant(null)] },
    'all',
    null,
    'granted',
  ],
];

describe('an explanation of access', () => {
  it.each(cases)('of %s', (_who, facts, sees, until, words) => {
    const explained = explainAccess('a-1', { ...none, ...facts });
    expect({ sees: explained.sees, until: explained.until }).toEqual({ sees, until });
    expect(explained.text).toContain(words);
    expect(explained.text.startsWith('a-1 ')).toBe(true);
  });

  it('lists every reason, also those that show less', () => {
    const facts = {
      ...none,
      part: { from: 1, until: 4 },
      country: RW,
      grants: [grant(2)],
      upstreamOf: { of: 'lot-2', by: null },
    };
    expect(explainAccess('a-1', facts).reasons.map(({ rule }) => rule)).toEqual([
      'party',
      'country',
      'upstream',
      'grant',
    ]);
  });
});
