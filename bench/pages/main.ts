import { cpus, totalmem } from 'node:os';
import { type Page, chromium } from 'playwright-core';
import { postBatches, postEach, quantile } from '../load.js';
import { startService } from '../service.js';
import { Chains, type LotHead, type Signed } from '../verification/chains.js';

/**
 * Measures pages as people meet them, with the requirements of the screens beside: the page of a lot with a hundred events,
 * that of a lot with 10,000 ancestors until something is to be seen, and the check of its evidence in the browser, with how long
 * the page is held up meanwhile. Needs Chromium (`CHROMIUM` names it). `--bags 2000` for fewer ancestors.
 */

const BROWSER = process.env.CHROMIUM ?? '/usr/bin/chromium';
/** Lots that one event aggregates. */
const HEAP = 199;
/** Receipts and dispatches of the lot with a long chain. */
const HANDS = 49;
const REPEATS = 40;
/** Looks, 50 ms apart, until a page must have shown something. */
const TRIES = 100;

const at = process.argv.indexOf('--bags');
const bags = at < 0 ? 9_900 : Number(process.argv[at + 1]);
if (!Number.isSafeInteger(bags) || bags < 1) throw new Error('--bags takes a number of lots.');

const say = (text: string): void => void process.stdout.write(`${text}\n`);
const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const required = (what: string, value: number, most: number, unit = 'ms'): void =>
  say(`  ${value <= most ? 'pass' : 'FAIL'} ${what}: ${value.toFixed(0)} ${unit} (at most ${most})`);

const service = await startService({ ADIT_ROLE: 'all' });

/** Posts events one after the other; returns the lots of the last. */
async function recorded(events: readonly Signed[]): Promise<LotHead[]> {
  await postEach(
    service.url,
    events.map(({ text }) => text),
    1,
  );
  return events.at(-1)?.lots ?? [];
}

/** Makes one lot of many bags. */
async function heaped(chains: Chains): Promise<string> {
  const declared = Array.from({ length: bags }, (_, i) => chains.declare(i * chains.coops.length));
  await postBatches(
    service.url,
    declared.map(({ text }) => text),
    1_000,
    1,
  );
  const own = declared.flatMap(({ lots }) => lots);
  const heaps = Array.from({ length: Math.ceil(own.length / HEAP) }, (_, i) =>
    chains.aggregate(0, own.slice(i * HEAP, (i + 1) * HEAP), String(Math.min(HEAP, own.length - i * HEAP) * 49)),
  );
  await recorded(heaps);
  const [all] = await recorded([
    chains.aggregate(
      0,
      heaps.flatMap(({ lots }) => lots),
      String(own.length * 49),
    ),
  ]);
  return all?.lot ?? '';
}

/** Hands one bag from hand to hand and back, two events each time. */
async function handedOn(chains: Chains): Promise<string> {
  const number = bags * chains.coops.length;
  let [head] = await recorded([chains.declare(number)]);
  for (let hand = 0; hand < HANDS && head !== undefined; hand += 1) {
    [head] = await recorded([chains.dispatch(number, head)]);
    if (head === undefined) break;
    [head] = await recorded([chains.reject(number, head)]);
  }
  return head?.lot ?? '';
}

/** Waits until everything is judged, so that pages are read from an idle service. */
async function judged(lot: string): Promise<void> {
  for (;;) {
    const { asOf } = (await (await fetch(`${service.url}/v1/lots/${lot}/report`)).json()) as {
      asOf: { size: number; verified: number };
    };
    if (asOf.verified >= asOf.size) return;
    await wait(500);
  }
}

const html = { headers: { accept: 'text/html' } };

/** Returns the times in which a page is answered, ms, and its length. */
async function answered(path: string, repeats: number): Promise<{ times: number[]; bytes: number }> {
  const times: number[] = [];
  let bytes = 0;
  for (let i = 0; i < repeats; i += 1) {
    const began = performance.now();
    bytes = (await (await fetch(`${service.url}${path}`, html)).arrayBuffer()).byteLength;
    times.push(performance.now() - began);
  }
  return { times, bytes };
}

/** Returns when a page shows something first, ms from the request. */
async function firstView(page: Page): Promise<number> {
  // The policy of the pages lets nothing be evaluated from text, as waiting for a function does.
  for (let tried = 0; tried < TRIES; tried += 1) {
    const shown = await page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime);
    if (shown !== undefined) return shown;
    await wait(50);
  }
  return Number.POSITIVE_INFINITY;
}

/** Runs the check that a page offers; returns its duration, and the longest time in which the page drew nothing, ms. */
async function checked(page: Page): Promise<{ took: number; held: number; word: string }> {
  const began = performance.now();
  await page.evaluate(() => {
    const state = { held: 0, last: performance.now() };
    Object.assign(globalThis, { state });
    const look = (now: number): void => {
      state.held = Math.max(state.held, now - state.last);
      state.last = now;
      requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });
  await page.locator('[data-check] button').click();
  const verdict = page.locator('[data-check] [role=status] strong');
  await verdict.waitFor({ timeout: 120_000 });
  const held = await page.evaluate(() => (globalThis as unknown as { state: { held: number } }).state.held);
  return { took: performance.now() - began, held, word: (await verdict.textContent()) ?? '' };
}

try {
  say(
    `${cpus().length} × ${cpus()[0]?.model ?? 'CPU'}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`,
  );
  const chains = await Chains.open(service.url, 2);
  const heap = await heaped(chains);
  const long = await handedOn(chains);
  await judged(long);

  const { times, bytes } = await answered(`/lots/${long}`, REPEATS);
  say(`page of a lot with ${2 * HANDS + 1} events, ${(bytes / 1_000).toFixed(0)} kB`);
  required('p50 of the server', quantile(times, 0.5), 50);
  const large = await answered(`/lots/${heap}`, 3);
  say(`page of a lot with ${bags} bags, ${(large.bytes / 1_000).toFixed(0)} kB`);
  say(`  the server: ${large.times.map((time) => time.toFixed(0)).join(', ')} ms`);

  const browser = await chromium.launch({ executablePath: BROWSER, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    await page.goto(`${service.url}/lots/${heap}`);
    required('first view', await firstView(page), 1_000);
    const { took, held, word } = await checked(page);
    say(`check of its evidence in the browser: ${word}`);
    required('whole check, with the download', took, 8_000);
    required('longest time without a frame', held, 200);
  } finally {
    await browser.close();
  }
} finally {
  await service.stop();
}
