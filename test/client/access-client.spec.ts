import { describe, expect, it } from '@jest/globals';
import { AccessClient } from '../../src/client/access-client.js';
import { NoAnswer } from '../../src/client/problem.js';

/** A server that loses every answer; counts the requests. */
function losing(): { client: AccessClient; requests: () => number } {
  let count = 0;
  const fetcher = (): Promise<Response> => {
    count += 1;
    return Promise.reject(new TypeError('connection lost'));
  };
  const client = new AccessClient('http://ledger', fetcher, () => Promise.resolve());
  return { client, requests: () => count };
}

describe('a request whose answer is lost', () => {
  it.each<[string, (client: AccessClient) => Promise<unknown>]>([
    ['a share link', (client) => client.makeShare('l', { expiresAt: '2027-01-01T00:00:00Z', disclosures: false })],
    ['a key', (client) => client.makeKey({ label: 'office', scopes: ['read'] })],
    ['another key', (client) => client.rotateKey('k', 24)],
  ])('is not repeated where it makes %s, of which there would be two', async (_what, make) => {
    const { client, requests } = losing();
    await expect(make(client)).rejects.toBeInstanceOf(NoAnswer);
    expect(requests()).toBe(1);
  });

  it('is repeated where the same again changes nothing', async () => {
    const { client, requests } = losing();
    await expect(client.withdrawShare('s')).rejects.toBeInstanceOf(NoAnswer);
    expect(requests()).toBe(4);
  });
});
