import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { noBrowser, openBrowser } from '../../support/browser.js';
import { HookReceiver } from '../../support/hook-receiver.js';
import { faultsOf, signInAt } from '../../support/looked-at.js';
import { pagesIn } from '../../support/rounds.js';
import { TradingWorld } from '../../support/trading-world.js';

const CANARY = '<img src=x onerror=canary()>';
const PAGES = ['/inbox', '/inbox/subscriptions', '/inbox/deliveries', '/inbox/silences?ended=include'];

let world: TradingWorld;

const alertsOf = async (who: string): Promise<{ id: string; rule: string; status: string }[]> =>
  (await world.read(who, '/v1/alerts')).body.items as { id: string; rule: string; status: string }[];

/** Changes the signed text of an event, as an administrator of the database could. */
async function changeWeight(event: string): Promise<void> {
  const client = new pg.Client({ connectionString: world.service.database.superuserUrl });
  await client.connect();
  try {
    await client.query("SET session_replication_role = 'replica'");
    await client.query(
      `UPDATE entries SET jws = split_part(jws, '.', 1) || '.' || translate(encode(convert_to(
         replace(convert_from(decode(rpad(translate(split_part(jws, '.', 2), '-_', '+/'), (length(split_part(jws, '.', 2)) + 3) / 4 * 4, '='), 'base64'), 'UTF8'),
                 '"50"', '"60"'), 'UTF8'), 'base64'), E'+/=\\n', '-_') || '.' || split_part(jws, '.', 3)
        WHERE id = $1`,
      [event],
    );
  } finally {
    await client.end();
  }
}

async function until<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (const end = Date.now() + 20_000; ;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > end) throw new Error('It did not happen in time.');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

beforeAll(async () => {
  world = await TradingWorld.open({
    ADIT_ROLE: 'all',
    ADIT_AUDIT_INTERVAL_SECONDS: '1',
    ADIT_AUDIT_CYCLE_SECONDS: '0',
  });
});

afterAll(() => world.close());

describe('the inbox', () => {
  it('is for those who signed in, and for no share link', async () => {
    for (const path of ['/inbox', '/inbox/subscriptions', '/inbox/deliveries', '/inbox/silences'])
      expect([path, (await world.read('nobody', path)).status]).toEqual([path, 401]);
    const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
    const { body } = await world.send('coop', 'POST', `/v1/lots/${world.kept}/shares`, { expiresAt });
    expect((await world.read(body.secret as string, '/inbox')).status).toBe(403);
    for (const who of ['trader', 'operator', 'stranger'])
      expect([who, (await world.read(who, '/inbox')).status]).toEqual([who, 200]);
  });
});

(noBrowser === null ? describe : describe.skip)(
  `the inbox, in a browser${noBrowser === null ? '' : ` (skipped: ${noBrowser})`}`,
  () => {
    let browser: Browser;
    let context: BrowserContext;
    let page: Page;
    let hooks: HookReceiver;
    const faults: string[] = [];

    beforeAll(async () => {
      [browser, hooks] = await Promise.all([openBrowser(), HookReceiver.start()]);
      context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
      page = await context.newPage();
      page.on('pageerror', ({ message }) => faults.push(message));
      page.on('console', (message) => message.type() === 'error' && faults.push(message.text()));
    });

    afterAll(async () => {
      await browser.close();
      await hooks.stop();
    });

    const go = (path: string) => page.goto(world.service.url + path);
    const send = async (form: string, fields: Record<string, string> = {}): Promise<void> => {
      for (const [name, value] of Object.entries(fields)) await page.fill(`${form} [name="${name}"]`, value);
      await Promise.all([page.waitForEvent('load'), page.click(`${form} button`)]);
    };
    const said = async (): Promise<string> => page.innerText('[data-said]');

    it('shows an alert within 2 s of its coming, where nothing moves, and lets it be worked', async () => {
      await signInAt(page, world.service.url, world.actor('trader'));
      await go('/inbox');
      expect(await page.innerText('main')).toContain('Nothing needs you now.');
      await changeWeight(world.declaration);
      const alert = await until(async () =>
        (await alertsOf('trader')).find(({ rule }) => rule === 'record-event-altered'),
      );
      const before = await page.locator('h1').boundingBox();
      await page.waitForSelector('[data-live] button', { timeout: 2_000 });
      expect(await page.innerText('[data-live] span')).toMatch(/^\d+ new alerts?\.$/);
      expect(await page.locator('h1').boundingBox()).toEqual(before);
      await Promise.all([page.waitForEvent('load'), page.click('[data-live] button')]);
      expect(await page.innerText('nav .count')).toMatch(/^\d+$/);
      await go(`/inbox/${alert.id}`);
      expect(await page.innerText('.case')).toContain('SYN-T-1');
      expect(await page.innerText('.case .lede')).toContain('A stored entry');

      await send(`form[data-path$="/acknowledge"]`);
      expect(await said()).toBe('You took this alert.');
      await page.click('summary:has-text("Assign")');
      await send('form[data-path$="/assign"]', { assignee: CANARY, note: 'asked the operator' });
      expect(await page.innerText('.history')).toContain(CANARY);
      expect(await page.locator('main img').count()).toBe(0);
      expect((await alertsOf('trader')).find(({ id }) => id === alert.id)?.status).toBe('acknowledged');
      // What one actor decides is its own.
      expect((await alertsOf('coop')).find(({ id }) => id === alert.id)?.status).toBe('open');

      await page.click('summary:has-text("signature")');
      await page.fill('form[data-answer] [name=reason]', 'restored from the backup');
      await page.click('form[data-answer] button');
      await page.locator('form[data-answer] [role=status]').filter({ hasText: 'Recorded' }).waitFor();
      await page.click('summary:has-text("Resolve")');
      await send('form[data-path$="/resolve"]', { note: 'row restored' });
      const history = await page.innerText('.history');
      expect(history).toContain('restored from the backup');
      expect(history).toContain('row restored');
      expect(faults).toEqual([]);
    });

    it('subscribes, tests and silences', async () => {
      await go('/inbox/subscriptions');
      const form = 'form:has([value=webhook])';
      await page.fill(`${form} [name=url]`, `${hooks.base}/trader`);
      await page.fill(`${form} [name=label]`, CANARY);
      await page.click(`${form} button`);
      expect(await page.innerText('.secret')).toMatch(/^whsec_/);
      await Promise.all([page.waitForEvent('load'), page.click('form:has(.secret) button')]);
      expect(await page.innerText('table')).toContain(CANARY);
      await Promise.all([page.waitForURL(/deliveries/), page.click('form[data-path$="/test"] button')]);
      expect(await page.innerText('table')).toContain('Test');
      await until(() => Promise.resolve(hooks.at('/trader')[0]));
      await go('/inbox/silences');
      await page.selectOption('[name="filters.rules"]', 'mass-gained');
      await send('form[data-path="/v1/silences"]', { reason: 'scale in repair' });
      expect(await page.innerText('table')).toContain('scale in repair');
      await send('form[data-send=DELETE]');
      expect(await said()).toBe('Ended.');
      expect(faults).toEqual([]);
    });

    it('has no fault of accessibility and does not overflow', async () => {
      const state = await context.storageState();
      const looks = [
        ['light', 1440],
        ['dark', 360],
      ] as const;
      for (const look of looks) {
        const [colorScheme, width] = look;
        const other = await browser.newContext({
          viewport: { width, height: 900 },
          colorScheme,
          bypassCSP: true,
          storageState: state,
        });
        const shown = await other.newPage();
        for (const path of pagesIn(look, looks, PAGES)) {
          await shown.goto(world.service.url + path);
          expect([path, await faultsOf(shown)]).toEqual([path, []]);
        }
        await other.close();
      }
    });

    it('answers without JavaScript', async () => {
      const plain = await browser.newContext({ javaScriptEnabled: false, storageState: await context.storageState() });
      const shown = await plain.newPage();
      await shown.goto(`${world.service.url}/inbox`);
      expect(await shown.innerText('main')).toContain('Changes need JavaScript');
      expect(await shown.locator('.cases li').count()).toBeGreaterThan(0);
      expect(await shown.locator('form[data-send]:visible').count()).toBe(0);
    });
  },
);
