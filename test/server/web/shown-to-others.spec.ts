import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { noBrowser, openBrowser } from '../../support/browser.js';
import { faultsOf } from '../../support/looked-at.js';
import { TradingWorld } from '../../support/trading-world.js';

(noBrowser === null ? describe : describe.skip)(
  `what is shown to others, in a browser${noBrowser === null ? '' : ` (skipped: ${noBrowser})`}`,
  () => {
    let world: TradingWorld;
    let browser: Browser;

    beforeAll(async () => {
      [world, browser] = await Promise.all([TradingWorld.open(), openBrowser()]);
    });

    afterAll(async () => {
      await browser.close();
      await world.close();
    });

    const faults: string[] = [];

    /** Opens a browser that notes what its pages say is wrong, and what they ask of others. */
    async function visitor(options: Parameters<Browser['newContext']>[0] = {}): Promise<BrowserContext> {
      const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
      context.on('page', (page) => {
        page.on('pageerror', ({ message }) => faults.push(message));
        page.on('request', (request) => {
          if (!request.url().startsWith(world.service.url) && !/^(data|blob):/.test(request.url()))
            faults.push(request.url());
        });
      });
      return context;
    }

    async function verify(page: Page): Promise<{ word: string; faulty: string[] }> {
      await page.click('[data-check] button');
      await page.waitForSelector('[data-check] strong', { timeout: 60_000 });
      const steps = await page.locator('[data-check] li').allInnerTexts();
      return {
        word: await page.innerText('[data-check] strong'),
        faulty: steps.filter((step) => !step.startsWith('✓')),
      };
    }

    const logKey = async (): Promise<string> =>
      ((await (await fetch(`${world.service.url}/v1/ledger`)).json()) as { logKey: string }).logKey;

    it('has a passport that its reader checks after the service can no longer be reached', async () => {
      const { body } = await world.send('coop', 'POST', `/v1/lots/${world.kept}/passport`, { evidence: true });
      const path = new URL(body.url as string).pathname;
      const context = await visitor();
      const page = await context.newPage();
      await page.goto(world.service.url + path, { waitUntil: 'networkidle' });
      expect(await page.innerText('h1')).toContain('Rwanda');
      await page.fill('[data-check] input', await logKey());
      await context.setOffline(true);
      expect(await verify(page)).toEqual({ word: 'Verified', faulty: [] });
    });

    it('has no fault of accessibility and does not overflow, narrow and wide, dark and light', async () => {
      const { body } = await world.send('coop', 'POST', `/v1/lots/${world.kept}/passport`, { evidence: true });
      for (const [colorScheme, width] of [
        ['light', 1440],
        ['dark', 360],
      ] as const) {
        const context = await visitor({ viewport: { width, height: 900 }, colorScheme, bypassCSP: true });
        const page = await context.newPage();
        for (const path of [new URL(body.url as string).pathname, '/p/']) {
          const answer = await page.goto(world.service.url + path);
          expect([path, answer?.status()]).toEqual([path, 200]);
          expect([path, await faultsOf(page)]).toEqual([path, []]);
        }
      }
    });

    it('is a share link whose secret no address keeps, until it is withdrawn; the holder sees its uses', async () => {
      const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
      const made = await world.send('coop', 'POST', `/v1/lots/${world.kept}/shares`, { expiresAt });
      const { id, secret } = made.body as { id: string; secret: string };
      const context = await visitor();
      const page = await context.newPage();
      await page.goto(`${world.service.url}/p/#${secret}`);
      await page.waitForURL(`${world.service.url}/lots/${world.kept}`, { waitUntil: 'networkidle' });
      expect(await page.evaluate('history.length')).toBeLessThan(3);
      expect(await page.innerText('.note')).toContain('share link, until');
      expect(await page.content()).not.toContain(secret);
      // Nothing leads to a page that the link does not show.
      expect(await page.locator('main a[href^="/events/"], main a[href^="/actors/"]').count()).toBe(0);
      const answer = await page.reload({ waitUntil: 'networkidle' });
      const headers = answer?.headers() ?? {};
      expect([headers['cache-control'], headers['x-robots-tag'], headers['referrer-policy']]).toEqual([
        'no-store',
        'noindex',
        'no-referrer',
      ]);
      await page.fill('[data-check] input', await logKey());
      await context.setOffline(true);
      expect(await verify(page)).toEqual({ word: 'Verified', faulty: [] });
      await context.setOffline(false);
      expect((await page.goto(`${world.service.url}/lots/${world.kept}/events`))?.status()).toBe(200);
      expect((await page.goto(`${world.service.url}/lots/${world.sold}`))?.status()).toBe(401);
      const seen = await world.read('coop', `/v1/lots/${world.kept}/accesses`);
      const uses = (seen.body.items as { viewer: string; route: string }[]).filter(
        (one) => one.viewer === `share:${id}`,
      );
      expect(uses.map(({ route }) => route)).toEqual(expect.arrayContaining(['/lots/:id', '/v1/lots/:id/bundle']));
      expect((await world.send('coop', 'DELETE', `/v1/shares/${id}`)).status).toBe(204);
      const ended = await page.goto(`${world.service.url}/lots/${world.kept}`);
      expect([ended?.status(), await page.innerText('h1')]).toEqual([401, 'This link has ended.']);
      await page.goto(`${world.service.url}/p/#${secret}`);
      await page.locator('h1').filter({ hasText: 'This link has ended.' }).waitFor();
      expect(page.url()).toBe(`${world.service.url}/p/`);
      expect(faults).toEqual([]);
    });
  },
);
