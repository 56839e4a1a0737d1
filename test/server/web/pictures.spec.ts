import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, BrowserContext } from 'playwright-core';
import { languages } from '../../../src/core/api/alerts/subscription.js';
import { noBrowser, openBrowser } from '../../support/browser.js';
import { faultsOf, signInAt } from '../../support/looked-at.js';
import { TradingWorld } from '../../support/trading-world.js';
import { until } from '../../support/until.js';

/** Each page in every width and scheme, each time in another language; in every language where `ADIT_PICTURES` is all. */
const all = process.env.ADIT_PICTURES === 'all';
const looks = ([360, 1440] as const).flatMap((width) =>
  (['light', 'dark'] as const).map((colorScheme) => ({ width, colorScheme })),
);

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
      until(async () => ((await world.read('operator', path)).body.items as { id: string }[])[0]?.id, 60_000);
    const [finding, alert] = [await idOf('/v1/findings'), await idOf('/v1/alerts')];
    paths = [
      ...['/', '/signin', '/lots', `/lots/${world.sold}`, `/lots/${world.sold}/lineage`, `/lots/${world.sold}/hands`],
      ...[`/events/${world.dispatch}`, '/sites', '/sites/hill', '/actors', '/actors/trader', '/findings'],
      ...[
        `/findings/${finding}`,
        '/rules',
        '/rules/mass-gained',
        '/log',
        '/search?q=x',
        '/errors',
        '/errors/not-holder',
      ],
      ...['/inbox', `/inbox/${alert}`, '/inbox/subscriptions', '/inbox/deliveries', '/inbox/silences', '/operation'],
      ...['/desk', '/desk/receive', '/desk/outbox', `/desk/do/split?lot=${world.kept}`, `/desk/access/${world.sold}`],
      ...[`/desk/correct/${world.dispatch}`, '/lots/x', '/nothing', new URL(String(body.url)).pathname, '/p/'],
    ];
    const context = await browser.newContext();
    await signInAt(await context.newPage(), world.service.url, world.actor('trader'));
    state = await context.storageState();
    await context.close();
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    await world?.close();
  });

  it.each(looks)('has no fault at $width px in $colorScheme', async ({ width, colorScheme }) => {
    const options = { viewport: { width, height: 900 }, colorScheme, storageState: state, bypassCSP: true };
    const turn = looks.findIndex((look) => look.width === width && look.colorScheme === colorScheme);
    for (const language of languages) {
      const context = await browser.newContext({ ...options, locale: language });
      const page = await context.newPage();
      const faults: string[] = [];
      page.on('pageerror', ({ message }) => faults.push(message));
      for (const [i, path] of paths.entries()) {
        if (!all && languages[(i + turn) % languages.length] !== language) continue;
        await page.goto(world.service.url + path);
        await page.waitForFunction(
          '[...document.querySelectorAll("[data-island]")].every((each) => each.children.length > 0)',
        );
        faults.push(...(await faultsOf(page)).map((fault) => `${path} in ${language}: ${fault}`));
      }
      expect(faults).toEqual([]);
      await context.close();
    }
  });
});
