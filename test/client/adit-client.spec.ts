import { describe, expect, it } from '@jest/globals';
import { AditClient } from '../../src/client/adit-client.js';
import { NoSuchLot, findLot, resolveLot } from '../../src/client/find-lot.js';
import { AditProblem, NoAnswer } from '../../src/client/problem.js';

interface Asked {
  url: string;
  method: string;
  headers: Record<string, string>;
}

/** A server in the shape of `fetch`: gives the answers in turn, and remembers what it was asked and the pauses between. */
function server(...answers: (Response | Error)[]): { client: AditClient; asked: Asked[]; pauses: number[] } {
  const asked: Asked[] = [];
  const pauses: number[] = [];
  const pause = (milliseconds: number): Promise<void> => {
    pauses.push(milliseconds);
    return Promise.resolve();
  };
  const fetcher = (url: string, { method = 'GET', headers }: RequestInit): Promise<Response> => {
    asked.push({ url, method, headers: headers as Record<string, string> });
    const answer = answers.shift();
    if (answer === undefined) throw new Error('asked too often');
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  };
  return { client: new AditClient('http://ledger/', fetcher as typeof fetch, pause), asked, pauses };
}

const json = (body: unknown, status = 200): Response => Response.json(body, { status });
const busy = (): Response => json({ code: 'overloaded', title: 'Busy', status: 503, detail: 'later' }, 503);

describe('the client', () => {
  it('asks again where the service is busy or the connection is lost: recording twice is harmless', async () => {
    const accepted = { id: 'x', index: 7, receipt: 'proof' };
    const { client, asked } = server(busy(), new TypeError('connection lost'), json(accepted, 201));
    expect(await client.submit('event')).toEqual({ ...accepted, status: 'accepted' });
    expect(asked.map(({ url, method }) => `${method} ${url}`)).toEqual(Array(3).fill('POST http://ledger/v1/events'));
  });

  it('gives up after four tries, and says that nobody answers', async () => {
    const lost = [1, 2, 3, 4].map(() => new TypeError('connection lost'));
    const { client, asked, pauses } = server(...lost);
    await expect(client.ledger()).rejects.toThrow(NoAnswer);
    expect(asked).toHaveLength(4);
    expect(pauses).toEqual([250, 500, 1_000]);
  });

  it('tells a repeat and a waiting event from a new one', async () => {
    const { client } = server(json({ id: 'x', index: 7, receipt: 'proof' }), json({ id: 'y', status: 'waiting' }, 202));
    expect((await client.submit('event')).status).toBe('duplicate');
    expect((await client.submit('event')).status).toBe('waiting');
  });

  it('throws a refusal as the problem that it is, and does not ask again', async () => {
    const problem = { code: 'head-moved', title: 'Head moved', status: 409, detail: 'another event came first' };
    const { client, asked } = server(json(problem, 409));
    const refused = client.submit('event');
    await expect(refused).rejects.toThrow(AditProblem);
    await expect(refused).rejects.toMatchObject({ problem });
    expect(asked).toHaveLength(1);
  });

  it('takes an answer that is no problem document for none', async () => {
    const { client } = server(new Response('<html>a proxy</html>', { status: 404 }));
    await expect(client.ledger()).rejects.toThrow(NoAnswer);
  });

  it('reads a list page by page, to its end', async () => {
    const { client, asked } = server(json({ items: [1, 2], next: 'more' }), json({ items: [3], next: null }));
    const items: unknown[] = [];
    for await (const item of client.findings({ rule: 'mass-gained' })) items.push(item);
    expect(items).toEqual([1, 2, 3]);
    expect(asked.map(({ url }) => url.split('?')[1])).toEqual([
      'limit=100&rule=mass-gained',
      'limit=100&rule=mass-gained&cursor=more',
    ]);
  });

  it('follows alerts, and goes on after the last one it saw when the connection is lost', async () => {
    const stream = (...messages: string[]): Response => new Response(messages.join(''));
    const message = (id: string): string => `id: ${id}\ndata: {"id":"alert ${id}"}\n\n`;
    const { client, asked } = server(
      stream(message('1'), ': beat\n\n', message('2').slice(0, -1)),
      stream(message('3')),
    );
    const stop = new AbortController();
    const seen: string[] = [];
    for await (const { id } of client.followAlerts(stop.signal)) {
      seen.push(id);
      if (seen.length === 2) stop.abort();
    }
    expect(seen).toEqual(['1', '3']);
    expect(asked.map(({ headers }) => headers['last-event-id'])).toEqual([undefined, '1']);
  });

  it('goes on where the stream began when the connection is lost before the first alert', async () => {
    const { client, asked } = server(
      new Response('retry: 1000\nid: 41\n\n: still here\n\n'),
      busy(),
      new Response('id: 42\ndata: {"id":"alert 42"}\n\n'),
    );
    const stop = new AbortController();
    for await (const { id } of client.followAlerts(stop.signal)) {
      expect(id).toBe('42');
      stop.abort();
    }
    expect(asked.map(({ headers }) => headers['last-event-id'])).toEqual([undefined, '41', '41']);
  });

  it('tells a ledger that is not there from one whose answer was lost, and from something else', async () => {
    const failed = (code: string): Error =>
      new TypeError('fetch failed', { cause: Object.assign(new Error(code), { code }) });
    const kindOf = async (...answers: (Response | Error)[]): Promise<unknown> =>
      server(...answers)
        .client.ledger()
        .catch((error: NoAnswer) => error.kind);
    expect(await kindOf(...Array<Error>(4).fill(failed('ECONNREFUSED')))).toBe('unreachable');
    expect(await kindOf(...Array<Error>(4).fill(failed('UND_ERR_SOCKET')))).toBe('cut');
    expect(await kindOf(new Response('<html>', { status: 502 }))).toBe('foreign');
  });

  it('finds the lot that a name means, and says which ones where there are several', async () => {
    const lot = (id: string, status: string): object => ({ id, status });
    const page = (...items: object[]): Response => json({ items, next: null });
    const { client, asked } = server(page(lot('a', 'held')), page(lot('a', 'consumed'), lot('b', 'held')));
    expect(await resolveLot(client, '3f0c9a52')).toBe('a');
    expect(asked[0]?.url).toContain('/v1/lots?name=3f0c9a52&');
    expect(await resolveLot(client, 'RW-A1')).toBe('b');
    expect(await resolveLot(client, '3F0C9A52-7b1e-8d44-9a60-1f2e3d4c5b6a')).toBe(
      '3f0c9a52-7b1e-8d44-9a60-1f2e3d4c5b6a',
    );
    expect(asked).toHaveLength(2);
    const other = server(page(lot('a', 'held'), lot('b', 'held'), lot('c', 'closed')), page());
    await expect(findLot(other.client, 'RW-A1')).rejects.toMatchObject({
      candidates: [{ id: 'a' }, { id: 'b' }],
      named: 'RW-A1',
    });
    await expect(findLot(other.client, 'RW-A1')).rejects.toThrow(NoSuchLot);
  });
});
