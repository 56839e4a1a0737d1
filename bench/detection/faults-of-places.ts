import type { Chain } from './minerals.js';
import type { Bag } from './network.js';
import type { Fault } from './faults.js';
import { DAY, HOUR, at } from './network.js';
import { type Scene, names } from './scene.js';

/** Faults of the goods' origin and of handovers. */

/** Mass of a bag in the unit of capacities. */
const kilograms = ({ mass: [mean], unit }: Chain): number => mean * { KGM: 1, GRM: 0.001, TNE: 1_000 }[unit];

/** Eight bags within a fortnight at a site with a capacity of `bags` a month. */
function dug(scene: Scene, bags: number): string[] {
  const kilogramsPerWorkerMonth = ((kilograms(scene.chain) * bags) / 10).toFixed(4);
  const site = scene.ownSite({ capacity: { workers: 10, kilogramsPerWorkerMonth } });
  return names(...Array.from({ length: 8 }, (_, i) => scene.bag(i * 40, {}, { site })));
}

/** A bag of a site with this certification by an inspection two days before. */
function inspected(scene: Scene, certification: number): Bag {
  const site = scene.ownSite();
  const inspection = { site, date: scene.day(-2), certification, activity: 1 };
  scene.builder.step(scene.time - 2 * DAY, scene.agent, 'site.inspected', inspection);
  return scene.bag(0, {}, { site });
}

const standing = (scene: Scene, degrees: number, accuracyM: number): string[] => {
  const [longitude, latitude] = scene.chain.mine;
  return names(scene.bag(0, {}, { place: { site: scene.site, lat: latitude + degrees, lon: longitude, accuracyM } }));
};

const delivered = (scene: Scene, change: Parameters<Scene['deliver']>[2]): string[] => {
  const bag = scene.bag();
  scene.deliver([bag], 4, change);
  return names(bag);
};

const dispatch = (scene: Scene, lot: string): void =>
  scene.builder.step(scene.time + 4 * HOUR, scene.coop, 'custody.dispatched', {
    to: scene.house,
    place: { site: scene.site },
    mode: 'truck',
    plannedArrival: at(scene.time + 10 * HOUR),
    lots: [lot],
  });

/** @param hours duration of a truck's journey. */
function driven(scene: Scene, hours: number): string[] {
  const { builder, chain } = scene;
  const [lon, lat] = chain.mineral === 'gold' ? chain.works : chain.port;
  const bag = scene.bag();
  const plannedArrival = at(scene.time + (4 + hours) * HOUR);
  dispatchTo(scene, bag, plannedArrival);
  builder.step(scene.time + (4 + hours) * HOUR, scene.house, 'custody.received', {
    from: scene.coop,
    place: { lat, lon, accuracyM: 10 },
    lots: [{ lot: bag.name, mass: builder.quantity(chain, bag.mass) }],
  });
  return names(bag);
}

const dispatchTo = (scene: Scene, bag: Bag, plannedArrival: string): void =>
  scene.builder.step(scene.time + 4 * HOUR, scene.coop, 'custody.dispatched', {
    to: scene.house,
    place: { site: scene.site },
    mode: scene.chain.mineral === 'gold' ? 'air' : 'truck',
    plannedArrival,
    lots: [bag.name],
  });

function late(scene: Scene, days: number): string[] {
  const { builder, chain, time, site, coop } = scene;
  const output = { lot: builder.name('late'), mineral: chain.mineral, form: chain.form };
  const mass = builder.quantity(chain, chain.mass[0] * 0.973);
  const tags = chain.certified ? { tags: [builder.tag(site)] } : {};
  const body = { place: { site }, outputs: [{ ...output, mass, ...tags }] };
  builder.step(time, coop, 'lot.declared', body, time + days * DAY);
  return [output.lot];
}

export const faultsOfPlaces: readonly Fault[] = [
  {
    rule: 'site-over-capacity',
    what: 'eight bags in a fortnight where workers can dig four a month',
    beside: 'ten a month',
    wrong: (scene) => dug(scene, 4),
    twin: (scene) => dug(scene, 10),
  },
  {
    rule: 'site-status',
    what: 'found red two days before',
    beside: 'found yellow',
    wrong: (scene) => names(inspected(scene, 3)),
    twin: (scene) => names(inspected(scene, 2)),
  },
  {
    rule: 'site-outside-polygon',
    what: 'declared 12 km away',
    beside: 'at the fence, by a phone that drifts',
    wrong: (scene) => standing(scene, 0.11, 10),
    twin: (scene) => standing(scene, 0.0053, 60),
  },
  {
    rule: 'mineral-not-at-site',
    what: 'a mineral that the site does not have',
    beside: 'one that it has too',
    wrong: (scene) => names(scene.bag(0, { mineral: 'wolframite', grades: undefined })),
    twin: (scene) => {
      const site = scene.ownSite({ minerals: [scene.chain.mineral, 'wolframite'] });
      return names(scene.bag(0, { mineral: 'wolframite', grades: undefined }, { site }));
    },
  },
  {
    rule: 'licence-invalid',
    what: 'dug the day after the licence ended',
    beside: 'on its last day',
    wrong: (scene) => names(scene.bag(0, {}, { site: licensed(scene, -1) })),
    twin: (scene) => names(scene.bag(0, {}, { site: licensed(scene, 0) })),
  },
  {
    rule: 'late-entry',
    what: 'a phone that syncs 31 days late',
    beside: 'after a power cut of two days',
    wrong: (scene) => late(scene, 31),
    twin: (scene) => late(scene, 2),
  },
  {
    rule: 'handover-overdue',
    what: 'sent and never received',
    beside: 'received within the grace',
    wrong: (scene) => {
      const bag = scene.bag();
      dispatch(scene, bag.name);
      return names(bag);
    },
    twin: (scene) => {
      const { builder, chain, time, house, coop, depot } = scene;
      const bag = scene.bag();
      dispatch(scene, bag.name);
      const lots = [{ lot: bag.name, mass: builder.quantity(chain, bag.mass) }];
      builder.step(time + 30 * HOUR, house, 'custody.received', { from: coop, place: depot, lots });
      return names(bag);
    },
  },
  {
    rule: 'handover-overdue',
    what: 'never received, and exported all the same, which the ledger refuses',
    beside: 'received, and exported',
    wrong: (scene) => {
      const bag = scene.bag(0, scene.assayed());
      dispatch(scene, bag.name);
      scene.builder.refusable.add(scene.builder.steps.length);
      scene.export([bag], scene.time + 5 * DAY);
      return names(bag);
    },
    twin: (scene) => {
      const bag = scene.bag(0, scene.assayed());
      const arrived = scene.deliver([bag], 4);
      scene.export([bag], arrived + 2 * DAY, { certificate: scene.certificate([bag], arrived + DAY) });
      return names(bag);
    },
  },
  {
    rule: 'handover-rejected-unresolved',
    what: 'sent back, and nothing more is heard of it',
    beside: 'sent back, and sent again',
    wrong: (scene) => names(rejected(scene)),
    twin: (scene) => {
      const bag = rejected(scene);
      scene.deliver([bag], 30);
      return names(bag);
    },
  },
  {
    rule: 'seal-mismatch',
    what: 'a broken seal',
    beside: 'a receipt that lists none',
    wrong: (scene) => delivered(scene, { receipt: { sealState: 'broken' } }),
    twin: (scene) => delivered(scene, { receipt: { sealState: undefined, seals: undefined } }),
  },
  {
    rule: 'speed-impossible',
    what: 'to the port, or across the ocean, within hours',
    beside: 'within days',
    wrong: (scene) => driven(scene, scene.chain.mineral === 'gold' ? 5 : 9),
    twin: (scene) => driven(scene, 144),
  },
  {
    rule: 'self-dealing',
    what: 'one phone signs for both sides',
    beside: 'two phones',
    wrong: (scene) => delivered(scene, { dispatch: { device: 'lent-phone' }, receipt: { device: 'lent-phone' } }),
    twin: (scene) => delivered(scene, { dispatch: { device: 'his-phone' }, receipt: { device: 'her-phone' } }),
  },
];

const licensed = (scene: Scene, days: number): string =>
  scene.ownSite({ licence: { kind: 'artisanal_permit', number: 'SYN-L', from: '2025-01-01', to: scene.day(days) } });

function rejected(scene: Scene): Bag {
  const bag = scene.bag();
  const lots = [{ lot: bag.name, outcome: 'rejected', reason: 'wet' }];
  scene.deliver([bag], 4, { receipt: { lots, seals: undefined, sealState: undefined } });
  return bag;
}
