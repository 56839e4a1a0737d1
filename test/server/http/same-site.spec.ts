import { describe, expect, it } from '@jest/globals';
import type { FastifyRequest } from 'fastify';
import { type OwnAddress, refuseForeign } from '../../../src/server/http/same-site.js';

const local: OwnAddress = {
  publicUrl: 'https://ledger.example.org',
  loopback: true,
  corsOrigins: ['https://desk.example.org'],
};
const open: OwnAddress = { ...local, loopback: false };
const refused = (method: string, headers: Record<string, string | undefined>, own = local, url = '/v1/lots'): boolean =>
  refuseForeign(own)({
    method,
    headers,
    url,
    socket: { localAddress: '::ffff:10.0.0.7', localPort: 8400 },
  } as unknown as FastifyRequest) !== undefined;

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

  it('has no session under another name than that of the service, also where others reach it', () => {
    for (const [host, isRefused] of [
      ['evil.example', true],
      ['10.0.0.8:8400', true],
      ['10.0.0.7:8400', false],
      ['ledger.example.org', false],
      ['localhost:8400', false],
    ] as const) {
      for (const url of ['/v1/session', '/v1/session/links', '/signin'])
        expect([host, url, refused('GET', { host }, open, url)]).toEqual([host, url, isRefused]);
      for (const cookie of ['adit=x', 'a=b; __Host-adit=x'])
        expect([host, cookie, refused('GET', { host, cookie }, open)]).toEqual([host, cookie, isRefused]);
      expect(refused('GET', { host, cookie: 'other=x' }, open)).toBe(false);
    }
  });

  it('may change what a token permits where its site is named, and has no session', () => {
    const from = { host: 'localhost:8400', origin: 'https://desk.example.org', 'sec-fetch-site': 'cross-site' };
    expect(refused('POST', from)).toBe(false);
    expect(refused('POST', { ...from, cookie: 'adit=x' })).toBe(true);
    expect(refused('POST', from, local, '/v1/session')).toBe(true);
    expect(refused('POST', { ...from, origin: 'https://desk.example.org.evil.example' })).toBe(true);
  });
});
