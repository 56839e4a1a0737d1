import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { HookReceiver } from '../../support/hook-receiver.js';
import { type Letter, MailServer } from '../../support/mail-server.js';
import { type Body, type OutsideActor, get, openAsRegistrar } from '../../support/outside-client.js';
import { type TestServer, startTestServer } from '../../support/running-server.js';
import { until } from '../../support/until.js';

async function send(base: string, method: string, path: string, body?: Body): Promise<{ status: number; body: Body }> {
  const response = await fetch(`${base}${path}`, {
    method,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body ?? {}),
  });
  return { status: response.status, body: (await response.json().catch(() => ({}))) as Body };
}

describe('mail', () => {
  let mails: MailServer;
  let hooks: HookReceiver;
  let service: TestServer;
  let coop: OutsideActor;

  beforeAll(async () => {
    mails = await MailServer.start();
    hooks = await HookReceiver.start();
    service = await startTestServer({
      ADIT_ROLE: 'all',
      SMTP_URL: mails.url,
      ADIT_MAIL_FROM: 'alerts@ledger.example.org',
      ADIT_PUBLIC_URL: 'https://ledger.example.org',
    });
    const registrar = await openAsRegistrar(service.url);
    coop = await registrar.register('coop', ['miner']);
    await registrar.must('site.registered', {
      site: 'hill',
      country: 'RW',
      operator: 'coop',
      minerals: ['cassiterite'],
    });
  });
  afterAll(async () => {
    await service.close();
    await hooks.stop();
    await mails.stop();
  });

  const twice = async (tag: string): Promise<void> => {
    const output = { mineral: 'cassiterite', form: 'concentrate', mass: { value: '48.6', uom: 'KGM' }, tags: [tag] };
    for (let i = 0; i < 2; i += 1) await coop.must('lot.declared', { place: { site: 'hill' }, outputs: [output] });
  };
  const letterTo = (address: string, has = ''): Promise<Letter> =>
    until(() => mails.letters.find(({ to, text }) => to === address && text.includes(has)));

  it('tells each in his language, with a link to what proves it', async () => {
    for (const language of ['en', 'fr', 'sw', 'es'])
      await send(service.url, 'POST', '/v1/subscriptions', {
        channel: 'mail',
        address: `${language}@example.org`,
        language,
        filters: { rules: ['tag-reused'] },
      });
    await twice('SYN-1');
    const words = { en: 'Critical', fr: 'Critique', sw: 'Mbaya', es: 'Crític' };
    for (const language of Object.keys(words)) {
      const { text } = await letterTo(`${language}@example.org`);
      expect(text).toContain(`Content-Language: ${language}`);
      expect(text).toMatch(/https:\/\/ledger\.example\.org\/v1\/lots\/[0-9a-f-]{36}\/bundle/);
      expect(text).toContain('https://ledger.example.org/rules/tag-reused');
      expect(text).toContain('text/html');
    }
    const titles = new Set(
      Object.keys(words).map(
        (language) => /^Subject: .*/m.exec(mails.letters.find(({ to }) => to.startsWith(language))?.text ?? '')?.[0],
      ),
    );
    expect(titles.size).toBe(4);
  });

  it('can be tried out, and says of an address that there is nobody', async () => {
    const { body } = await send(service.url, 'POST', '/v1/subscriptions', {
      channel: 'mail',
      address: 'nobody@example.org',
      filters: { rules: ['tag-voided-used'] },
    });
    const test = await send(service.url, 'POST', `/v1/subscriptions/${String(body.id)}/test`);
    expect(test.status).toBe(202);
    const delivery = await until(async () => {
      const { body: shown } = await get(service.url, `/v1/deliveries/${String(test.body.delivery)}`);
      return shown.status === 'exhausted' ? shown : undefined;
    });
    expect(delivery).toMatchObject({
      type: 'subscription.test',
      attempts: [{ httpStatus: 550, target: 'nobody@example.org' }],
    });
  });

  it('tells the owner of an endpoint that it was switched off', async () => {
    hooks.answer('/gone', (response) => void response.writeHead(410).end());
    const { body } = await send(service.url, 'POST', '/v1/subscriptions', {
      channel: 'webhook',
      url: `${hooks.base}/gone?key=secret`,
      contact: 'owner@example.org',
      language: 'es',
    });
    hooks.answer('/gone?key=secret', (response) => void response.writeHead(410).end());
    await twice('SYN-2');
    const { text } = await letterTo('owner@example.org');
    expect(text).toContain('Content-Language: es');
    expect(text).toContain('/gone');
    expect(text).not.toContain('secret');
    expect((await get(service.url, `/v1/subscriptions/${String(body.id)}`)).body).toMatchObject({ enabled: false });
  });

  it('is not offered where there is no mail server, and goes to addresses only', async () => {
    for (const asked of [
      { channel: 'mail', address: 'a@b.example, c@d.example' },
      { channel: 'mail', address: 'nobody' },
      { channel: 'mail', address: 'x@example.org', url: 'https://example.org/' },
      { channel: 'mail', address: 'x@example.org', quietHours: { from: '25:00', to: '06:00', timeZone: 'UTC' } },
      { channel: 'mail', address: 'x@example.org', quietHours: { from: '22:00', to: '06:00', timeZone: 'Moon/Base' } },
      { channel: 'mail', address: 'x@example.org', digestMinutes: 60, escalateAfterMinutes: 30 },
      { channel: 'carrier pigeon', address: 'x@example.org' },
    ])
      expect((await send(service.url, 'POST', '/v1/subscriptions', asked)).status).toBe(400);
    service = await service.restart({ ADIT_ROLE: 'all' });
    const { status, body } = await send(service.url, 'POST', '/v1/subscriptions', {
      channel: 'mail',
      address: 'x@example.org',
    });
    expect({ status, detail: body.detail }).toMatchObject({ status: 400, detail: expect.stringContaining('SMTP_URL') });
  });
});
