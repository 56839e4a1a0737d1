import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, BrowserContext } from 'playwright-core';
import { languages } from '../../../src/core/api/alerts/subscription.js';
import { noBrowser, openBrowser } from '../../support/browser.js';
import { faultsOf, islandsOf, rawTextsOf, signInAt } from '../../support/looked-at.js';
import { whole } from '../../support/rounds.js';
import { TradingWorld } from '../../support/trading-world.js';
import { until } from '../../support/until.js';

/**
 * Folder for pictures of every page in every look; unset: no picture is kept, and each page has one look, in CI one of each
 * width.
 */
const folder = process.env.ADIT_PICTURES;
const schemes = ['light', 'dark'] as const;
const widths = [360, 1440] as const;
const looks = widths.flatMap((width) =>
  schemes.flatMap((colorScheme) => languages.map((language) => ({ width, colorScheme, language }))),
);

/** Returns whether a page is looked at in a look of a width: in one of its eight, and by turns in one width or, in CI, in both. */
const isIn = (page: number, width: number, look: number): boolean =>
  (page + width / 72) % (looks.length / widths.length) === look && (whole || width === widths[page % 2]);

(noBrowser === null ? describe : describe.skip)('every page, as it is looked at', () => {
  let world: TradingWorld;
  let browser: Browser;
  let paths: string[];
  let state: Awaited<ReturnType<BrowserContext['storageState']>>;

  beforeAll(async () => {
    [world, browser] = await Promise.all([TradingWorld.open({ ADIT_ROLE: 'all' }), openBrowser()]);
    // A tag on two lots, and a weight that grew, are found and made into alerts.
    const output = { lot: null, mineral: 'cassiterite', form: 'concentrate', mass: { value: '5000', uom: 'KGM' } };
    for (let i = 0; i < 2; i += 1)
      await world
        .actor('coop')
        .must('lot.declared', { outputs: [{ ...output, tags: ['SYN-T-9'] }] }, { place: { site: 'hill' } });
    const { body } = await world.send('coop', 'POST', `/v1/lots/${world.kept}/passport`, { evidence: true });
    const idOf = async (path: string): Promise<string> =>
      until(async () => ((await world.read('coop', path)).body.items as { id: string }[])[0]?.id, 60_000);
    const [finding, alert] = [await idOf('/v1/findings'), await idOf('/v1/alerts')];
    paths = [
      '/',
      '/signin',
      '/lots',
      `/lots/${world.sold}`,
      `/lots/${world.sold}/lineage`,
      `/lots/${world.sold}/hands`,
      `/events/${world.declaration}`,
      '/sites',
      '/sites/hill',
      '/actors',
      '/actors/coop',
      '/findings',

      `/findings/${finding}`,
      '/rules',
      '/rules/mass-gained',
      '/log',
      '/search?q=x',
      '/errors',
      '/errors/not-holder',
      '/inbox',
      `/inbox/${alert}`,
      '/inbox/subscriptions',
      '/inbox/deliveries',
      '/inbox/silences',
      '/operation',
      '/operation/grants',
      '/operation/people',
      '/operation/keys',
      '/desk',
      '/desk/receive',
      '/desk/outbox',
      `/desk/do/split?lot=${world.kept}`,
      `/desk/access/${world.sold}`,
      `/desk/correct/${world.declaration}`,
      '/lots/x',
      '/nothing',
      new URL(String(body.url)).pathname,
      '/p/',
    ];
    const context = await browser.newContext();
    await signInAt(await context.newPage(), world.service.url, world.actor('coop'));
    state = await context.storageState();
    await context.close();
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    await world?.close();
  });

  it.each(widths)('has no fault at %d px', async (width) => {
    const faults: string[] = [];
    for (const [turn, { colorScheme, language }] of looks.filter((look) => look.width === width).entries()) {
      const options = { viewport: { width, height: 900 }, colorScheme, locale: language, bypassCSP: true };
      const context = await browser.newContext({ ...options, storageState: state });
      const page = await context.newPage();
      page.on('pageerror', ({ message }) => faults.push(message));
      for (const [i, path] of paths.entries()) {
        if (folder === undefined && !isIn(i, width, turn)) continue;
        await page.goto(world.service.url + path);
        await islandsOf(page);
        if (folder !== undefined) {
          const name = `${path.replaceAll(/[^\w-]+/g, '_').slice(0, 40)}-${width}-${colorScheme}-${language}.png`;
          await page.screenshot({ path: join(folder, name), fullPage: true });
        }
        const found = [...(await faultsOf(page)), ...(await rawTextsOf(page))];
        faults.push(...found.map((fault) => `${path} in ${language}, ${colorScheme}: ${fault}`));
      }
      await context.close();
    }
    expect(faults).toEqual([]);
  });
});
