import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { buildConnector } from 'undici';
import { isPublicAddress } from '../../../src/server/delivery/public-host.js';
import { SafeRequest, TargetRefused, checkTarget } from '../../../src/server/delivery/safe-request.js';

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
  'https://[2d00::1]/',
  'https://[3000::1]/',
  'https://[3fff::1]/',
  'https://[4000::1]/',
  'https://[5f00::1]/',
  'https://[fd00:ec2::254]/',
  'https://168.63.129.16/machine',
  'https://100.100.100.200/latest/meta-data/',
  'https://192.88.99.1/',
  'https://localhost/',
  'https://localhost./',
  'https://LOCALHOST:8443/',
  'https://hooks.localhost/',
  'https://intranet/hook',
  'https://printer.local/',
  'https://metadata.google.internal/computeMetadata/v1/',
  'https://instance-data.ec2.internal/',
  'https://router.home.arpa/',
  'https://127.0.0.1.nip.io/',
  'https://10-0-0-1.sslip.io/',
  'https://anything.localtest.me/',
  'https://lvh.me/',
  'https://hooks.example.org/?token=[masked]',
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
      'https://[2a00:1450:4001::1]/',
      'https://[2001:67c:4e8::1]/',
      'https://hooks.local.example.org/',
    ])
      expect(checkTarget(target, strict).href).toContain('https://');
  });

  it('knows public addresses from others', () => {
    expect(['93.184.215.14', '8.8.8.8', '2606:2800:21f::1'].every(isPublicAddress)).toBe(true);
    expect(['127.0.0.1', '::1', '::ffff:127.0.0.1', 'example.org', ''].some(isPublicAddress)).toBe(false);
  });

  it('refuses names that resolve to this machine', async () => {
    const resolve = (): Promise<string[]> => Promise.resolve(['127.0.0.1']);
    for (const target of ['https://hooks.example.org/', 'https://hooks.example.org:8443/'])
      await expect(new SafeRequest(strict, { resolve }).post(target, '{}', {})).rejects.toThrow(TargetRefused);
  });
});

describe('a name', () => {
  const target = 'https://hook.example.org/alerts';

  /** Resolves to each of these in turn, connects to nothing, and notes what it would have connected to. */
  function rebinding(answers: string[][], reached = ''): { requests: SafeRequest; asked: buildConnector.Options[] } {
    const asked: buildConnector.Options[] = [];
    const connect: buildConnector.connector = (options, callback) => {
      asked.push(options);
      const socket = { remoteAddress: reached, destroy: () => undefined };
      if (reached === '') callback(new Error('nothing is connected in this test'), null);
      else callback(null, socket as unknown as Parameters<typeof callback>[1] & object);
    };
    const resolve = (): Promise<string[]> => Promise.resolve(answers.shift() ?? []);
    return { requests: new SafeRequest(strict, { resolve, connect }), asked };
  }

  it('that is public first and this machine next is refused the second time', async () => {
    const { requests, asked } = rebinding([['93.184.215.14'], ['127.0.0.1']]);
    await expect(requests.post(target, '{}', {})).rejects.toThrow('nothing is connected');
    await expect(requests.post(target, '{}', {})).rejects.toThrow(TargetRefused);
    expect(asked).toMatchObject([{ hostname: '93.184.215.14', servername: 'hook.example.org' }]);
  });

  it('is refused where any of its addresses is not public', async () => {
    const { requests, asked } = rebinding([['93.184.215.14', '::ffff:10.0.0.1'], []]);
    await expect(requests.post(target, '{}', {})).rejects.toThrow(TargetRefused);
    await expect(requests.post(target, '{}', {})).rejects.toThrow(TargetRefused);
    expect(asked).toEqual([]);
  });

  it('is refused where the connection stands to another address than the one that was looked at', async () => {
    for (const reached of ['127.0.0.1', '169.254.169.254', '::ffff:192.168.1.1']) {
      const { requests } = rebinding([['93.184.215.14']], reached);
      await expect(requests.post(target, '{}', {})).rejects.toThrow(TargetRefused);
    }
  });
});

describe('an outgoing request', () => {
  let server: Server;
  let base: string;
  const reached: string[] = [];
  let connections = 0;
  const requests = new SafeRequest(development, { timeLimit: 1_000 });

  beforeAll(async () => {
    server = createServer((request, response) => {
      reached.push(request.url ?? '');
      request.resume();
      if (request.url === '/redirect') response.writeHead(302, { location: `${base}/elsewhere` }).end();
      else if (request.url === '/endless') {
        response.writeHead(200);
        const timer = setInterval(() => response.write('x'.repeat(64 * 1024)), 1);
        response.on('close', () => clearInterval(timer));
      } else if (request.url === '/drip') {
        response.writeHead(200).write('x');
        const timer = setInterval(() => response.write('x'), 300);
        response.on('close', () => clearInterval(timer));
      } else if (request.url === '/break') {
        response.writeHead(200, { 'content-length': '100' }).write('x');
        setTimeout(() => response.destroy(), 20);
      } else if (request.url === '/reset') request.socket.resetAndDestroy();
      else if (request.url === '/busy') response.writeHead(429, { 'retry-after': '7' }).end();
      else if (request.url === '/later')
        response.writeHead(503, { 'retry-after': new Date(Date.now() + 60_000).toUTCString() }).end();
      else if (request.url !== '/silent') response.writeHead(204).end();
    });
    server.on('connection', () => {
      connections += 1;
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  afterAll(async () => {
    await requests.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  const post = (path: string) => requests.post(`${base}${path}`, '{}', {});

  it('reaches this machine only where a setting for development allows it', async () => {
    expect(await post('/hook')).toEqual({ status: 204, retryAfter: null, failure: null });
    await expect(new SafeRequest(strict).post(`${base}/hook`, '{}', {})).rejects.toThrow(TargetRefused);
  });

  it('goes over the connection that the one before it went over', async () => {
    await post('/hook');
    const before = connections;
    for (let i = 0; i < 5; i += 1) await post('/hook');
    expect(connections).toBe(before);
  });

  it('takes a redirect for an answer, and does not follow it', async () => {
    expect(await post('/redirect')).toMatchObject({ status: 302 });
    expect(reached).not.toContain('/elsewhere');
  });

  it('reads no more of an answer than it needs', async () => {
    expect(await post('/endless')).toEqual({ status: 200, retryAfter: null, failure: null });
  });

  it('waits no longer than its limit for an answer, nor for the rest of one', async () => {
    await expect(post('/silent')).rejects.toMatchObject({ name: 'TimeoutError' });
    expect(await post('/drip')).toEqual({ status: 200, retryAfter: null, failure: 'timeout' });
  });

  it('says where an answer broke off, or none came', async () => {
    expect(await post('/break')).toMatchObject({ status: 200, failure: expect.stringMatching(/./) });
    await expect(post('/reset')).rejects.toThrow();
  });

  it('reads how long it is asked to wait, in seconds or as a date', async () => {
    expect(await post('/busy')).toMatchObject({ status: 429, retryAfter: 7 });
    const { retryAfter } = await post('/later');
    expect(Math.abs((retryAfter ?? 0) - 60)).toBeLessThan(3);
  });
});
