import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { noBrowser, openBrowser } from '../../support/browser.js';
import { HonestWorld, type SignedEvent } from '../../support/honest-world.js';
import { faultsOf } from '../../support/looked-at.js';
import { post } from '../../support/outside-client.js';
import { pagesIn } from '../../support/rounds.js';
import { type TestServer, startTestServer } from '../../support/running-server.js';

const BROWSER = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };
const CSP =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";
const CANARY = '<img src=x onerror=canary()>';

let service: TestServer;
let chain: SignedEvent[];
let lot = '';
let part = '';
let marked = '';

beforeAll(async () => {
  service = await startTestServer();
  const world = await HonestWorld.open(service.url);
  chain = world.chain();
  for (const { event } of chain) await post(service.url, event);
  lot = chain[0]?.lots[0] ?? '';
  part = chain[3]?.lots[1] ?? '';
  const output = { mineral: 'cassiterite', form: 'concentrate', mass: { value: '5', uom: 'KGM' }, lotNumber: CANARY };
  marked =
    (await world.actor('coop').must('lot.declared', { place: { site: 'hill' }, outputs: [output] })).lots[0] ?? '';
});

afterAll(async () => {
  await service.close();
});

const get = (path: string, headers: Record<string, string> = BROWSER): Promise<Response> =>
  fetch(service.url + path, { headers, redirect: 'manual' });

const paths = (): string[] => [
  '/',
  '/lots',
  `/lots/${lot}`,
  `/lots/${part}`,
  `/lots/${marked}`,
  `/lots/${part}/lineage`,
  `/lots/${lot}/impact`,
  `/lots/${part}/events`,
  `/lots/${part}/hands`,
  `/events/${chain[2]?.id}`,
  '/sites',
  '/sites/hill',
  '/actors',
  '/actors/trader',
  '/findings',
  '/rules',
  '/rules/mass-gained',
  '/log',
  '/operation',
  '/operation/grants',
  '/errors',
  '/errors/key-unknown',
  '/search?q=hill-and-more',
  '/ui',
  '/ui/passport',
];

describe('the pages', () => {
  it('answer, in the language asked for, and load nothing from elsewhere', async () => {
    for (const path of paths()) {
      const answer = await get(path, { ...BROWSER, 'accept-language': 'sw,fr;q=0.5' });
      const html = await answer.text();
      expect([path, answer.status]).toEqual([path, 200]);
      expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
      expect(answer.headers.get('content-security-policy')).toBe(CSP);
      expect(html).toContain('<html lang="sw">');
      expect(html).not.toMatch(/undefined|NaN|\[object|(?:src|href)="(?:https?:)?\/\//);
      expect(html).not.toContain('<img');
    }
  });

  it('keep the language that the reader chose', async () => {
    const chosen = await get('/?lang=fr');
    expect(await chosen.text()).toContain('<html lang="fr">');
    const cookie = chosen.headers.get('set-cookie')?.split(';')[0] ?? '';
    expect(await (await get('/log', { ...BROWSER, cookie, 'accept-language': 'es' })).text()).toContain(
      '<html lang="fr">',
    );
    expect((await get('/?lang=xx')).headers.get('set-cookie')).toBeNull();
  });

  it('give each table as a file too', async () => {
    for (const path of ['/lots', '/sites', '/actors', '/findings', `/lots/${part}/lineage`, `/lots/${part}/events`]) {
      const answer = await get(`${path}?format=csv`);
      expect([path, answer.status, answer.headers.get('content-type')]).toEqual([path, 200, 'text/csv; charset=utf-8']);
      expect(answer.headers.get('content-disposition')).toMatch(/^attachment; filename="[\w.-]+\.csv"$/);
    }
    const lines = (await (await get('/lots?format=csv&holder=trader')).text()).split('\r\n');
    expect(lines.filter((line) => line.includes(part))).toHaveLength(1);
  });

  it('name their files by a hash, which a browser may keep', async () => {
    const html = await (await get('/')).text();
    const [, style = ''] = /rel="stylesheet" href="([^"]+)"/.exec(html) ?? [];
    expect(style).toMatch(/^\/assets\/style-[\w-]{8}\.css$/);
    const answer = await get(style, {});
    expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'public, max-age=31536000, immutable']);
    for (const name of ['nothing.css', '..%2Fmanifest.json', '%2e%2e%2fmanifest.json'])
      expect((await get(`/assets/${name}`, {})).status).toBe(404);
  });

  it('open what an identifier names, if it is one thing', async () => {
    const where = async (query: string): Promise<string | null> =>
      (await get(`/search?q=${encodeURIComponent(query)}`)).headers.get('location');
    expect(await where(part.slice(0, 8))).toBe(`/lots/${part}`);
    expect(await where(` ${part} `)).toBe(`/lots/${part}`);
    expect(await where(chain[1]?.id ?? '')).toBe(`/events/${chain[1]?.id}`);
    expect(await where('trader')).toBe('/actors/trader');
    expect(await where('hill')).toBe('/sites/hill');
    expect(await where(CANARY)).toBe(`/lots/${marked}`);
    expect(await where('mass-gained')).toBe('/rules/mass-gained');
    for (const query of ['', 'no such thing', '%', "'; DROP TABLE lots; --"]) expect(await where(query)).toBeNull();
  });

  it('explain each code, to readers and to programs', async () => {
    const json = { accept: 'application/json' };
    expect(await (await get('/errors/not-holder', json)).json()).toMatchObject({ code: 'not-holder', status: 403 });
    expect(await (await get('/errors/not-holder')).text()).toContain('<code>/v1/lots/&lt;id></code>');
    expect((await get('/errors/constructor', json)).status).toBe(404);
    expect(await (await get('/errors')).text()).toContain('href="/errors/head-moved"');
  });

  it('drop filters that a form sends empty, and refuse wrong ones as a page', async () => {
    expect((await get('/lots?mineral=&status=&holder=&site=')).status).toBe(200);
    const wrong = await get('/lots?mineral=cheese');
    expect([wrong.status, wrong.headers.get('content-type')]).toEqual([400, 'text/html; charset=utf-8']);
  });

  it('say the same of what is not there and of what cannot be', async () => {
    const absent = '00000000-0000-8000-8000-000000000000';
    const texts = await Promise.all(
      [
        `/lots/${absent}`,
        `/events/${'A'.repeat(43)}`,
        '/actors/nobody',
        '/sites/nowhere',
        '/tags/NONE-1',
        '/nothing',
      ].map(async (path) => {
        const answer = await get(path);
        expect([path, answer.status]).toEqual([path, 404]);
        return (await answer.text()).replaceAll(path, '').replaceAll(/\/\?lang=|\?lang=/g, '');
      }),
    );
    expect(new Set(texts).size).toBe(1);
    const problem = await get(`/lots/${absent}`, { accept: 'application/json' });
    expect(problem.headers.get('content-type')).toContain('application/problem+json');
  });
});

describe('a service that is closed', () => {
  it('shows the public pages, and asks readers to sign in for the others', async () => {
    const closed = await service.restart({ ADIT_ACCESS: 'closed' });
    service = closed;
    try {
      for (const path of ['/', '/log', '/rules']) expect([path, (await get(path)).status]).toEqual([path, 200]);
      for (const path of ['/lots', `/lots/${lot}`, `/events/${chain[0]?.id}`, '/findings', '/actors/trader', '/ui']) {
        const answer = await get(path);
        expect([path, answer.status, answer.headers.get('content-type')]).toEqual([
          path,
          401,
          'text/html; charset=utf-8',
        ]);
        expect((await answer.text()).replaceAll(path, '')).not.toMatch(/trader|coop/);
      }
    } finally {
      service = await closed.restart({ ADIT_ACCESS: 'open' });
    }
  });
});

(noBrowser === null ? describe : describe.skip)(
  `in a browser${noBrowser === null ? '' : ` (skipped: ${noBrowser})`}`,
  () => {
    let browser: Browser;

    beforeAll(async () => {
      browser = await openBrowser();
    });

    afterAll(async () => {
      await browser.close();
    });

    /** Opens a page of a browser, and lists what it says is wrong and what it asks of others. */
    async function opened(options: Parameters<Browser['newContext']>[0]): Promise<{ page: Page; faults: string[] }> {
      const page = await (await browser.newContext(options)).newPage();
      const faults: string[] = [];
      page.on('console', (message) => message.type() === 'error' && faults.push(message.text()));
      page.on('pageerror', ({ message }) => faults.push(message));
      page.on('request', (request) => {
        const isOwn = request.url().startsWith(service.url) || /^(data|blob):/.test(request.url());
        if (!isOwn) faults.push(request.url());
      });
      return { page, faults };
    }

    const schemes = ['light', 'dark'] as const;

    it.each([
      ['light', 360],
      ['dark', 1440],
    ] as const)('have no fault of accessibility and do not overflow, %s, %d px wide', async (colorScheme, width) => {
      const { page, faults } = await opened({ viewport: { width, height: 900 }, colorScheme, bypassCSP: true });
      for (const path of pagesIn(colorScheme, schemes, paths())) {
        await page.goto(service.url + path);
        expect([path, await faultsOf(page)]).toEqual([path, []]);
      }
      expect(faults).toEqual([]);
    });

    it('check a lot by themselves, also once the service has stopped', async () => {
      const { page, faults } = await opened({ viewport: { width: 1440, height: 900 } });
      await page.goto(`${service.url}/lots/${part}`);
      const { logKey } = (await (await get('/v1/ledger', {})).json()) as { logKey: string };
      await page.fill('[data-check] input', logKey);
      await page.click('[data-check] button');
      await page.waitForSelector('[data-check] strong', { timeout: 60_000 });
      const steps = await page.locator('[data-check] li').allInnerTexts();
      expect(steps).toHaveLength(9);
      expect(steps.filter((step) => !step.startsWith('✓')).map((step) => step.split('\n')[1])).toEqual([]);
      expect(await page.innerText('[data-check] strong')).toBe('Verified');
      await page.context().setOffline(true);
      await page.click('[data-check] button');
      await page.waitForSelector('[data-check] button:enabled', { timeout: 60_000 });
      expect(await page.innerText('[data-check] strong')).toBe('Verified');
      expect(faults).toEqual([]);
    });

    it('work without JavaScript', async () => {
      const { page } = await opened({ javaScriptEnabled: false });
      await page.goto(`${service.url}/`);
      await page.fill('#find', part.slice(0, 8));
      await page.press('#find', 'Enter');
      expect(new URL(page.url()).pathname).toBe(`/lots/${part}`);
      expect(await page.innerText('h1')).toContain('tin');
    });
  },
);
