import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TradingWorld } from '../../support/trading-world.js';

/** What each viewer gets for a lot that coop declared, trader received, and that is on its way to buyer. */
const OF_SOLD: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  // Its state, chain and report, up to the end of one's part.
  '/v1/lots/:lot': {
    nobody: 401,
    operator: 404,
    stranger: 404,
    elsewhere: 404,
    registrar: 404,
    auditor: 404,
    coop: 200,
    trader: 200,
    buyer: 200,
    authority: 200,
  },
  '/v1/lots/:lot/events': {
    nobody: 401,
    operator: 404,
    stranger: 404,
    elsewhere: 404,
    registrar: 404,
    auditor: 404,
    coop: 200,
    trader: 200,
    buyer: 200,
    authority: 200,
  },
  '/v1/lots/:lot/report': {
    nobody: 401,
    operator: 404,
    stranger: 404,
    elsewhere: 404,
    registrar: 404,
    auditor: 404,
    coop: 200,
    trader: 200,
    buyer: 200,
    authority: 200,
  },
  // All of it, for who may see all of it.
  '/v1/lots/:lot/lineage': {
    nobody: 401,
    operator: 404,
    stranger: 404,
    elsewhere: 404,
    registrar: 404,
    auditor: 404,
    coop: 403,
    trader: 200,
    buyer: 200,
    authority: 200,
  },
  '/v1/lots/:lot/bundle': {
    nobody: 401,
    operator: 404,
    stranger: 404,
    elsewhere: 404,
    registrar: 404,
    auditor: 404,
    coop: 403,
    trader: 200,
    buyer: 200,
    authority: 200,
  },
  '/v1/lots/:lot/impact': {
    nobody: 401,
    operator: 404,
    stranger: 404,
    elsewhere: 404,
    registrar: 404,
    auditor: 404,
    coop: 403,
    trader: 200,
    buyer: 200,
    authority: 200,
  },
  // Who may read it and who did, for its holder.
  '/v1/lots/:lot/accesses': {
    nobody: 401,
    operator: 404,
    stranger: 404,
    elsewhere: 404,
    registrar: 404,
    auditor: 404,
    coop: 403,
    trader: 200,
    buyer: 403,
    authority: 403,
  },
  '/v1/access/explain?lot=:lot&actor=coop': {
    nobody: 401,
    operator: 404,
    stranger: 404,
    elsewhere: 404,
    registrar: 404,
    auditor: 404,
    coop: 403,
    trader: 200,
    buyer: 403,
    authority: 403,
  },
  // Its events: the declaration, which all its parties saw, and the dispatch after coop's part.
  '/v1/events/:declaration': {
    nobody: 401,
    operator: 404,
    stranger: 404,
    elsewhere: 404,
    registrar: 404,
    auditor: 404,
    coop: 200,
    trader: 200,
    buyer: 200,
    authority: 200,
  },
  '/v1/events/:dispatch': {
    nobody: 401,
    operator: 404,
    stranger: 404,
    elsewhere: 404,
    registrar: 404,
    auditor: 404,
    coop: 404,
    trader: 200,
    buyer: 200,
    authority: 200,
  },
  '/v1/events/:dispatch/receipt': {
    nobody: 200,
    operator: 200,
    stranger: 200,
    elsewhere: 200,
    registrar: 200,
    auditor: 200,
    coop: 200,
    trader: 200,
    buyer: 200,
    authority: 200,
  },
  '/v1/tags/SYN-T-1': {
    nobody: 401,
    operator: 404,
    stranger: 404,
    elsewhere: 404,
    registrar: 404,
    auditor: 404,
    coop: 200,
    trader: 200,
    buyer: 200,
    authority: 200,
  },
  '/v1/findings?lot=:lot': {
    nobody: 401,
    operator: 404,
    stranger: 404,
    elsewhere: 404,
    registrar: 404,
    auditor: 404,
    coop: 200,
    trader: 200,
    buyer: 200,
    authority: 200,
  },
};

/** Whether a list of a viewer names the lot now. */
const IN_LISTS: Readonly<Record<string, Readonly<Record<string, boolean>>>> = {
  '/v1/lots?limit=100': {
    operator: false,
    stranger: false,
    elsewhere: false,
    registrar: false,
    auditor: false,
    coop: false,
    trader: true,
    buyer: true,
    authority: true,
  },
  '/v1/lots?limit=100&tag=SYN-T-1': {
    operator: false,
    stranger: false,
    elsewhere: false,
    registrar: false,
    auditor: false,
    coop: false,
    trader: true,
    buyer: true,
    authority: true,
  },
  '/v1/lots?limit=100&part=former': {
    operator: false,
    stranger: false,
    elsewhere: false,
    registrar: false,
    auditor: false,
    coop: true,
    trader: false,
    buyer: false,
    authority: false,
  },
};

let world: TradingWorld;

const pathOf = (path: string): string =>
  path.replace(':lot', world.sold).replace(':declaration', world.declaration).replace(':dispatch', world.dispatch);

beforeAll(async () => {
  world = await TradingWorld.open();
});

afterAll(() => world.close());

describe('what each viewer gets', () => {
  it.each(Object.keys(OF_SOLD))('%s', async (path) => {
    const expected = OF_SOLD[path] ?? {};
    const got = await Promise.all(
      Object.keys(expected).map(async (who) => [who, (await world.read(who, pathOf(path))).status] as const),
    );
    expect(Object.fromEntries(got)).toEqual(expected);
  });

  it.each(Object.keys(IN_LISTS))('%s', async (path) => {
    const expected = IN_LISTS[path] ?? {};
    const got = await Promise.all(
      Object.keys(expected).map(async (who) => {
        const { status, body } = await world.read(who, path);
        return [who, status === 200 && JSON.stringify(body).includes(world.sold)] as const;
      }),
    );
    expect(Object.fromEntries(got)).toEqual(expected);
  });

  it('is the same for a lot that is invisible and one that does not exist, but for its id', async () => {
    const missing = '00000000-0000-8000-8000-000000000001';
    for (const path of Object.keys(OF_SOLD).filter((one) => one.includes(':lot'))) {
      const [hidden, none] = await Promise.all(
        [world.sold, missing].map((lot) => world.read('stranger', path.replace(':lot', lot))),
      );
      const textOf = (answer: typeof hidden, lot: string): string =>
        JSON.stringify({ ...answer?.body, request_id: '' }).replaceAll(lot, ':lot');
      expect([path, hidden?.status, textOf(hidden, world.sold)]).toEqual([path, none?.status, textOf(none, missing)]);
      const named = (headers: Headers | undefined): string[] =>
        [...(headers ?? new Headers()).keys()].toSorted((a, b) => a.localeCompare(b));
      expect([path, named(hidden?.headers)]).toEqual([path, named(none?.headers)]);
    }
  });

  it('is a page also for who handed a lot on', async () => {
    const pages = Object.fromEntries(
      await Promise.all(
        ['coop', 'trader', 'stranger'].map(
          async (who) => [who, (await world.read(who, `/lots/${world.sold}`)).status] as const,
        ),
      ),
    );
    expect(pages).toEqual({ coop: 200, trader: 200, stranger: 404 });
  });

  it('names no hidden lot, holder or event in any list of a viewer without a part', async () => {
    const secrets = [world.sold, world.kept, world.declaration, world.dispatch, '"coop"', '"buyer"'];
    const lists = [
      '/v1/lots',
      '/v1/findings',
      '/v1/alerts',
      '/v1/stock',
      '/v1/waiting',
      '/v1/actors',
      '/v1/sites',
      '/v1/subscriptions',
      '/v1/deliveries',
      '/v1/silences',
    ];
    for (const who of ['stranger', 'elsewhere', 'auditor'])
      for (const path of lists) {
        const { status, body } = await world.read(who, path);
        expect([who, path, status]).toEqual([who, path, 200]);
        for (const secret of secrets)
          expect([who, path, JSON.stringify(body).includes(secret)]).toEqual([who, path, false]);
      }
  });

  it('of the registry is oneself, a country for its authority, and all for the registrar and the operator', async () => {
    const namesFor = async (who: string): Promise<string[]> => {
      const { body } = await world.read(who, '/v1/actors?limit=100');
      return (body.items as { actor: string }[]).map(({ actor }) => actor);
    };
    expect(await namesFor('coop')).toEqual(['coop']);
    expect(await namesFor('authority')).toEqual(['authority', 'coop', 'stranger', 'trader']);
    expect(await namesFor('elsewhere')).toEqual(['elsewhere']);
    for (const who of ['registrar', 'operator']) expect((await namesFor(who)).length).toBeGreaterThan(7);
  });
});

describe('a share link', () => {
  const soon = (): string => new Date(Date.now() + 3_600_000).toISOString();
  const share = async (
    who: string,
    lot: string,
    body: object = {},
  ): Promise<{ id: string; secret: string; url: string }> => {
    const made = await world.send(who, 'POST', `/v1/lots/${lot}/shares`, { expiresAt: soon(), ...body });
    expect([made.status, made.headers.get('cache-control')]).toEqual([201, 'no-store']);
    return made.body as { id: string; secret: string; url: string };
  };

  it('shows one lot to who has it, until it is withdrawn, and its maker sees each use', async () => {
    const { id, secret, url } = await share('coop', world.kept, { label: 'for the bank' });
    expect(url).toBe(`${world.service.config.publicUrl}/p/#${secret}`);
    expect((await world.read(secret, '/v1/shared')).body).toMatchObject({ lot: world.kept, until: null });
    for (const part of ['', '/events', '/report', '/lineage', '/bundle'])
      expect([part, (await world.read(secret, `/v1/lots/${world.kept}${part}`)).status]).toEqual([part, 200]);
    for (const path of [`/v1/lots/${world.sold}`, `/v1/lots/${world.kept}/accesses`, `/v1/events/${world.dispatch}`])
      expect([path, [403, 404].includes((await world.read(secret, path)).status)]).toEqual([path, true]);
    expect((await world.read(secret, '/v1/lots')).body.items).toHaveLength(1);
    for (const path of ['/v1/actors', '/v1/findings', '/v1/alerts', '/v1/waiting'])
      expect([path, (await world.read(secret, path)).body.items]).toEqual([path, []]);
    expect((await world.read(secret, '/v1/subscriptions')).status).toBe(403);
    const seen = await world.read('coop', `/v1/lots/${world.kept}/accesses`);
    const uses = (seen.body.items as { viewer: string; route: string }[]).filter(
      ({ viewer }) => viewer === `share:${id}`,
    );
    expect(uses.map(({ route }) => route)).toContain('/v1/lots/:id/bundle');
    const listed = await world.send('coop', 'GET', `/v1/lots/${world.kept}/shares`);
    expect(listed.body.items).toMatchObject([{ id, label: 'for the bank', uses: uses.length, withdrawnAt: null }]);
    expect(JSON.stringify(listed.body)).not.toContain(secret);
    expect((await world.send('trader', 'DELETE', `/v1/shares/${id}`)).status).toBe(404);
    expect((await world.send('coop', 'DELETE', `/v1/shares/${id}`)).status).toBe(204);
    expect((await world.read(secret, `/v1/lots/${world.kept}`)).status).toBe(401);
  });

  it('is read on paper too, which the record of access shows', async () => {
    const { secret, id } = await share('coop', world.kept);
    const papers = [`/desk/labels.pdf?lot=${world.kept}`, `/desk/waybill/${world.dispatch}.pdf`];
    expect((await world.read(secret, papers[0] ?? '')).status).toBe(200);
    expect((await world.read('buyer', papers[1] ?? '')).status).toBe(200);
    const readers = async (who: string, lot: string): Promise<unknown> =>
      (await world.read(who, `/v1/lots/${lot}/accesses`)).body.items;
    expect(await readers('coop', world.kept)).toContainEqual(
      expect.objectContaining({ viewer: `share:${id}`, route: '/desk/labels.pdf' }),
    );
    expect(await readers('trader', world.sold)).toContainEqual(
      expect.objectContaining({ viewer: 'actor:buyer', route: '/desk/waybill/:event' }),
    );
  });

  it('shows no more than its maker sees', async () => {
    const { secret } = await share('coop', world.sold);
    const shown = await world.read(secret, `/v1/lots/${world.sold}`);
    expect(shown.body).toMatchObject({ holder: 'trader', inTransitTo: null, status: 'held' });
    expect((await world.read(secret, `/v1/lots/${world.sold}/events`)).body.items).toHaveLength(3);
    expect((await world.read(secret, `/v1/lots/${world.sold}/bundle`)).status).toBe(403);
  });

  it('is made by a party of the lot itself, not by an authority or by who was granted it', async () => {
    const until = new Date(Date.now() + 3_600_000).toISOString();
    const given = await world.actor('coop').must('grant.given', { to: 'auditor', until });
    for (const who of ['authority', 'auditor']) {
      expect([who, (await world.read(who, `/v1/lots/${world.kept}`)).status]).toEqual([who, 200]);
      const refused = await world.send(who, 'POST', `/v1/lots/${world.kept}/shares`, { expiresAt: soon() });
      expect([who, refused.status]).toEqual([who, 403]);
    }
    await world.actor('coop').must('grant.withdrawn', { grant: given.id });
  });

  it('is refused for a lot of others, by the operator, mistyped, and without an end', async () => {
    const body = { expiresAt: soon() };
    expect((await world.send('stranger', 'POST', `/v1/lots/${world.sold}/shares`, body)).status).toBe(404);
    expect((await world.send('coop', 'POST', `/v1/lots/${world.kept}/shares`, {})).status).toBe(400);
    const past = { expiresAt: '2020-01-01T00:00:00Z' };
    expect((await world.send('coop', 'POST', `/v1/lots/${world.kept}/shares`, past)).status).toBe(400);
    const { secret } = await share('coop', world.kept);
    const other = `${secret.slice(0, -1)}${secret.endsWith('0') ? '1' : '0'}`;
    expect((await world.read(other, `/v1/lots/${world.kept}`)).status).toBe(401);
  });
});

describe('an explanation of access', () => {
  it('names to the holder the rule by which another sees a lot, or does not', async () => {
    const until = new Date(Date.now() + 3_600_000).toISOString();
    const given = await world.actor('trader').must('grant.given', { to: 'auditor', until });
    const explained = async (actor: string): Promise<object> =>
      (await world.read('trader', `/v1/access/explain?lot=${world.sold}&actor=${actor}`)).body;
    expect(await explained('trader')).toMatchObject({ sees: 'all', reasons: [{ rule: 'party' }] });
    expect(await explained('buyer')).toMatchObject({ sees: 'all', reasons: [{ rule: 'party', until: null }] });
    expect(await explained('coop')).toMatchObject({ sees: 'part', reasons: [{ rule: 'party' }] });
    expect(await explained('authority')).toMatchObject({ sees: 'all', reasons: [{ rule: 'country', country: 'RW' }] });
    expect(await explained('auditor')).toMatchObject({ sees: 'all', reasons: [{ rule: 'grant', grant: given.id }] });
    for (const who of ['stranger', 'elsewhere', 'nobody-known'])
      expect(await explained(who)).toMatchObject({ sees: 'nothing', reasons: [] });
    expect((await world.read('auditor', `/v1/lots/${world.sold}`)).status).toBe(200);
    await world.actor('trader').must('grant.withdrawn', { grant: given.id });
    expect(await explained('auditor')).toMatchObject({ sees: 'nothing' });
    expect((await world.read('auditor', `/v1/lots/${world.sold}`)).status).toBe(404);
  });
});
