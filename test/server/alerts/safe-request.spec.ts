import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TargetRefused, checkTarget, isPublicAddress, postSafely } from '../../../src/server/alerts/safe-request.js';

const strict = { privateTargets: false };
const development = { privateTargets: true };

/** Every way of writing an address that nobody outside may reach, and every door that is not https to the public. */
const refused = [
  'http://example.org/hook',
  'ftp://example.org/hook',
  'file:///etc/passwd',
  'javascript:alert(1)',
  'not a url',
  'https://user:secret@example.org/hook',
  'https://example.org:22/hook',
  'https://example.org:8080/hook',
  'https://127.0.0.1/',
  'https://127.1/',
  'https://2130706433/',
  'https://0x7f.1/',
  'https://0177.0.0.1/',
  'https://①②⑦.0.0.1/',
  'https://１２７.0.0.1/',
  'https://0.0.0.0/',
  'https://0/',
  'https://10.0.0.1/',
  'https://100.64.0.1/',
  'https://169.254.169.254/latest/meta-data/',
  'https://172.16.0.1/',
  'https://172.31.255.255/',
  'https://192.0.0.1/',
  'https://192.0.2.1/',
  'https://192.168.1.1/',
  'https://198.18.0.1/',
  'https://198.51.100.1/',
  'https://203.0.113.1/',
  'https://224.0.0.1/',
  'https://240.0.0.1/',
  'https://255.255.255.255/',
  'https://[::]/',
  'https://[::1]/',
  'https://[::127.0.0.1]/',
  'https://[::ffff:127.0.0.1]/',
  'https://[::ffff:7f00:1]/',
  'https://[::ffff:10.0.0.1]/',
  'https://[64:ff9b::7f00:1]/',
  'https://[64:ff9b:1::7f00:1]/',
  'https://[100::1]/',
  'https://[2001::1]/',
  'https://[2001:db8::1]/',
  'https://[2002:7f00:1::]/',
  'https://[fc00::1]/',
  'https://[fd12:3456::1]/',
  'https://[fe80::1]/',
  'https://[ff02::1]/',
];

describe('the target of an outgoing request', () => {
  it.each(refused)('refuses %s', (target) => {
    expect(() => checkTarget(target, strict)).toThrow(TargetRefused);
  });

  it('lets public https targets pass', () => {
    for (const target of [
      'https://example.org/hook',
      'https://example.org:8443/hook',
      'https://93.184.215.14/',
      'https://[2606:2800:21f::1]/',
    ])
      expect(checkTarget(target, strict).href).toContain('https://');
  });

  it('knows public addresses from others', () => {
    expect(['93.184.215.14', '8.8.8.8', '2606:2800:21f::1'].every(isPublicAddress)).toBe(true);
    expect(['127.0.0.1', '::1', '::ffff:127.0.0.1', 'example.org', ''].some(isPublicAddress)).toBe(false);
  });

  it('refuses names that resolve to this machine', async () => {
    for (const target of ['https://localhost/', 'https://localhost:8443/'])
      await expect(postSafely(target, '{}', {}, strict)).rejects.toThrow(TargetRefused);
  });
});

describe('an outgoing request', () => {
  let server: Server;
  let base: string;
  const reached: string[] = [];

  beforeAll(async () => {
    server = createServer((request, response) => {
      reached.push(request.url ?? '');
      if (request.url === '/redirect') response.writeHead(302, { location: `${base}/elsewhere` }).end();
      else if (request.url === '/endless') {
        response.writeHead(200);
        const timer = setInterval(() => response.write('x'.repeat(64 * 1024)), 1);
        response.on('close', () => clearInterval(timer));
      } else response.writeHead(204).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  afterAll(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  it('reaches this machine only where a setting for development allows it', async () => {
    expect(await postSafely(`${base}/hook`, '{}', {}, development)).toBe(204);
    await expect(postSafely(`${base}/hook`, '{}', {}, strict)).rejects.toThrow(TargetRefused);
  });

  it('takes a redirect for an answer, and does not follow it', async () => {
    expect(await postSafely(`${base}/redirect`, '{}', {}, development)).toBe(302);
    expect(reached).not.toContain('/elsewhere');
  });

  it('reads no more of an answer than it needs', async () => {
    expect(await postSafely(`${base}/endless`, '{}', {}, development)).toBe(200);
  });
});
