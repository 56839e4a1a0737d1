import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import type { Asked } from '../../support/sign-in.js';
import { TradingWorld } from '../../support/trading-world.js';

describe('contacts of actors', () => {
  let world: TradingWorld;

  beforeAll(async () => {
    world = await TradingWorld.open();
  });

  afterAll(async () => {
    await world.close();
  });

  const put = (who: string, actor: string, body: object): Promise<Asked> =>
    world.send(who, 'PUT', `/v1/contacts/${actor}`, body);
  const full = {
    representative: 'G. Uwase',
    phone: '+250 788 123 456',
    email: 'office@example.org',
    taxNumber: '102345678',
  };

  it('shows them to their actor, to the authorities of its country, and to whom it names', async () => {
    const made = await put('trader', 'trader', { ...full, shownTo: ['buyer'] });
    expect(made).toMatchObject({ status: 200, body: { ...full, actor: 'trader', shownTo: ['buyer'] } });
    const seen: Record<string, number> = {};
    const who = ['trader', 'buyer', 'authority', 'registrar', 'coop', 'elsewhere', 'auditor', 'stranger'];
    for (const each of [...who, 'operator', 'nobody'])
      seen[each] = (await world.read(each, '/v1/contacts/trader')).status;
    expect(seen).toEqual({
      trader: 200,
      buyer: 200,
      authority: 200,
      registrar: 200,
      coop: 404,
      elsewhere: 404,
      auditor: 404,
      stranger: 404,
      operator: 404,
      nobody: 401,
    });
    const listed = await world.read('authority', '/v1/contacts');
    expect(listed.body.items).toEqual([expect.objectContaining({ actor: 'trader', shownTo: null })]);
    expect((await world.read('stranger', '/v1/contacts')).body.items).toEqual([]);
    // Contacts that are hidden and contacts that are missing have the same answer.
    const [hidden, missing] = [
      await world.read('coop', '/v1/contacts/trader'),
      await world.read('coop', '/v1/contacts/none'),
    ];
    expect(hidden.body.detail).toBe(String(missing.body.detail).replace('none', 'trader'));
  });

  it('shows them no longer to whom they are not shown any more, and not to a suspended authority', async () => {
    await put('coop', 'coop', { phone: '+250 700 000 000', shownTo: ['stranger'] });
    expect((await world.read('stranger', '/v1/contacts/coop')).status).toBe(200);
    await put('coop', 'coop', { phone: '+250 700 000 000' });
    expect((await world.read('stranger', '/v1/contacts/coop')).status).toBe(404);
  });

  it('lets nobody else fill or erase them, and refuses what is no contact', async () => {
    for (const who of ['rival', 'authority', 'registrar'].map((each) => (each === 'rival' ? 'stranger' : each))) {
      expect((await put(who, 'trader', full)).status).toBe(403);
      expect((await world.send(who, 'DELETE', '/v1/contacts/trader')).status).toBe(403);
    }
    for (const [body, pointer] of [
      [{}, ''],
      [{ shownTo: ['buyer'] }, ''],
      [{ phone: 'call me' }, '/phone'],
      [{ email: 'a@example.org, b@example.org' }, '/email'],
      [{ representative: 'a\nb' }, '/representative'],
      [{ ...full, shownTo: ['nobody-there'] }, '/shownTo'],
      [{ ...full, fax: '1' }, ''],
    ] as const) {
      const { status, body: problem } = await put('trader', 'trader', body);
      expect([body, status]).toEqual([body, 400]);
      expect(JSON.stringify(problem.errors)).toContain(pointer);
    }
  });

  it('erases them, and keeps nothing', async () => {
    await put('buyer', 'buyer', { ...full, representative: 'Erased Person' });
    expect((await world.send('buyer', 'DELETE', '/v1/contacts/buyer')).status).toBe(204);
    expect((await world.read('buyer', '/v1/contacts/buyer')).status).toBe(404);
    expect((await world.send('buyer', 'DELETE', '/v1/contacts/buyer')).status).toBe(404);
    const client = new pg.Client({ connectionString: world.service.database.url });
    await client.connect();
    const { rows } = await client.query(
      `SELECT count(*)::int AS n FROM contacts WHERE representative = 'Erased Person'`,
    );
    await client.end();
    expect(rows).toEqual([{ n: 0 }]);
  });
});
