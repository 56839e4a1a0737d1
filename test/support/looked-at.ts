import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { exportJWK } from 'jose';
import type { Page } from 'playwright-core';
import type { OutsideActor } from './outside-client.js';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Runs axe and keeps what it finds wrong: all that it returns is a megabyte, which takes as long to read as to find. */
const VIOLATIONS = `axe.run({ resultTypes: ['violations'] }).then(({ violations }) =>
  violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html.slice(0, 120)).join(' ')))`;

/** Waits until every part of a page that runs in the browser is shown. */
export const islandsOf = (page: Page): Promise<unknown> =>
  page.waitForFunction('[...document.querySelectorAll("[data-island]")].every((each) => each.children.length > 0)');

/** Returns how far a page overflows, and what axe finds wrong. */
export async function faultsOf(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  const violations = (await page.evaluate(VIOLATIONS)) as string[];
  const wide = (await page.evaluate('document.documentElement.scrollWidth - innerWidth')) as number;
  return [...violations, ...(wide > 0 ? [`${wide} px too wide`] : [])];
}

/** Returns what a page shows that is no text for people. */
export async function rawTextsOf(page: Page): Promise<string[]> {
  const text = await page.locator('main').innerText();
  const raw = /\b[0-9a-f]{64}\b|[{[]\s*"\w+"\s*:|\bundefined\b|\bNaN\b|\[object/.exec(text);
  return raw === null ? [] : [`shows ${raw[0]}`];
}

/** The key file of an actor, as `adit keygen` writes it. */
export async function keyFileOf({ id, key }: OutsideActor): Promise<{
  name: string;
  mimeType: string;
  buffer: Buffer;
}> {
  const { kty, crv, x, y, d } = await exportJWK(key.privateKey);
  const file = { kty, crv, x, ...(y === undefined ? {} : { y }), d, adit: { actor: id } };
  return { name: 'key.jwk', mimeType: 'application/json', buffer: Buffer.from(JSON.stringify(file)) };
}

/** Signs an actor in at a page of a service. */
export async function signInAt(page: Page, base: string, actor: OutsideActor): Promise<void> {
  await page.goto(`${base}/signin`);
  await page.setInputFiles('input[type=file]', await keyFileOf(actor));
  await page.click('form[data-sign-in] button');
  await page.waitForURL((url) => url.pathname !== '/signin');
}
