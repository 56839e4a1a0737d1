import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { routeNeeds } from '../../../src/core/access/routes.js';
import { laggingRoutes } from '../../../src/server/database/read-from-replica.js';
import { FreezingProxy } from '../../support/freezing-proxy.js';
import { ReplicatedDatabase } from '../../support/replicated-database.js';
import { type Asked, ask, boundToken, proofOf } from '../../support/sign-in.js';
import { TradingWorld } from '../../support/trading-world.js';
import { until } from '../../support/until.js';

const VIEWERS = ['coop', 'trader', 'buyer', 'stranger', 'authority', 'elsewhere', 'nobody'];
/** Limit of a read while the replica is lost or hung, ms: a comparison and its time limit, and room for a busy machine. */
const FALL_BACK = 6_000;

interface AsOf {
  size: number;
  lag?: number;
}

describe('reading from a streaming replica', () => {
  let pair: ReplicatedDatabase;
  let proxy: FreezingProxy;
  let world: TradingWorld;
  const tokens = new Map<string, string>();

  beforeAll(async () => {
    pair = await ReplicatedDatabase.start();
    proxy = new FreezingProxy(new URL(pair.readUrl));
    const { appUrl, ownerUrl } = pair.addresses;
    const replica = await proxy.start();
    world = await TradingWorld.open({ DATABASE_URL: appUrl, DATABASE_OWNER_URL: ownerUrl, DATABASE_READ_URL: replica });
    // The replica may not have the lot yet.
    await until(async () => (await world.read('coop', `/v1/lots/${world.kept}`)).status === 200);
    await caughtUp();
  });
  afterAll(async () => {
    await world.close();
    proxy.stop();
    await pair.close();
  });

  /** Reads a path as an actor, from the primary by the header. */
  async function newest(who: string, path: string): Promise<Asked> {
    const headers = { 'cache-control': 'no-cache' };
    const url = world.service.url + path;
    if (who === 'nobody') return ask(url, { headers });
    const actor = world.actor(who);
    const token = tokens.get(who) ?? (await boundToken(actor));
    tokens.set(who, token);
    const dpop = await proofOf(actor.key, { method: 'GET', url: url.split('?', 1)[0] ?? '', token });
    return ask(url, { headers: { ...headers, authorization: `DPoP ${token}`, dpop } });
  }

  const lotAs = async (who: string, lot = world.kept): Promise<AsOf> =>
    (await world.read(who, `/v1/lots/${lot}`)).body.asOf as AsOf;
  const newestLot = async (): Promise<AsOf> => (await newest('coop', `/v1/lots/${world.kept}`)).body.asOf as AsOf;
  const degraded = async (): Promise<string> => {
    const { body } = await ask(`${world.service.url}/readyz`);
    return (body.degraded as Record<string, string> | undefined)?.replica ?? '';
  };
  const metric = async (name: string): Promise<number> => {
    const url = `${world.service.url}/metrics`;
    const operator = { authorization: `Bearer ${world.operatorToken()}` };
    const text = await (await fetch(url, { headers: operator })).text();
    return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1]);
  };
  /** Waits until reads come from the replica, and the replica has everything. */
  const caughtUp = (): Promise<unknown> =>
    until(async () => {
      const [here, there] = [await newestLot(), await lotAs('coop')];
      return here.lag === undefined && there.lag !== undefined && there.size === here.size;
    });

  it('is for routes that exist, and none of another kind than reading', () => {
    const routes = Object.keys(routeNeeds);
    expect([...laggingRoutes].filter((route) => !routes.includes(`GET ${route}`))).toEqual([]);
  });

  it('shows each viewer what the primary shows it, and nothing else', async () => {
    await caughtUp();
    const { sold, kept } = world;
    const paths = [
      ...['', '/events', '/report', '/lineage', '/impact'].map((what) => `/v1/lots/${sold}${what}`),
      `/v1/lots/${kept}`,
    ];
    const lists = ['/v1/lots', '/v1/stock', '/v1/actors', '/v1/sites', '/v1/findings', '/v1/tags/SYN-T-1'];
    const statuses = new Set<number>();
    for (const who of VIEWERS)
      for (const path of [...paths, ...lists]) {
        const [there, here] = [await world.read(who, path), await newest(who, path)];
        statuses.add(there.status);
        expect([who, path, there.status, alike(there.body)]).toEqual([who, path, here.status, alike(here.body)]);
      }
    expect(statuses).toEqual(new Set([200, 401, 403, 404]));
    for (const page of [`/lots/${sold}`, '/lots', '/sites', '/actors', '/findings', '/search'])
      expect([page, (await world.page('trader', page)).status]).toEqual([page, 200]);
    expect(await metric('adit_replica_repeated_total')).toBe(0);
  });

  it('states how old an answer is, and asks the primary when the replica is too far behind', async () => {
    await caughtUp();
    const before = await lotAs('coop');
    await pair.pause();
    try {
      await world.actor('coop').must('custody.dispatched', {
        to: 'trader',
        lots: [{ lot: world.kept, prev: (await newest('coop', `/v1/lots/${world.kept}`)).body.head as string }],
      });
      const older = await lotAs('coop');
      expect(older).toMatchObject({ size: before.size, lag: expect.any(Number) });
      const newer = await newestLot();
      expect(newer).toEqual({ size: expect.any(Number), verified: expect.any(Number) });
      expect(newer.size).toBeGreaterThan(before.size);
      // The lot is on its way to the trader, who sees it by what the primary has, and not by what the replica has.
      expect((await newest('trader', `/v1/lots/${world.kept}`)).status).toBe(200);
      const fallen = await until(async () => {
        const now = await lotAs('coop');
        return now.lag === undefined ? now : undefined;
      });
      expect(fallen).toEqual(newer);
      expect(await degraded()).toMatch(/more than 2 s behind; all reads go to the primary/);
      expect((await ask(`${world.service.url}/readyz`)).status).toBe(200);
      expect(await metric('adit_replica_used')).toBe(0);
      expect(await metric('adit_replica_lag_seconds')).toBeGreaterThan(2);
    } finally {
      await pair.resume();
    }
    await caughtUp();
    expect([await degraded(), await metric('adit_replica_used')]).toEqual(['', 1]);
  });

  it('gives browsers a cookie after a change, with which they read what they have changed', async () => {
    await caughtUp();
    const made = await world.send('coop', 'POST', `/v1/lots/${world.kept}/shares`, {
      expiresAt: new Date(Date.now() + 3_600_000).toISOString(),
    });
    const cookie = made.headers.get('set-cookie') ?? '';
    expect(cookie).toMatch(/adit_changed=1; Path=\/; Max-Age=3; SameSite=Lax; HttpOnly/);
    const page = await fetch(`${world.service.url}/v1/lots`, { headers: { cookie: cookie.split(';', 1)[0] ?? '' } });
    expect(page.headers.get('set-cookie')).toBeNull();
  });

  it('goes on without an error while the replica hangs, and when it is killed', async () => {
    await caughtUp();
    proxy.freeze();
    const began = performance.now();
    const hung = await Promise.all(Array.from({ length: 5 }, () => world.read('coop', `/v1/lots/${world.kept}`)));
    expect(hung.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    expect(performance.now() - began).toBeLessThan(FALL_BACK);
    expect(await metric('adit_replica_repeated_total')).toBeGreaterThan(0);
    await caughtUp();
    let stopped = false;
    const reading = (async () => {
      const seen: number[] = [];
      while (!stopped) seen.push((await world.read('coop', '/v1/lots')).status);
      return new Set(seen);
    })();
    await pair.killReplica();
    await until(async () => (await degraded()).includes('it does not answer'));
    expect((await lotAs('coop')).lag).toBeUndefined();
    stopped = true;
    expect(await reading).toEqual(new Set([200]));
    await pair.startReplica();
    await caughtUp();
  });

  it('is not taken from a server that has become a primary of its own', async () => {
    await caughtUp();
    await pair.promote();
    await until(async () => (await degraded()).includes('is not a replica'));
    expect((await lotAs('coop')).lag).toBeUndefined();
  });
});

/** Returns an answer without what differs between two reads of the same state. */
function alike(body: Record<string, unknown>): Record<string, unknown> {
  const asOf = body.asOf as AsOf | undefined;
  return { ...body, request_id: null, asOf: asOf === undefined ? null : { ...asOf, lag: null } };
}
