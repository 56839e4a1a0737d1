import { describe, expect, it } from '@jest/globals';
import { withQuery } from '../../../src/web/ui/with-query.js';

describe('an address with other values in its query', () => {
  it('keeps its path and its other values', () => {
    expect(withQuery('/lots?q=a%20b&cursor=x', { cursor: '', lang: 'fr' })).toBe('/lots?q=a+b&lang=fr');
    expect(withQuery('/lots?cursor=x', { cursor: '' })).toBe('/lots');
    expect(withQuery('/search?q=a?b', { lang: 'sw' })).toBe('/search?q=a%3Fb&lang=sw');
  });

  it.each([
    '//',
    '//evil.example/',
    '//x//evil.example/',
    '/\\\\evil.example',
    '/.//evil.example',
    '/%2e//evil.example',
  ])('stays on this service: %s', (address) => {
    expect(new URL(withQuery(address, { lang: 'fr' }), 'https://adit.example/x').host).toBe('adit.example');
  });
});
