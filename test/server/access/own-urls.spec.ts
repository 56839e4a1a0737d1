import { describe, expect, it } from '@jest/globals';
import type { FastifyRequest } from 'fastify';
import { ownUrls } from '../../../src/server/access/own-urls.js';
import { loadConfig } from '../../../src/server/config/config.js';
import { configWarnings } from '../../../src/server/config/config-warnings.js';

const urls = (settings: Record<string, string>, localAddress: string): string[] =>
  ownUrls(loadConfig({ PORT: '8400', ...settings }), {
    socket: { localAddress, localPort: 8400 },
  } as unknown as FastifyRequest);

describe('the URLs of the service', () => {
  it('are the public one, and the names of this machine where only it is reached', () => {
    expect(urls({ ADIT_PUBLIC_URL: 'https://ledger.example.org/' }, '127.0.0.1')[0]).toBe('https://ledger.example.org');
    expect(urls({}, '127.0.0.1')).toContain('http://localhost:8400');
    expect(urls({ HOST: '10.0.0.7', ADIT_PUBLIC_URL: 'https://ledger.example.org' }, '10.0.0.7')).toEqual([
      'https://ledger.example.org',
    ]);
  });

  it('have the address that was reached where it listens on all and has no public one, and say so at the start', () => {
    expect(urls({ HOST: '0.0.0.0' }, '::ffff:10.0.0.7')).toEqual(['http://0.0.0.0:8400', 'http://10.0.0.7:8400']);
    expect(urls({ HOST: '::' }, '2001:db8::7')).toEqual(['http://[::]:8400', 'http://[2001:db8::7]:8400']);
    expect(urls({ HOST: '0.0.0.0' }, '127.0.0.1')).toContain('http://localhost:8400');
    const warned = (settings: Record<string, string>): boolean =>
      configWarnings(loadConfig(settings)).some((warning) => warning.includes('ADIT_PUBLIC_URL'));
    expect([warned({ HOST: '0.0.0.0' }), warned({ HOST: '::' })]).toEqual([true, true]);
    expect(warned({ HOST: '0.0.0.0', ADIT_PUBLIC_URL: 'https://ledger.example.org' })).toBe(false);
    expect(warned({})).toBe(false);
  });
});
