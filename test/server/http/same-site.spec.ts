import { describe, expect, it } from '@jest/globals';
import type { FastifyRequest } from 'fastify';
import { type OwnAddress, refuseForeign } from '../../../src/server/http/same-site.js';

const local: OwnAddress = { publicUrl: 'https://ledger.example.org', loopback: true };
const open: OwnAddress = { ...local, loopback: false };
const refused = (method: string, headers: Record<string, string | undefined>, own = local): boolean =>
  refuseForeign(own)({ method, headers } as unknown as FastifyRequest) !== undefined;

describe('a request from a page of another site', () => {
  it.each(['evil.example', 'evil.example:8400', '169.254.1.1', 'localhost.evil.example', '127.0.0.1.nip.io', ''])(
    'is refused under the name %s, which was made to point here',
    (host) => {
      expect([refused('GET', { host }), refused('GET', { host }, open)]).toEqual([true, false]);
    },
  );

  it.each(['localhost', 'localhost:8400', '127.0.0.1:8400', '[::1]:8400', 'LOCALHOST', 'ledger.example.org'])(
    'is not one under the name %s',
    (host) => expect(refused('POST', { host })).toBe(false),
  );

  it('changes nothing', () => {
    const host = 'localhost:8400';
    for (const own of [local, open])
      for (const from of [
        { origin: 'https://evil.example' },
        { origin: 'null' },
        { origin: 'http://localhost:9999' },
        { 'sec-fetch-site': 'cross-site' },
        { 'sec-fetch-site': 'same-site' },
      ])
        expect([from, refused('POST', { host, ...from }, own)]).toEqual([from, true]);
  });

  it('is told from one of our own, and from one of a program', () => {
    const host = 'localhost:8400';
    expect(refused('POST', { host })).toBe(false);
    expect(refused('POST', { host, origin: 'http://localhost:8400', 'sec-fetch-site': 'same-origin' })).toBe(false);
    expect(refused('POST', { host, origin: 'https://ledger.example.org' })).toBe(false);
    expect(refused('GET', { host, 'sec-fetch-site': 'cross-site' })).toBe(false);
  });
});
