import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { noBrowser, openBrowser } from '../../support/browser.js';
import { signInAt } from '../../support/looked-at.js';
import { TradingWorld } from '../../support/trading-world.js';

/** Steps of a check, of which all hold. */
const STEPS = 9;

(noBrowser === null ? describe : describe.skip)('a browser whose service is gone', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser?.close();
  });

  it('checks the whole evidence of a passport after the service was stopped', async () => {
    const world = await TradingWorld.open();
    const { url } = world.service;
    const { logKey } = (await (await fetch(`${url}/v1/ledger`)).json()) as { logKey: string };
    const { body } = await world.send('coop', 'POST', `/v1/lots/${world.kept}/passport`, { evidence: true });
    const page = await browser.newPage();
    const faults: string[] = [];
    page.on('pageerror', ({ message }) => faults.push(message));
    await page.goto(url + new URL(String(body.url)).pathname, { waitUntil: 'networkidle' });
    await world.close();
    await expect(fetch(`${url}/livez`)).rejects.toThrow();
    await page.fill('[data-check] input', logKey);
    await page.click('[data-check] button');
    await page.waitForSelector('[data-check] strong', { timeout: 60_000 });
    const steps = await page.locator('[data-check] li').allInnerTexts();
    expect([steps.length, steps.filter((step) => !step.startsWith('✓'))]).toEqual([STEPS, []]);
    expect(await page.innerText('[data-check] strong')).toBe('Verified');
    // Evidence that is changed in the page no longer verifies, so the check is one.
    await page.fill(
      '[data-check] input',
      logKey.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A')),
    );
    await page.click('[data-check] button');
    await page.waitForFunction('document.querySelector("[data-check] strong")?.textContent !== "Verified"');
    expect(faults).toEqual([]);
  });

  it('signs out without a network: the key is gone, the reader is warned, and the session ends later', async () => {
    const world = await TradingWorld.open();
    const { url } = world.service;
    const context = await browser.newContext({ locale: 'en-GB' });
    const page = await context.newPage();
    await signInAt(page, url, world.actor('trader'));
    await page.goto(`${url}/desk`);
    await context.setOffline(true);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByText('Your key is removed from this browser, but the ledger cannot be reached').waitFor();
    const keys = await page.evaluate(
      `new Promise((resolve) => { const open = indexedDB.open('adit'); open.onsuccess = () => { const all = open.result.transaction('keys').objectStore('keys').count(); all.onsuccess = () => resolve(all.result); }; })`,
    );
    expect(keys).toBe(0);
    const session = async (): Promise<number> => (await context.request.get(`${url}/inbox`)).status();
    expect(await session()).toBe(200);
    await context.setOffline(false);
    await page.getByRole('link', { name: 'Sign in' }).waitFor();
    expect(await session()).toBe(401);

    // A browser that was closed meanwhile ends the session at the next page that it loads.
    await signInAt(page, url, world.actor('trader'));
    await page.goto(`${url}/desk`);
    await context.setOffline(true);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByText('Your key is removed from this browser').waitFor();
    await page.close();
    await context.setOffline(false);
    expect(await session()).toBe(200);
    const next = await context.newPage();
    await next.goto(`${url}/log`);
    await next.getByRole('link', { name: 'Sign in' }).waitFor();
    expect(await session()).toBe(401);
    await context.close();
    await world.close();
  });
});
