// Takes pictures of pages of a running service, narrow and wide, light and dark, in each language, by the Chromium of the
// system:
//   node scripts/take-pictures.js URL FOLDER PATH …
// Says which pages are wider than their window.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const [base, folder, ...paths] = process.argv.slice(2);
if (base === undefined || folder === undefined || paths.length === 0)
  throw new Error('Usage: node scripts/take-pictures.js URL FOLDER PATH …');
mkdirSync(folder, { recursive: true });

const nameOf = (path) => path.replaceAll(/[^\w-]+/g, '_').replace(/^_+|_+$/g, '') || 'start';

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox'],
});
const looks = [360, 1440].flatMap((width) =>
  ['light', 'dark'].flatMap((colorScheme) =>
    ['en', 'fr', 'sw', 'es'].map((locale) => ({ width, colorScheme, locale })),
  ),
);
for (const { width, colorScheme, locale } of looks) {
  const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme, locale });
  for (const path of paths) {
    await page.goto(new URL(path, base).href);
    const file = join(folder, `${nameOf(path)}-${width}-${colorScheme}-${locale}.png`);
    await page.screenshot({ path: file, fullPage: true });
    const wider = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
    process.stdout.write(`${file}${wider > 0 ? `: ${wider} px too wide` : ''}\n`);
  }
  await page.close();
}
await browser.close();
