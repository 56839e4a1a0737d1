import type { Fault } from './faults.js';
import type { Chain } from './minerals.js';
import { shipment, truckload } from './journeys.js';
import { type Bag, type Builder, DAY, HOUR, type Known } from './network.js';
import { type Scene, names } from './scene.js';

/** Faults in the processing by depots and plants. */

const exportedSince = (builder: Builder, from: number): string[] =>
  builder.steps.slice(from).flatMap((step) => (step.type === 'lot.exported' ? (step.lots as string[]) : []));

/** A truckload that is processed and shipped, with changed figures. */
function shipped(scene: Scene, change: Partial<Chain>, of: Known = {}): string[] {
  const { builder, chain, time } = scene;
  const { bags, arrived } = truckload(builder, chain, time);
  const from = builder.steps.length;
  shipment(builder, { ...chain, ...change }, bags, arrived + DAY, of);
  return exportedSince(builder, from);
}

/** Slightly more than the lowest known recoveries of the processes. */
const POOR: Record<string, number> = { cassiterite: 0.87, coltan: 0.87, gold: 0.985, cobalt: 0.67 };

/** Eight bags come to a separate plant that is rated for `bags` a month. */
function worked(scene: Scene, bags: number): string[] {
  const { builder, chain, house } = scene;
  const plant = builder.name(`plant-${chain.mineral}-`);
  builder.facilities[plant] = {
    kind: 'plant',
    country: chain.country,
    point: chain.depot,
    operator: house,
    capacityPerMonth: builder.quantity(chain, chain.mass[0] * bags),
  };
  const all = Array.from({ length: 8 }, (_, i) => scene.bag(i * 0.2));
  scene.deliver(all, 4, { receipt: { place: { facility: plant } } });
  return names(...all);
}

/** Aggregates two bags into one. */
function blended(scene: Scene, first: Known, second: Known): string[] {
  const { builder, chain, time, house, depot } = scene;
  const bags = [scene.bag(0, {}, first), scene.bag(0.3, {}, second)];
  scene.deliver(bags, 4);
  const lot = builder.name('blend');
  const mass = builder.quantity(
    chain,
    bags.reduce((sum, bag: Bag) => sum + bag.mass, 0),
  );
  const inputs = names(...bags);
  builder.step(time + 30 * HOUR, house, 'lot.aggregated', { place: depot, inputs, outputs: [{ lot, mass }] });
  return [lot, ...inputs];
}

function foundBefore(scene: Scene, certification: number): Known {
  const site = scene.ownSite();
  const inspection = { site, date: scene.day(-2), certification, activity: 1 };
  scene.builder.step(scene.time - 2 * DAY, scene.agent, 'site.inspected', inspection);
  return { site };
}

export const faultsOfWorks: readonly Fault[] = [
  {
    rule: 'yield-implausible',
    what: 'half of the metal is lost',
    beside: 'the poorest month there can be',
    wrong: (scene) => shipped(scene, { recovery: [0.5, 0.5] }),
    twin: (scene) => shipped(scene, { recovery: [POOR[scene.chain.mineral] ?? 1, POOR[scene.chain.mineral] ?? 1] }),
  },
  {
    rule: 'mass-gained',
    what: 'more metal comes out than went in',
    beside: 'all but a hundredth',
    wrong: (scene) => shipped(scene, { recovery: [1.15, 1.15] }),
    twin: (scene) => {
      const recovery = scene.chain.mineral === 'cobalt' ? 0.9 : 0.985;
      return shipped(scene, { recovery: [recovery, recovery] });
    },
  },
  {
    rule: 'facility-over-capacity',
    what: 'a plant takes eight bags that is rated for five',
    beside: 'for ten',
    wrong: (scene) => worked(scene, 5),
    twin: (scene) => worked(scene, 10),
  },
  {
    rule: 'mix-forbidden',
    what: 'ore of a red site blended with that of a green one',
    beside: 'of a yellow one',
    wrong: (scene) => blended(scene, {}, foundBefore(scene, 3)),
    twin: (scene) => blended(scene, {}, foundBefore(scene, 2)),
  },
  {
    rule: 'mix-forbidden',
    what: 'industrial ore blended in',
    beside: 'two artisanal pits',
    minerals: ['cobalt'],
    wrong: (scene) => blended(scene, { method: 'artisanal' }, { method: 'industrial' }),
    twin: (scene) => blended(scene, { method: 'artisanal' }, { method: 'artisanal' }),
  },
  {
    rule: 'radioactivity-missing',
    what: 'uranium is not assayed',
    beside: 'a laboratory has certified it',
    minerals: ['coltan'],
    wrong: (scene) => shipped(scene, { more: scene.chain.more.slice(0, 1) }),
    twin: (scene) => {
      const { builder, chain } = scene;
      const lots = shipped(scene, { more: [] });
      const exported = builder.steps.findLast((step) => step.type === 'lot.exported');
      const grades = chain.more.map((other) => ({ ...other, uom: 'P1', basis: 'dry' }));
      const time = Date.parse(exported?.at ?? '') - HOUR;
      for (const lot of lots)
        builder.step(time, 'lab-coltan', 'assay.certified', { lot, sample: builder.name('SYN-A-'), grades });
      return lots;
    },
  },
  {
    rule: 'hop-missing',
    what: 'a mine exports with no depot or transport between',
    beside: 'by a depot',
    wrong: (scene) => {
      const coop = scene.ownActor(['miner', 'exporter']);
      const bag = scene.bag(0, scene.assayed(), { site: scene.ownSite({ operator: coop }) });
      const certificate = scene.certificate([bag], scene.time + DAY, { exporter: coop });
      scene.builder.step(scene.time + 2 * DAY, coop, 'lot.exported', { lots: [bag.name], certificate });
      return names(bag);
    },
    twin: (scene) => {
      const coop = scene.ownActor(['miner', 'exporter']);
      const bag = scene.bag(0, scene.assayed(), { site: scene.ownSite({ operator: coop }) });
      const certificate = scene.certificate([bag], scene.time + DAY, { exporter: coop });
      const body = { place: scene.depot, lots: [bag.name], certificate };
      scene.builder.step(scene.time + 2 * DAY, coop, 'lot.exported', body);
      return names(bag);
    },
  },
];
