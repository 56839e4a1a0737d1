import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openAsRegistrar } from '../../support/outside-client.js';
import { type TestServer, startTestServer } from '../../support/running-server.js';
import { boundToken, proofOf } from '../../support/sign-in.js';

const HTML = { accept: 'text/html' };

let service: TestServer;

beforeAll(async () => {
  service = await startTestServer({ ADIT_ACCESS: 'closed' });
});
afterAll(() => service.close());

const shown = async (headers: Record<string, string>): Promise<{ status: number; text: string }> => {
  const response = await fetch(`${service.url}/operation`, { headers: { ...HTML, ...headers } });
  return { status: response.status, text: await response.text() };
};

const operator = (): Record<string, string> => ({
  authorization: `Bearer ${readFileSync(service.config.operatorTokenFile, 'utf8').trim()}`,
});

describe('the page of the operator', () => {
  it('shows health, audits, queues, keys and the settings in force', async () => {
    const made = await fetch(`${service.url}/v1/keys`, {
      method: 'POST',
      headers: { ...operator(), 'content-type': 'application/json' },
      body: JSON.stringify({ label: 'prometheus', scopes: ['metrics'] }),
    });
    expect(made.status).toBe(201);
    const { status, text } = await shown(operator());
    expect(status).toBe(200);
    for (const part of ['The ledger', 'Audits', 'Judging entries', 'prometheus', 'ADIT_ORIGIN', service.config.origin])
      expect(text).toContain(part);
    const { key } = (await made.json()) as { key: string };
    expect(text).not.toContain(key);
    expect(text).not.toContain(operator().authorization?.slice(-20) ?? '');
  });

  it('has forms for people, keys and failed work, and asks before it revokes', async () => {
    const { text } = await shown(operator());
    expect(text).toContain('data-path="/v1/people"');
    expect(text).toMatch(/data-send="DELETE" data-path="\/v1\/keys\/[0-9a-f-]{36}"/);
    expect(text).toMatch(/<dialog data-confirm[^>]*aria-label="Revoke the key prometheus\?/);
    expect(text).not.toMatch(/<dialog[^>]* open/);
  });

  it('runs failed work again, for the operator alone', async () => {
    const retry = async (name: string, headers: Record<string, string>): Promise<number> =>
      (await fetch(`${service.url}/v1/jobs/${name}/retry`, { method: 'POST', headers })).status;
    expect(await retry('verify', operator())).toBe(204);
    expect(await retry('nothing', operator())).toBe(400);
    expect(await retry('verify', {})).toBe(401);
  });

  it('shows no password of a database', async () => {
    const { password } = new URL(service.config.databaseUrl ?? 'postgres://a:none@b/c');
    expect(password).not.toBe('');
    expect((await shown(operator())).text).not.toContain(password);
  });

  it('is for the operator alone', async () => {
    const registrar = await openAsRegistrar(service.url);
    const coop = await registrar.register('coop', ['miner']);
    const token = await boundToken(coop);
    const dpop = await proofOf(coop.key, { method: 'GET', url: `${service.url}/operation`, token });
    const refused = await shown({ authorization: `DPoP ${token}`, dpop });
    expect(refused.status).toBe(403);
    expect(refused.text).not.toContain('ADIT_ORIGIN');
    expect((await shown({})).status).toBe(401);
  });
});
