import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { noBrowser, openBrowser } from '../../support/browser.js';
import { faultsOf, islandsOf, keyFileOf, rawTextsOf } from '../../support/looked-at.js';
import { pagesIn } from '../../support/rounds.js';
import { TradingWorld } from '../../support/trading-world.js';
import { until } from '../../support/until.js';

const TABS = 80;

/** What has the focus: its name, where it is, and whether that shows. */
const FOCUS = `(() => {
  const element = document.activeElement;
  const { x, y, width, height } = element.getBoundingClientRect();
  const style = getComputedStyle(element);
  const label = element.labels?.[0]?.innerText ?? element.getAttribute('aria-label') ?? element.innerText ?? '';
  const shown = (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== 'none';
  return { tag: element.tagName, label: label.trim(), shown, inView: x + width > 0 && y + height > 0 && x < innerWidth && y < innerHeight, hidden: width === 0 || height === 0 };
})()`;

interface Focus {
  tag: string;
  label: string;
  shown: boolean;
  inView: boolean;
  hidden: boolean;
}

(noBrowser === null ? describe : describe.skip)('a day at the desk', () => {
  let world: TradingWorld;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;

  beforeAll(async () => {
    [world, browser] = await Promise.all([TradingWorld.open({ ADIT_ROLE: 'all' }), openBrowser()]);
    const sent = { to: 'trader', lots: [{ lot: world.kept, prev: world.declaration }] };
    await world.actor('coop').must('custody.dispatched', sent);
    context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'en-GB' });
    context.setDefaultTimeout(15_000);
    page = await context.newPage();
  });
  afterAll(async () => {
    await browser?.close();
    await world?.close();
  });

  const focus = (): Promise<Focus> => page.evaluate(FOCUS);

  /** Presses Tab until what has the focus is called so; what has it on the way must show it. */
  async function tabTo(name: RegExp): Promise<void> {
    for (let i = 0; i < TABS; i += 1) {
      await page.keyboard.press('Tab');
      const now = await focus();
      if (now.tag === 'BODY') continue;
      expect([now.label, now.shown, now.inView, now.hidden]).toEqual([now.label, true, true, false]);
      if (name.test(now.label)) return;
    }
    throw new Error(`No Tab leads to ${String(name)}.`);
  }

  it('takes no pointer: signs in, receives a lot and sends it on by keys alone', async () => {
    await page.goto(`${world.service.url}/`);
    await tabTo(/^Sign in$/);
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/signin/, { waitUntil: 'networkidle' });
    await tabTo(/key file/i);
    const choosing = page.waitForEvent('filechooser');
    await page.keyboard.press('Space');
    await (await choosing).setFiles(await keyFileOf(world.actor('trader')));
    await tabTo(/^Sign in$/);
    await page.keyboard.press('Enter');
    await page.waitForURL((url) => url.pathname !== '/signin');

    await tabTo(/^Desk$/);
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/desk$/);
    await page.locator('[data-island] > *').first().waitFor();
    await tabTo(/^Receive them$/);
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/desk\/receive/);
    await tabTo(/^Mass of SYN-T-2/);
    await page.keyboard.type('49.9');
    await tabTo(/^Outcome for SYN-T-2/);
    expect(await page.evaluate('document.activeElement.value')).toBe('accepted');
    await tabTo(/^Sign for 1/);
    await page.keyboard.press('Enter');
    await page.getByText('accepted', { exact: true }).first().waitFor();

    await page.goto(`${world.service.url}/desk`);
    await page.locator('[data-island] > *').first().waitFor();
    await tabTo(/^Choose SYN-T-2/);
    await page.keyboard.press('Space');
    await tabTo(/^Dispatch$/);
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/desk\/do\/dispatch/);
    await tabTo(/^To \*$/);
    await page.keyboard.type('buyer');
    await tabTo(/^Sign and send$/);
    await page.keyboard.press('Enter');
    await page.getByText('accepted', { exact: true }).first().waitFor();
    const { body } = await world.read('trader', `/v1/lots/${world.kept}`);
    expect(body).toMatchObject({ status: 'inTransit', inTransitTo: 'buyer' });
  });

  it('keeps every word and button at 200 % zoom, and at the width of a small phone', async () => {
    const state = await context.storageState();
    const paths = ['/', '/desk', `/desk/do/dispatch?lot=${world.kept}`, `/lots/${world.kept}`, '/inbox', '/log'];
    const sizes = [
      [720, 450],
      [320, 512],
    ] as const;
    for (const size of sizes) {
      const [width, height] = size;
      const zoomed = await browser.newContext({
        viewport: { width, height },
        deviceScaleFactor: 2,
        storageState: state,
        bypassCSP: true,
      });
      const other = await zoomed.newPage();
      for (const path of pagesIn(size, sizes, paths)) {
        await other.goto(world.service.url + path);
        await islandsOf(other);
        expect([path, width, await faultsOf(other), await rawTextsOf(other)]).toEqual([path, width, [], []]);
        // Nothing that is to be pressed lies outside the page, where no scrolling leads.
        const lost = await other.evaluate(
          `[...document.querySelectorAll('a, button, input, select')].filter((each) => { const { left, right, width } = each.getBoundingClientRect(); return width > 0 && (right > innerWidth + 1 || left < 0) && each.closest('.scroll, .skip') === null && !each.classList.contains('skip'); }).map((each) => each.outerHTML.slice(0, 100))`,
        );
        expect([path, width, lost]).toEqual([path, width, []]);
      }
      await zoomed.close();
    }
  });

  it('moves nothing for who wants no motion', async () => {
    const still = await browser.newContext({ reducedMotion: 'reduce', storageState: await context.storageState() });
    const other = await still.newPage();
    for (const path of ['/', '/desk', '/desk/receive', `/lots/${world.kept}`, '/inbox', '/log']) {
      await other.goto(world.service.url + path);
      const moving = await other.evaluate(
        `[...document.querySelectorAll('*')].filter((each) => { const { animationName, transitionDuration, animationDuration, scrollBehavior } = getComputedStyle(each); return (animationName !== 'none' && parseFloat(animationDuration) > 0.01) || transitionDuration.split(',').some((one) => parseFloat(one) > 0.01) || scrollBehavior === 'smooth'; }).map((each) => each.outerHTML.slice(0, 100))`,
      );
      expect([path, moving]).toEqual([path, []]);
    }
    await still.close();
  });

  it('disputes what another signed, and sees it in the report of the lot', async () => {
    const [, dispatch = ''] = await eventsOf(world.sold);
    await page.goto(`${world.service.url}/events/${dispatch}`);
    await page.getByRole('link', { name: 'Dispute' }).click();
    await page.locator('[id="f-ground"]').fill('the bag never arrived');
    await page.getByRole('button', { name: 'Sign and send' }).click();
    await page.getByText('accepted', { exact: true }).first().waitFor();
    await until(async () => {
      const { body } = await world.read('trader', `/v1/lots/${world.sold}/report`);
      return (body.notices as { kind: string }[]).some(({ kind }) => kind === 'dispute');
    });
    await page.goto(`${world.service.url}/lots/${world.sold}`);
    await page.locator('.note').getByText('Dispute', { exact: true }).waitFor();
    expect(await page.locator('.note').first().innerText()).toContain('trader');
  });

  async function eventsOf(lot: string): Promise<string[]> {
    const { body } = await world.read('trader', `/v1/lots/${lot}/events`);
    return (body.items as { id: string }[]).map(({ id }) => id);
  }
});
