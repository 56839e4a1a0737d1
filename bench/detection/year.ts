import { LOAD, shipment, takeAway } from './journeys.js';
import { type Chain, chains } from './minerals.js';
import { type Bag, type Builder, DAY, HOUR, START, at } from './network.js';

/**
 * A year of honest production: rains in which less is dug and ore is wetter, harvests for which diggers leave, strikes
 * that close a site for weeks and end with more work than before, Sundays without work, and lost phones, whose last day
 * is entered again from the paper book.
 */

const DAYS = 364;
/** Day on which every site is inspected again: certification lasts a year. */
const INSPECTED = 300;
const MINUTE = 60_000;

/** Days of the year, counted from its first, in which each takes place. */
const rains: readonly [number, number][] = [
  [13, 90],
  [213, 270],
];
const harvests: readonly [number, number][] = [
  [105, 140],
  [300, 325],
];

const within = (day: number, spans: readonly (readonly [number, number])[]): boolean =>
  spans.some(([from, to]) => day >= from && day < to);
const dayOf = (time: number): number => Math.floor((time - START) / DAY);

/** A site with its strike, and the days on which its phone is lost. */
interface Site {
  id: string;
  strike: [number, number];
  phonesLost: ReadonlySet<number>;
}

function siteOf(builder: Builder, chain: Chain, place: number): Site {
  const { random } = builder;
  const from = random.whole(100, DAYS - 60);
  return {
    id: `site${place}-${chain.mineral}`,
    strike: [from, from + random.whole(14, 35)],
    phonesLost: new Set([random.whole(20, 170), random.whole(180, DAYS - 10)]),
  };
}

/** Returns how much of its usual work a site does on a day. */
function workOf({ strike: [from, to] }: Site, day: number): number {
  if (day % 7 === 6 || within(day, [[from, to]])) return 0;
  const season = within(day, rains) ? 0.6 : within(day, harvests) ? 0.5 : 1.1;
  return within(day, [[to, to + 14]]) ? season * 1.4 : season;
}

/** Declares a load at a site whose phone is lost that day: the second half is entered from the book, days later. */
function loadOfLostPhone(builder: Builder, chain: Chain, site: string, time: number): { bags: Bag[]; leaves: number } {
  const half = LOAD / 2;
  const bags = Array.from({ length: half }, (_, i) =>
    builder.declare(chain, site, time + i * 4 * MINUTE, {}, {}, time + HOUR),
  );
  builder.losePhone(site);
  const entered = time + builder.random.between(26, 60) * HOUR;
  for (let i = half; i < LOAD; i += 1)
    bags.push(builder.declare(chain, site, time + i * 4 * MINUTE, {}, {}, entered + i * MINUTE));
  return { bags, leaves: entered + HOUR };
}

function load(builder: Builder, chain: Chain, site: Site, day: number): { bags: Bag[]; arrived: number } {
  const time = START + day * DAY + builder.random.between(0, 4) * HOUR;
  if (!site.phonesLost.has(day)) {
    const bags = Array.from({ length: LOAD }, (_, i) => builder.declare(chain, site.id, time + i * 4 * MINUTE));
    return takeAway(builder, chain, site.id, bags, time);
  }
  const { bags, leaves } = loadOfLostPhone(builder, chain, site.id, time);
  return takeAway(builder, chain, site.id, bags, leaves - 4 * HOUR);
}

/** Adds a year of production of all minerals, about `lots` lots. */
export function fillYear(builder: Builder, lots: number): void {
  const { random } = builder;
  builder.moisture = (chain, time) => {
    const [low, high] = chain.moisture;
    return within(dayOf(time), rains) ? [low + 1, high + 2] : [low, high];
  };
  const sites = chains.flatMap((chain) => [0, 1, 2].map((place) => ({ chain, site: siteOf(builder, chain, place) })));
  const work = sites.reduce(
    (all, { site }) =>
      all + Array.from({ length: DAYS }, (_, day) => workOf(site, day)).reduce((sum, one) => sum + one, 0),
    0,
  );
  for (const { chain, site } of sites) {
    const time = START + INSPECTED * DAY + 3 * HOUR;
    const inspection = { site: site.id, date: at(time).slice(0, 10), certification: 1, activity: 1 };
    builder.step(time, `agent-${chain.mineral}`, 'site.inspected', inspection);
  }
  // Two loads become one product.
  const loadsADay = lots / (LOAD + 0.5) / work;
  const waiting = new Map<Chain, { bags: Bag[]; arrived: number }[]>(chains.map((chain) => [chain, []]));
  for (let day = 0; day < DAYS; day += 1)
    for (const { chain, site } of sites) {
      if (!site.phonesLost.has(day) && !random.chance(workOf(site, day) * loadsADay)) continue;
      const loads = waiting.get(chain) ?? [];
      loads.push(load(builder, chain, site, day));
      if (loads.length < 2) continue;
      const arrived = Math.max(...loads.map((one) => one.arrived));
      shipment(
        builder,
        chain,
        loads.flatMap(({ bags }) => bags),
        arrived + random.between(20, 60) * HOUR,
      );
      waiting.set(chain, []);
    }
}
