import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { noBrowser, openBrowser } from '../../support/browser.js';
import { HookReceiver } from '../../support/hook-receiver.js';
import { HostileWorld } from '../../support/hostile-world.js';
import { MailServer } from '../../support/mail-server.js';
import { get } from '../../support/outside-client.js';
import { attempts } from '../../support/plant-text.js';
import { whole } from '../../support/rounds.js';
import { type TestServer, startTestServer } from '../../support/running-server.js';
import { askToken, assertionOf, formOf } from '../../support/sign-in.js';
import { until } from '../../support/until.js';

/** In CI every attempt in every field; otherwise one in each field, in two forms of fields that have several. */
const TRIED = whole ? attempts : (['each', 'each'] as const);

/** Markup that only a text that was not escaped makes. */
const MARKUP = /<img|<script>|canary\(\)<\/script>|="javascript:|=javascript:/;
/** Pages that have a file of their table, and those of a lot. */
const LISTS = ['/lots', '/sites', '/actors', '/findings'];
const TABLES = ['lineage', 'impact', 'events', 'hands'];
/** What turns the direction of the text that follows it. */
const TURNS = /[\u202a-\u202e\u2066-\u2069]/;

/** Inline elements out of which a text turns what follows it. */
const TURNED = `[...document.querySelectorAll('body *')].filter((element) => [...element.childNodes].some((node) => node.nodeType === 3 && ${String(TURNS)}.test(node.data)) && getComputedStyle(element).display === 'inline' && getComputedStyle(element).unicodeBidi !== 'isolate').map((element) => element.outerHTML.slice(0, 120))`;

let service: TestServer;
let mails: MailServer;
let hooks: HookReceiver;
let world: HostileWorld;
let findings: string[] = [];
let alerts: string[] = [];

const subscribe = async (body: object): Promise<void> => {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${service.url}/v1/subscriptions`, {
    method: 'POST',
    headers,
    body: JSON.stringify(body),
  });
  expect(answer.status).toBe(201);
};
const idsOf = async (path: string): Promise<string[]> =>
  ((await get(service.url, path)).body.items as { id: string }[]).map(({ id }) => id);

beforeAll(async () => {
  [mails, hooks] = [await MailServer.start(), await HookReceiver.start()];
  service = await startTestServer({
    ADIT_ROLE: 'all',
    ADIT_RATE_LIMIT_PER_MINUTE: '0',
    SMTP_URL: mails.url,
    ADIT_MAIL_FROM: 'alerts@ledger.example.org',
    ADIT_PUBLIC_URL: 'https://ledger.example.org',
  });
  await subscribe({ channel: 'webhook', url: `${hooks.base}/hook`, contact: 'a@example.org' });
  await subscribe({ channel: 'mail', address: 'fr@example.org', language: 'fr' });
  world = await HostileWorld.open(service.url, TRIED);
  // The last events told make these findings, so the others are judged by then.
  await until(
    async () => (await idsOf('/v1/findings?rule=origin-implausible&limit=100')).length >= TRIED.length,
    60_000,
  );
  findings = await idsOf('/v1/findings?limit=25');
  alerts = await idsOf('/v1/alerts?limit=25');
  await until(() => mails.letters.length > 5, 60_000);
}, 120_000);

afterAll(async () => {
  await service.close();
  await hooks.stop();
  await mails.stop();
});

/** A lot of each kind: declared, and made of others. */
const tabled = (): string[] => world.lots.filter((_, i) => i % 6 === 0);

const addresses = (): string[] => [
  ...world.events.map((id) => `/events/${id}`),
  ...world.lots.filter((_, i) => i % 3 === 0).map((id) => `/lots/${id}`),
  ...tabled().flatMap((id) => TABLES.map((table) => `/lots/${id}/${table}`)),
  ...world.ids.actors.map((id) => `/actors/${id}`),
  ...world.ids.sites.map((id) => `/sites/${id}`),
  ...findings.map((id) => `/findings/${id}`),
  ...alerts.map((id) => `/inbox/${id}`),
  ...LISTS,
  '/',
  '/log',
  '/inbox',
  '/inbox/deliveries',
  '/operation',
  '/operation/grants',
];

describe('a hostile text in an event', () => {
  it('is in every type of event, and in every field of text that a type has', () => {
    expect([...world.told].toSorted()).toEqual(HostileWorld.types.toSorted());
    const fields = new Set(world.planted.map(({ field }) => field));
    expect(fields.size).toBeGreaterThan(100);
    expect(world.takingLines).toEqual([]);
  });

  it('is a text in every page, in its title, and in the head of the answer', async () => {
    const shown = new Set<string>();
    const wrong: unknown[] = [];
    for (const path of addresses()) {
      const answer = await fetch(service.url + path, { headers: { accept: 'text/html', 'accept-language': 'fr' } });
      const html = await answer.text();
      if (answer.status !== 200) wrong.push([path, answer.status]);
      const found = MARKUP.exec(html);
      if (found !== null) wrong.push([path, html.slice(found.index - 80, found.index + 80)]);
      if (JSON.stringify([...answer.headers]).includes('canary')) wrong.push([path, 'head']);
      for (const [, number = ''] of html.matchAll(/canary[^.]{0,40}\.(\d+)\./g)) shown.add(number);
    }
    expect(wrong).toEqual([]);
    const hidden = world.planted.filter(({ text }) => !shown.has(/\.(\d+)\./.exec(text)?.[1] ?? ''));
    expect([...new Set(hidden.map(({ field }) => field))]).toEqual([]);
  });

  it('begins no cell of a file as a formula does', async () => {
    const paths = [
      ...LISTS.map((path) => `${path}?format=csv`),
      ...tabled().flatMap((id) => TABLES.map((table) => `/lots/${id}/${table}?format=csv`)),
    ];
    let marked = 0;
    for (const path of paths) {
      const answer = await fetch(service.url + path, { headers: { accept: 'text/html' } });
      const csv = await answer.text();
      expect([path, answer.headers.get('content-type')]).toEqual([path, 'text/csv; charset=utf-8']);
      const cells = [...csv.matchAll(/(?:^|,|\r\n)(?:"((?:[^"]|"")*)"|([^,\r\n]*))/g)].map(([, a, b]) => a ?? b ?? '');
      marked += cells.filter((cell) => cell.includes('canary')).length;
      expect([path, cells.filter((cell) => /^[=+@\t\r]|^-(?!\d)/.test(cell))]).toEqual([path, []]);
    }
    expect(marked).toBeGreaterThan(20);
  });

  it('is a text in mails, and adds no line to their heads', () => {
    expect(mails.letters.filter(({ text }) => text.includes('canary')).length).toBeGreaterThan(3);
    for (const { text } of mails.letters) {
      const head = text.slice(0, text.indexOf('\r\n\r\n'));
      const html = text.slice(text.indexOf('text/html'));
      expect(html).not.toMatch(MARKUP);
      expect(
        head
          .match(/^(?:to|bcc|cc|subject):/gim)
          ?.map((name) => name.toLowerCase())
          .toSorted(),
      ).toEqual(['subject:', 'to:']);
      expect(text).not.toMatch(TURNS);
    }
  });

  it('is a text in webhooks', () => {
    const bodies = hooks.at('/hook');
    expect(bodies.filter(({ body }) => body.includes('canary')).length).toBeGreaterThan(3);
    for (const { body, headers } of bodies) {
      expect(() => JSON.parse(body) as unknown).not.toThrow();
      expect(headers['content-type']).toBe('application/json');
      expect(JSON.stringify(headers)).not.toContain('canary');
    }
  });

  it('is nothing that a paper runs or follows', async () => {
    const lots = world.lots.slice(0, 5).map((id) => `lot=${id}`);
    const { body } = await askToken(service.url, formOf(await assertionOf(world.actor('coop'))));
    const published = await fetch(`${service.url}/v1/lots/${world.lots[6]}/passport`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${String(body.access_token)}` },
      body: JSON.stringify({ gtin: '09506000134352', serial: '-x' }),
    });
    const { code } = (await published.json()) as { code: string };
    const dispatches = world.events.map((id) => `/desk/waybill/${id}.pdf`);
    let papers = 0;
    for (const path of [`/p/${code}.pdf`, `/desk/labels.pdf?${lots.join('&')}`, ...dispatches]) {
      const answer = await fetch(service.url + path, { headers: { accept: 'application/pdf' } });
      if (answer.status === 404 && path.startsWith('/desk/waybill')) continue;
      expect([path, answer.status]).toEqual([path, 200]);
      papers += 1;
      const pdf = Buffer.from(await answer.arrayBuffer()).toString('latin1');
      expect(pdf.slice(0, 5)).toBe('%PDF-');
      expect(pdf).not.toMatch(/\/(?:JS|JavaScript|Launch|OpenAction|AA)\b|\/URI \(javascript/);
    }
    expect(papers).toBeGreaterThan(5);
  });
});

const whenBrowser = noBrowser === null ? describe : describe.skip;

whenBrowser('a hostile text in a browser', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser?.close();
  });

  /** What a page does that it should not: scripts that ran, refusals of its policy, elements from texts. */
  async function harmOf(page: Page, path: string): Promise<unknown> {
    await page.goto(service.url + path);
    return page.evaluate(
      `({ ran: window.ran ?? 0, refused: window.refused ?? [], images: document.querySelectorAll('img[src="x"]').length, links: document.querySelectorAll('[href^="javascript:" i], [src^="javascript:" i], [action^="javascript:" i]').length, turned: ${TURNED} })`,
    );
  }

  it('runs nothing, makes no element, and breaks no policy', async () => {
    const page = await browser.newPage({ locale: 'sw' });
    const errors: string[] = [];
    page.on('pageerror', ({ message }) => errors.push(message));
    page.on('request', (request) => {
      if (!request.url().startsWith(service.url)) errors.push(request.url());
    });
    await page.addInitScript(
      `window.canary = () => { window.ran = (window.ran ?? 0) + 1; }; document.addEventListener('securitypolicyviolation', ({ violatedDirective }) => { (window.refused ??= []).push(violatedDirective); });`,
    );
    const all = addresses();
    const one = (beginning: string): string[] => {
      const paths = all.filter((path) => path.startsWith(beginning));
      return paths.filter((_, i) => i % Math.ceil(paths.length / 5) === 0);
    };
    const sample = [...one('/events/'), ...one('/lots/'), ...one('/actors/'), ...one('/sites/'), ...one('/findings/')];
    for (const path of [...sample, ...one('/inbox/'), ...LISTS, '/inbox'])
      expect([path, await harmOf(page, path)]).toEqual([
        path,
        { ran: 0, refused: [], images: 0, links: 0, turned: [] },
      ]);
    expect(errors).toEqual([]);
  });
});
