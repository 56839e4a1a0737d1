import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { newSecret } from '../../../src/core/access/secret-text.js';
import { Database } from '../../../src/server/database/database.js';
import { JournalKey } from '../../../src/server/journal/journal-key.js';
import { JournalMemory } from '../../../src/server/journal/journal-memory.js';
import { AuditJournal } from '../../../src/server/verification/audit/audit-journal.js';
import { OutsideActor, openAsRegistrar, outsideKey } from '../../support/outside-client.js';
import { type TestServer, startTestServer } from '../../support/running-server.js';
import { type Asked, ask, boundToken, proofOf } from '../../support/sign-in.js';

const FORM = /^adit_live_[0-9A-Za-z]{38}$/;
const DAY = 24 * 60 * 60 * 1_000;

describe('keys for machines', () => {
  let service: TestServer;
  let registrar: OutsideActor;
  let trader: OutsideActor;
  let rival: OutsideActor;
  let operator: string;

  beforeAll(async () => {
    service = await startTestServer({ ADIT_ACCESS: 'closed' });
    registrar = await openAsRegistrar(service.url);
    trader = await registrar.register('trader', ['trader']);
    rival = await registrar.register('rival', ['trader']);
    operator = readFileSync(service.config.operatorTokenFile, 'utf8').trim();
  });

  afterAll(async () => {
    await service.close();
  });

  const call = (bearer: string, method: string, path: string, body?: object): Promise<Asked> =>
    ask(`${service.url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${bearer}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      body: JSON.stringify(body),
    });

  /** Calls as an actor with a token that is bound to its key. */
  async function as(actor: OutsideActor, method: string, path: string, body?: object): Promise<Asked> {
    const token = await boundToken(actor);
    const url = `${service.url}${path}`;
    const dpop = await proofOf(actor.key, { method, url: url.split('?', 1)[0] ?? '', token });
    const type: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' };
    const headers = { authorization: `DPoP ${token}`, dpop, ...type };
    return ask(url, { method, headers, body: JSON.stringify(body) });
  }

  const made = async (actor: OutsideActor, body: object): Promise<Record<string, string>> => {
    const { status, body: key } = await as(actor, 'POST', '/v1/keys', body);
    expect([status, key.detail]).toEqual([201, undefined]);
    return key as Record<string, string>;
  };

  /** Waits until a key is refused, for 5 s at most. */
  async function refusedSoon(key: string): Promise<Asked> {
    for (const since = Date.now(); ;) {
      const answer = await call(key, 'GET', '/v1/lots');
      if (answer.status === 401) return answer;
      expect(Date.now() - since).toBeLessThan(5_000);
      await new Promise((done) => setTimeout(done, 100));
    }
  }

  it('act for the actor that made them, within their scopes', async () => {
    const { key = '', id, ...rest } = await made(trader, { label: 'ERP', scopes: ['read'] });
    expect(key).toMatch(FORM);
    expect(rest).toMatchObject({ actor: 'trader', label: 'ERP', scopes: ['read'], lastUsedAt: null, revokedAt: null });
    expect((await call(key, 'GET', '/v1/lots')).status).toBe(200);
    expect((await call(key, 'GET', '/v1/subscriptions')).status).toBe(403);
    expect((await call(key, 'GET', '/v1/keys')).status).toBe(403);
    const listed = await as(trader, 'GET', '/v1/keys');
    expect(JSON.stringify(listed.body)).not.toContain(key.slice(12));
    expect((listed.body.items as { id: string }[]).map((one) => one.id)).toEqual([id]);
    expect((await as(rival, 'GET', '/v1/keys')).body.items).toEqual([]);
  });

  it('are noted when they are used, once a minute', async () => {
    const { key = '', id } = await made(trader, { label: 'noted', scopes: ['read'] });
    const used = async (): Promise<string | null | undefined> =>
      ((await as(trader, 'GET', '/v1/keys')).body.items as { id: string; lastUsedAt: string | null }[]).find(
        (one) => one.id === id,
      )?.lastUsedAt;
    expect(await used()).toBeNull();
    await call(key, 'GET', '/v1/lots');
    let first = await used();
    for (let look = 0; look < 50 && first === null; look += 1) first = await used();
    expect(Date.now() - Date.parse(first ?? '')).toBeLessThan(60_000);
    await call(key, 'GET', '/v1/lots');
    expect(await used()).toBe(first);
  });

  it('have no more scopes than their maker, and end within a year', async () => {
    const wrong: [object, string][] = [
      [{ label: 'x', scopes: ['admin'] }, '/scopes'],
      [{ label: 'x', scopes: ['read', 'monitor'] }, '/scopes'],
      [{ label: 'x', scopes: [] }, '/scopes'],
      [{ label: 'x', scopes: ['read'], expiresAt: new Date(Date.now() + 400 * DAY).toISOString() }, '/expiresAt'],
      [{ label: 'x', scopes: ['read'], expiresAt: new Date(Date.now() - DAY).toISOString() }, '/expiresAt'],
      [{ scopes: ['read'] }, '/label'],
    ];
    for (const [body, pointer] of wrong) {
      const { status, body: problem } = await as(trader, 'POST', '/v1/keys', body);
      expect([body, status, (problem.errors as { pointer: string }[])[0]?.pointer]).toEqual([body, 400, pointer]);
    }
    expect((await as(trader, 'POST', '/v1/keys', { label: 'x', scopes: ['read'], actor: 'rival' })).status).toBe(403);
    const maker = await made(trader, { label: 'maker', scopes: ['share'] });
    // A stolen key must not outlive its end by keys that it makes.
    for (const [method, path] of [
      ['POST', '/v1/keys'],
      ['POST', `/v1/keys/${maker.id ?? ''}/rotate`],
    ] as const) {
      const { status, body } = await call(
        maker.key ?? '',
        method,
        path,
        path === '/v1/keys' ? { label: 'x', scopes: ['share'] } : {},
      );
      expect([path, status, body.detail]).toEqual([path, 403, expect.stringContaining('makes and replaces no keys')]);
    }
    const admin = await call(operator, 'POST', '/v1/keys', { label: 'x', scopes: ['admin'] });
    const byAdmin = (path: string, body: object) => call(admin.body.key as string, 'POST', path, body);
    expect((await byAdmin('/v1/keys', { label: 'x', scopes: ['admin'] })).status).toBe(403);
    expect((await byAdmin('/v1/session/links', {})).status).toBe(403);
  });

  it('end with the key of the actor with which they were made', async () => {
    const farmer = await registrar.register('farmer', ['trader']);
    const next = await outsideKey();
    const added = { actor: 'farmer', key: next.jwk, possession: await farmer.possession('farmer', next) };
    await farmer.must('key.added', added);
    const renewed = new OutsideActor(service.url, farmer.log, 'farmer', next);
    const [old, kept] = [
      await made(farmer, { label: 'old', scopes: ['read'] }),
      await made(renewed, { label: 'new', scopes: ['read'] }),
    ];
    for (const { key = '' } of [old, kept]) expect((await call(key, 'GET', '/v1/lots')).status).toBe(200);
    await renewed.must('key.revoked', { actor: 'farmer', kid: farmer.key.kid, reason: 'superseded' });
    expect((await refusedSoon(old.key ?? '')).body.detail).toMatch(/made this key has been revoked/);
    expect((await call(kept.key ?? '', 'GET', '/v1/lots')).status).toBe(200);
  });

  it('are made by the operator for itself and for others', async () => {
    const metrics = await call(operator, 'POST', '/v1/keys', { label: 'Prometheus', scopes: ['metrics'] });
    expect(metrics.body).toMatchObject({ actor: null, scopes: ['metrics'] });
    const key = metrics.body.key as string;
    const read = await fetch(`${service.url}/metrics`, { headers: { authorization: `Bearer ${key}` } });
    expect(read.status).toBe(200);
    expect((await call(key, 'GET', '/v1/lots')).status).toBe(403);
    const other = await call(operator, 'POST', '/v1/keys', { label: 'x', scopes: ['monitor'], actor: 'rival' });
    expect(other.body).toMatchObject({ actor: 'rival' });
    expect((await call(operator, 'POST', '/v1/keys', { label: 'x', scopes: ['monitor'], actor: 'none' })).status).toBe(
      400,
    );
    // It would see the trade of the actor, and act in its name.
    for (const scope of ['read', 'alerts', 'share']) {
      const body = { label: 'x', scopes: ['monitor', scope], actor: 'rival' };
      expect([scope, (await call(operator, 'POST', '/v1/keys', body)).status]).toEqual([scope, 403]);
    }
    const own = await made(rival, { label: 'x', scopes: ['read'] });
    expect((await call(operator, 'POST', `/v1/keys/${own.id ?? ''}/rotate`, {})).status).toBe(403);
    // An actor does not replace a key that has more scopes than it.
    const replaced = await as(rival, 'POST', `/v1/keys/${other.body.id as string}/rotate`, {});
    expect(replaced.status).toBe(400);
  });

  it('are replaced with an overlap, and revoked within seconds', async () => {
    const first = await made(trader, { label: 'replaced', scopes: ['read'] });
    const path = `/v1/keys/${first.id}`;
    expect((await as(rival, 'POST', `${path}/rotate`, {})).status).toBe(404);
    expect((await as(rival, 'DELETE', path)).status).toBe(404);
    const second = (await as(trader, 'POST', `${path}/rotate`, { overlapHours: 1 })).body as Record<string, string>;
    expect(second).toMatchObject({ replaces: first.id, label: 'replaced', scopes: ['read'] });
    for (const { key = '' } of [first, second]) expect((await call(key, 'GET', '/v1/lots')).status).toBe(200);
    const third = (await as(trader, 'POST', `/v1/keys/${second.id}/rotate`, { overlapHours: 0 })).body;
    expect(await refusedSoon(second.key ?? '')).toMatchObject({ body: { detail: 'The key has expired.' } });
    expect((await as(trader, 'DELETE', `/v1/keys/${third.id as string}`)).status).toBe(204);
    expect(await refusedSoon(third.key as string)).toMatchObject({ body: { detail: 'The key has been revoked.' } });
    expect((await as(trader, 'DELETE', `/v1/keys/${third.id as string}`)).status).toBe(404);
    expect((await as(trader, 'POST', `/v1/keys/${second.id}/rotate`, {})).status).toBe(404);
    expect((await call(operator, 'DELETE', path)).status).toBe(204);
    await refusedSoon(first.key ?? '');
  });

  it('end while their actor is suspended', async () => {
    const broker = await registrar.register('broker', ['trader']);
    const { key = '' } = await made(broker, { label: 'x', scopes: ['read'] });
    expect((await call(key, 'GET', '/v1/lots')).status).toBe(200);
    await registrar.must('actor.statusChanged', { actor: 'broker', status: 'suspended' });
    await refusedSoon(key);
  });

  it('are refused without a look-up where they are mistyped, and with one where they are unknown', async () => {
    const { key = '' } = await made(trader, { label: 'x', scopes: ['read'] });
    const swapped = key.replace(/(.)(.)$/, (_all, a: string, b: string) => (a === b ? `${a}!` : b + a));
    const others = [key.slice(0, -1), `${key}0`, 'adit_live_', 'adit_x', operator.replace('operator', 'live')];
    for (const wrong of [swapped, ...others]) {
      const { status, body } = await call(wrong, 'GET', '/v1/lots');
      expect([wrong, status, body.detail]).toEqual([wrong, 401, expect.stringContaining('checksum')]);
    }
    for (const kind of ['live', 'operator'] as const)
      expect((await call(newSecret(kind), 'GET', '/v1/lots')).body.detail).toMatch(/is not known here/);
  });

  it('are stored as hashes, and journaled', async () => {
    const { key = '', id } = await made(trader, { label: 'journaled', scopes: ['read'] });
    const client = new pg.Client({ connectionString: service.database.superuserUrl });
    await client.connect();
    const database = new Database({ url: service.database.url, failed: () => undefined });
    try {
      const { rows } = await client.query('SELECT machine_keys::text AS row FROM machine_keys');
      expect(JSON.stringify(rows)).not.toContain(key.slice(10));
      const secret = Buffer.from(readFileSync(service.config.secretFile, 'utf8').trim(), 'base64');
      const memory = new JournalMemory(`${service.config.guardFile}.none`, () => undefined);
      const audit = new AuditJournal(database, new JournalKey(secret), memory);
      expect(await audit.check({ remembers: false })).toEqual([]);
      await client.query("UPDATE machine_keys SET scopes = '{admin}' WHERE id = $1", [id]);
      expect(await audit.check({ remembers: false })).toMatchObject([{ table: 'machine_keys' }]);
    } finally {
      await database.close();
      await client.end();
    }
  });
});
