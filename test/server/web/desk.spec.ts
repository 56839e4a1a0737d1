import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { noBrowser, openBrowser } from '../../support/browser.js';
import { faultsOf, keyFileOf } from '../../support/looked-at.js';
import { type OutsideActor, openAsRegistrar } from '../../support/outside-client.js';
import { pagesIn } from '../../support/rounds.js';
import { type TestServer, startTestServer } from '../../support/running-server.js';
import { boundToken, readAs } from '../../support/sign-in.js';
import { until } from '../../support/until.js';

const BAGS = 60;

let service: TestServer;
let trader: OutsideActor;
let coop: OutsideActor;
let smelter: OutsideActor;
let bags: string[] = [];
let dispatch = '';

const tagOf = (number: number): string => `SYN-B-${String(number).padStart(3, '0')}`;
const kilograms = (value: string) => ({ value, uom: 'KGM' });

/** Opens a ledger in which sixty bags are on their way to the trader. */
async function openLedger(): Promise<void> {
  service = await startTestServer({ ADIT_ACCESS: 'closed', ADIT_RATE_LIMIT_PER_MINUTE: '0' });
  const registrar = await openAsRegistrar(service.url);
  coop = await registrar.register('coop', ['miner'], 'RW');
  trader = await registrar.register('trader', ['trader', 'processor', 'exporter'], 'RW');
  smelter = await registrar.register('smelter', ['smelter'], 'RW');
  await registrar.must('site.registered', {
    site: 'hill',
    country: 'RW',
    operator: 'coop',
    minerals: ['cassiterite'],
  });
  const output = { lot: null, mineral: 'cassiterite', form: 'ore', mass: kilograms('50') };
  const declared = await coop.must(
    'lot.declared',
    { outputs: Array.from({ length: BAGS }, (_, i) => ({ ...output, tags: [tagOf(i + 1)] })) },
    { place: { site: 'hill' } },
  );
  bags = declared.lots;
  await coop.must('custody.dispatched', {
    to: 'trader',
    seals: ['SL-88'],
    vehicle: 'RAB 123 C',
    lots: bags.map((lot) => ({ lot, prev: declared.id })),
  });
}

async function signIn(page: Page, actor: OutsideActor): Promise<void> {
  await page.goto(`${service.url}/desk`);
  await page.locator('input[type=file]').setInputFiles(await keyFileOf(actor));
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page
    .getByRole('heading', { level: 1 })
    .filter({ hasText: /on (their|its) way to you/i })
    .waitFor();
}

/** A table with three bad rows among sixty. */
const table = (): string =>
  [
    'Tag;Weight (kg);Seal state',
    ...Array.from({ length: BAGS - 3 }, (_, i) => `${tagOf(i + 1)};49.9;intact`),
    `${tagOf(58)};49,9;intact`,
    `${tagOf(1)};51;intact`,
    'SYN-X-404;50;intact',
  ].join('\r\n');

/** Counts lots as the ledger has them, for the trader. */
async function countOf(query: string): Promise<number> {
  const { body } = await readAs(trader, await boundToken(trader), `/v1/lots?limit=100&${query}`);
  return (body.items as unknown[]).length;
}

const whenBrowser = noBrowser === null ? describe : describe.skip;

whenBrowser('the desk in a browser', () => {
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  const errors: string[] = [];

  beforeAll(async () => {
    await openLedger();
    browser = await openBrowser();
    context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'en-GB' });
    context.setDefaultTimeout(10_000);
    page = await context.newPage();
    page.on('pageerror', (error) => errors.push(error.message));
    await signIn(page, trader);
  });

  afterAll(async () => {
    await browser?.close();
    await service?.close();
  });

  it('asks a stranger to sign in, and has no lots for the operator', async () => {
    const html = await (await fetch(`${service.url}/desk`, { headers: { accept: 'text/html' } })).text();
    expect(html).toContain('data-sign-in');
    const token = readFileSync(service.config.operatorTokenFile, 'utf8').trim();
    const headers = { accept: 'text/html', authorization: `Bearer ${token}` };
    expect(await (await fetch(`${service.url}/desk`, { headers })).text()).toContain('The operator holds no lots.');
  });

  it('receives sixty bags from a table, of which three rows are bad, while the service fails for a while', async () => {
    await page.getByRole('link', { name: 'Receive them' }).click();
    await page.locator('input[type=file]').setInputFiles({
      name: 'weights.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from(table()),
    });
    await page.getByText('58 rows are filled in below; 2 fit no lot.').waitFor();
    const strays = page.getByRole('region').or(page.locator('section.note'));
    await strays.getByText('No lot on its way to you is called SYN-X-404.').waitFor();
    await strays.getByText('SYN-B-001 is in the table twice; its first row counts.').waitFor();
    await page.getByText('Write 49.9, with a point for decimals and nothing else.').waitFor();
    await page.getByText('1 to correct, 0 to look at, 2 to weigh').waitFor();
    expect(await faultsOf(page)).toEqual([]);

    await page.evaluate(
      "const add = IDBObjectStore.prototype.add; window.mend = () => { IDBObjectStore.prototype.add = add; }; IDBObjectStore.prototype.add = () => { throw new DOMException('full', 'QuotaExceededError'); };",
    );
    await page.getByRole('button', { name: 'Sign for 57' }).click();
    await page.getByText('This browser has no room left').waitFor();
    await page.evaluate('window.mend()');

    let failing = true;
    let failed = 0;
    await page.route('**/v1/events', async (route) => {
      if (!failing) return route.continue();
      failed += 1;
      return route.fulfill({ status: 500, body: '<h1>Internal Server Error</h1>' });
    });
    await page.getByRole('button', { name: 'Sign for 57' }).click();
    await page.getByText('sending').first().waitFor();
    expect(await countOf('holder=trader')).toBe(0);
    // What was typed and what was signed survive a reload in the middle of sending.
    await page.reload();
    await page.getByText('sending').first().waitFor();
    expect(await page.getByRole('button', { name: /^Sign for/ }).isDisabled()).toBe(true);
    await page.getByText('Write 49.9, with a point').waitFor();
    const other = await context.newPage();
    await other.goto(`${service.url}/desk/outbox`);
    await other.getByText('sending').first().waitFor();
    expect(failed).toBeGreaterThan(0);
    failing = false;
    await page.getByText('accepted').first().waitFor({ timeout: 15_000 });
    await other.getByText('accepted').first().waitFor();
    await other.close();
    await page.unroute('**/v1/events');
    expect(await countOf('holder=trader')).toBe(57);
    expect(await countOf('inTransitTo=trader')).toBe(3);
  });

  it('mends a bad row, and rejects with a reason', async () => {
    await page.goto(`${service.url}/desk/receive`);
    await page.getByLabel('Mass of SYN-B-058 in kg').fill('49.9');
    await page.getByLabel('Lot of line 61').fill('SYN-B-059');
    await page.keyboard.press('Tab');
    await page.getByLabel('Outcome for SYN-B-060').selectOption('rejected');
    await page.getByLabel('Why SYN-B-060 is rejected').fill('seal broken');
    await page.getByRole('button', { name: 'Sign for 3' }).click();
    await page.getByText('accepted').nth(2).waitFor();
    expect(await countOf('holder=trader&status=held')).toBe(59);
  });

  it('splits, processes with a live balance, and dispatches, by the keyboard alone', async () => {
    await page.goto(`${service.url}/desk`);
    await page.getByLabel('Choose SYN-B-002').focus();
    await page.keyboard.press('Space');
    await page.getByRole('button', { name: 'Split' }).press('Enter');
    await page.getByLabel('Mass, kg: 1').fill('20');
    await page.getByLabel('Mass, kg: 2').fill('35');
    await page.getByText('Heavier than it was, by more than 0.5').waitFor();
    await page.getByLabel('Mass, kg: 2').fill('29.9');
    await page.getByText('Within 0.5').waitFor();
    await page.getByRole('button', { name: 'Sign and send' }).press('Enter');
    await page.getByText('accepted').waitFor();

    await page.goto(`${service.url}/desk/do/process?lot=${bags[2]}&lot=${bags[3]}`);
    await page.getByLabel('Process (wash').fill('gravity');
    await page.getByRole('button', { name: 'Sign and send' }).click();
    await page.getByText('Fill this in.').first().waitFor();
    expect(await page.evaluate('document.activeElement.getAttribute("aria-describedby")')).toMatch(/-fault$/);
    await page.locator('[id="f-outputs.0.form"]').selectOption('concentrate');
    await page.locator('[id="f-outputs.0.mass"]').fill('60');
    await page.locator('[id="f-outputs.0.tags"]').fill('SYN-C-1');
    await page.getByText('−39.9').waitFor();
    await page.locator('[id="f-residues.0.kind"]').fill('tailings');
    await page.locator('[id="f-residues.0.mass"]').fill('39');
    await page.getByText('After, with residues').waitFor();
    await page.getByRole('button', { name: 'Check' }).click();
    await page.getByText('The ledger would accept this.').waitFor();
    await page.getByRole('button', { name: 'Sign and send' }).press('Enter');
    await page.getByText('accepted').waitFor();

    await page.goto(`${service.url}/desk`);
    await page.getByLabel('Choose SYN-C-1').check();
    await page.getByRole('button', { name: 'Dispatch' }).click();
    await page.getByLabel('To *').fill('nobody-known');
    await page.getByRole('button', { name: 'Sign and send' }).click();
    await page.getByText('The ledger would refuse this, so nothing was signed:').waitFor();
    await page.getByLabel('To *').fill('smelter');
    await page.getByLabel('Vehicle').fill('RAB 123 C');
    await page.getByRole('button', { name: 'Sign and send' }).click();
    await page.getByText('accepted').waitFor();
    expect(await countOf('holder=trader&status=inTransit')).toBe(1);
    expect(errors).toEqual([]);
  });

  it('prints labels and waybills', async () => {
    const head = await page.request.get(`${service.url}/v1/lots?holder=trader&status=inTransit`);
    const [lot] = ((await head.json()) as { items: { head: string }[] }).items;
    dispatch = lot?.head ?? '';
    for (const path of [`/desk/labels.pdf?lot=${bags[5]}&lot=${bags[6]}`, `/desk/waybill/${dispatch}.pdf`]) {
      const answer = await page.request.get(service.url + path);
      expect([path, answer.status(), answer.headers()['content-type']]).toEqual([path, 200, 'application/pdf']);
      expect((await answer.body()).subarray(0, 5).toString()).toBe('%PDF-');
    }
    expect((await page.request.get(`${service.url}/desk/waybill/${bags[0]}.pdf`)).status()).toBe(404);
    expect((await fetch(`${service.url}/desk/labels.pdf?lot=${bags[5]}`)).status).toBe(401);
  });

  it('corrects what its actor signed, and no one else does', async () => {
    await page.goto(`${service.url}/events/${dispatch}`);
    await page.getByRole('link', { name: 'Correct' }).click();
    await page.getByLabel('Corrected: Seals').fill('SL-9, SL-10');
    await page.getByRole('button', { name: 'Sign and send' }).click();
    await page.getByText('Fill this in.').waitFor();
    await page.getByLabel('Reason').last().fill('seals were not written');
    await page.getByRole('button', { name: 'Sign and send' }).click();
    await page.getByText('accepted').waitFor();
    await page.goto(`${service.url}/desk/correct/${dispatch}`);
    await page.getByRole('cell', { name: 'SL-9, SL-10' }).first().waitFor();
    const [declared] = (
      (await (await page.request.get(`${service.url}/v1/lots/${bags[5]}/events`)).json()) as { items: { id: string }[] }
    ).items;
    expect((await page.request.get(`${service.url}/desk/correct/${declared?.id}`)).status()).toBe(403);
  });

  it('shares a lot, grants access to it, and shows who read it', async () => {
    await page.goto(`${service.url}/lots/${bags[5]}`);
    await page.getByRole('link', { name: 'Share, and who read it' }).click();
    await page.getByLabel('For whom or what').fill('the bank');
    await page.getByRole('button', { name: 'Make a link' }).click();
    const url = await page.getByLabel('The link, shown this once.').inputValue();
    const secret = url.slice(url.indexOf('#') + 1);
    const shared = { headers: { authorization: `Share ${secret}` } };
    expect((await fetch(`${service.url}/v1/lots/${bags[5]}`, shared)).status).toBe(200);
    await page.locator('input[name=to]').fill('smelter');
    await page.getByRole('button', { name: 'Sign the grant' }).click();
    await page.getByText('by trader, for this lot').waitFor();
    await page.reload();
    await page.getByText('1 time', { exact: true }).waitFor();
    await page.getByText('by the link the bank').waitFor();
    expect(await faultsOf(page)).toEqual([]);
    await page.getByRole('button', { name: 'Withdraw' }).first().click();
    await page.getByText('withdrawn').waitFor();
    expect((await fetch(`${service.url}/v1/lots/${bags[5]}`, shared)).status).toBe(401);
    await page.getByRole('button', { name: 'Publish the passport' }).click();
    await page.getByText('published, without its evidence').waitFor();
    const passport = service.url + ((await page.locator('a[href^="/p/"]').getAttribute('href')) ?? '');
    expect((await fetch(passport)).status).toBe(200);
    await page.getByRole('button', { name: 'Withdraw' }).first().click();
    await page.getByRole('button', { name: 'Publish the passport' }).waitFor();
    expect((await fetch(passport)).status).toBe(404);
  });

  it('says that the clock of the device is off, and signs the time that a person writes', async () => {
    const late = await browser.newContext({ storageState: await context.storageState() });
    const other = await late.newPage();
    await other.clock.install({ time: new Date('2024-01-01T00:00:00Z') });
    await other.goto(`${service.url}/desk/do/seal?lot=${bags[7]}`);
    await other.getByText('The clock of this device shows 1 January 2024').waitFor();
    await late.close();
  });

  it('has no fault that axe finds, in light at 1440 and in dark at 360', async () => {
    const pages = [
      '/desk',
      '/desk/receive',
      '/desk/outbox',
      `/desk/do/process?lot=${bags[5]}`,
      `/desk/do/measure?lot=${bags[5]}`,
      `/desk/do/dispatch?lot=${bags[5]}`,
      `/desk/correct/${dispatch}`,
      `/desk/access/${bags[5]}`,
    ];
    const looks = [
      ['light', 1440],
      ['dark', 360],
    ] as const;
    for (const look of looks) {
      const [scheme, width] = look;
      await page.emulateMedia({ colorScheme: scheme });
      await page.setViewportSize({ width, height: 800 });
      for (const path of pagesIn(look, looks, pages)) {
        await page.goto(service.url + path);
        await page.locator('[data-island] > *').first().waitFor();
        expect([path, await faultsOf(page)]).toEqual([path, []]);
      }
    }
  });

  it('forgets the key when its owner signs out, and shows what was typed and signed to its owner alone', async () => {
    await page.setViewportSize({ width: 1440, height: 900 });
    await page.goto(`${service.url}/desk/outbox`);
    await page.getByRole('button', { name: 'Send now' }).waitFor();
    const reason = page.locator('[id="f-ground"]');
    await page.goto(`${service.url}/desk/dispute/${dispatch}`);
    await reason.fill('typed by the trader');
    // Drafts are stored a moment after the last key.
    await page.waitForTimeout(500);
    await page.reload();
    await until(async () => (await reason.inputValue()) === 'typed by the trader');
    await page.goto(`${service.url}/desk`);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('link', { name: 'Sign in' }).waitFor();
    const kept = await page.evaluate(
      `new Promise((resolve) => { const open = indexedDB.open('adit'); open.onsuccess = () => { const all = open.result.transaction('keys').objectStore('keys').count(); all.onsuccess = () => resolve(all.result); }; })`,
    );
    expect(kept).toBe(0);
    await signIn(page, smelter);
    await page.goto(`${service.url}/desk/dispute/${dispatch}`);
    await reason.waitFor();
    await page.waitForTimeout(500);
    expect(await reason.inputValue()).toBe('');
    await page.goto(`${service.url}/desk/outbox`);
    await page.locator('.empty').waitFor();
    expect(await page.getByRole('button', { name: 'Send now' }).count()).toBe(0);
  });
});
