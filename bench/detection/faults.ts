import { type Bag, type Builder, type HandoverChange, START, at, shipment, truckload } from './network.js';
import { type Chain, chains } from './minerals.js';

/** One kind of fault, planted into chains that are honest otherwise; gives the lots that must be found. */
export interface Fault {
  rule: string;
  plant(builder: Builder, time: number): string[];
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const byMineral = (mineral: string): Chain => chains.find((chain) => chain.mineral === mineral) as Chain;
const tin = byMineral('cassiterite');
const coltan = byMineral('coltan');
const gold = byMineral('gold');
const SITE = 'site0-cassiterite';

const leg = {
  from: 'coop-cassiterite',
  to: 'house-cassiterite',
  at: { site: SITE },
  arrives: { facility: 'depot-cassiterite' },
  mode: 'truck',
  hours: [3, 9] as [number, number],
};

const declared = (builder: Builder, time: number, change = {}, output = {}): Bag =>
  builder.declare(tin, SITE, time, change, output);

const delivered = (builder: Builder, time: number, change: HandoverChange): Bag => {
  const bag = declared(builder, time);
  builder.handOver([bag], tin, leg, time + 4 * HOUR, change);
  return bag;
};

export const faults: readonly Fault[] = [
  {
    rule: 'tag-reused',
    plant: (builder, time) => {
      const tag = builder.tag(SITE);
      return [0, 1].map((i) => declared(builder, time + i * HOUR, {}, { tags: [tag] }).name);
    },
  },
  { rule: 'tag-unknown', plant: (b, time) => [declared(b, time, {}, { tags: [b.name('FALSE-')] }).name] },
  {
    rule: 'tag-wrong-site',
    plant: (b, time) => [declared(b, time, {}, { tags: [b.tag('site1-cassiterite')] }).name],
  },
  {
    rule: 'tag-voided-used',
    plant: (builder, time) => {
      const tag = builder.tag(SITE);
      builder.step(time - DAY, 'agent-cassiterite', 'tags.voided', { tags: [tag], reason: 'lost' });
      return [declared(builder, time, {}, { tags: [tag] }).name];
    },
  },
  {
    rule: 'mass-gained',
    plant: (builder, time) => {
      const bag = declared(builder, time);
      const more = { receipt: { lots: [{ lot: bag.name, mass: builder.quantity(tin, bag.mass * 1.05) }] } };
      builder.handOver([bag], tin, leg, time + 4 * HOUR, more);
      return [bag.name];
    },
  },
  {
    rule: 'mass-lost',
    plant: (builder, time) => {
      const bag = declared(builder, time);
      const less = { receipt: { lots: [{ lot: bag.name, mass: builder.quantity(tin, bag.mass * 0.9) }] } };
      builder.handOver([bag], tin, leg, time + 4 * HOUR, less);
      return [bag.name];
    },
  },
  {
    rule: 'grade-impossible',
    plant: (b, time) => [
      declared(b, time, {}, { grades: [{ analyte: 'Sn', value: '79.4', uom: 'P1', basis: 'dry' }] }).name,
    ],
  },
  {
    rule: 'numbers-too-round',
    plant: (builder, time) => {
      const lots = Array.from({ length: 8 }, () => builder.name('alike'));
      const alike = lots.map((lot) => ({
        lot,
        mineral: 'cassiterite',
        form: 'concentrate',
        mass: '50.0 KGM',
        tags: [builder.tag(SITE)],
      }));
      builder.step(time, 'coop-cassiterite', 'lot.declared', { place: { site: SITE }, outputs: alike });
      return lots;
    },
  },
  {
    rule: 'site-outside-polygon',
    plant: (b, time) => [declared(b, time, { place: { site: SITE, lat: -1.72, lon: 29.93, accuracyM: 10 } }).name],
  },
  {
    rule: 'mineral-not-at-site',
    plant: (b, time) => [declared(b, time, {}, { mineral: 'wolframite', grades: undefined }).name],
  },
  {
    rule: 'late-entry',
    plant: (builder, time) => {
      const lot = builder.name('late');
      const output = { lot, mineral: 'cassiterite', form: 'concentrate', mass: '48.3 KGM', tags: [builder.tag(SITE)] };
      const body = { place: { site: SITE }, outputs: [output] };
      builder.step(time, 'coop-cassiterite', 'lot.declared', body, time + 20 * DAY);
      return [lot];
    },
  },
  {
    rule: 'handover-overdue',
    plant: (builder, time) => {
      const bag = declared(builder, time);
      builder.step(time + 4 * HOUR, leg.from, 'custody.dispatched', {
        to: leg.to,
        place: leg.at,
        mode: 'truck',
        plannedArrival: at(time + 10 * HOUR),
        lots: [bag.name],
      });
      return [bag.name];
    },
  },
  {
    rule: 'handover-rejected-unresolved',
    plant: (builder, time) => {
      const bag = declared(builder, time);
      const rejected = { lots: [{ lot: bag.name, outcome: 'rejected', reason: 'wet' }], seals: undefined };
      builder.handOver([bag], tin, leg, time + 4 * HOUR, { receipt: rejected });
      return [bag.name];
    },
  },
  {
    rule: 'seal-mismatch',
    plant: (b, time) => [delivered(b, time, { receipt: { sealState: 'broken' } }).name],
  },
  {
    rule: 'speed-impossible',
    plant: (b, time) => [
      delivered(b, time, { receipt: { place: { lat: -6.8235, lon: 39.2895, accuracyM: 10 } } }).name,
    ],
  },
  {
    rule: 'self-dealing',
    plant: (b, time) => [
      delivered(b, time, { dispatch: { device: 'lent-phone' }, receipt: { device: 'lent-phone' } }).name,
    ],
  },
  {
    rule: 'grade-jump',
    plant: (builder, time) => {
      const bag = builder.declare(gold, 'site0-gold', time);
      const grades = [{ analyte: 'Au', value: (bag.grade * 0.92).toFixed(1), uom: 'NX', basis: 'dry' }];
      builder.step(time + DAY, 'lab-gold', 'assay.certified', { lot: bag.name, sample: 'SYN-A', grades });
      return [bag.name];
    },
  },
  {
    rule: 'certificate-missing',
    plant: (builder, time) => {
      const { bags, arrived } = truckload(builder, tin, time);
      const from = builder.steps.length;
      shipment(builder, tin, bags, arrived + DAY, { certificate: undefined });
      return exportedSince(builder, from);
    },
  },
  {
    rule: 'radioactivity-missing',
    plant: (builder, time) => {
      const { bags, arrived } = truckload(builder, coltan, time);
      const from = builder.steps.length;
      shipment(builder, { ...coltan, more: coltan.more.slice(0, 1) }, bags, arrived + DAY);
      return exportedSince(builder, from);
    },
  },
  {
    rule: 'yield-implausible',
    plant: (builder, time) => {
      const { bags, arrived } = truckload(builder, tin, time);
      const from = builder.steps.length;
      shipment(builder, { ...tin, recovery: [0.6, 0.6] }, bags, arrived + DAY);
      return exportedSince(builder, from);
    },
  },
];

const exportedSince = (builder: Builder, from: number): string[] =>
  builder.steps.slice(from).flatMap((step) => (step.type === 'lot.exported' ? (step.lots as string[]) : []));

/** Every kind so often, spread over the weeks of the network. @returns by rule, the lots of each fault. */
export function plant(builder: Builder, each: number): Map<string, string[][]> {
  const planted = new Map<string, string[][]>();
  for (const [kind, fault] of faults.entries())
    for (let i = 0; i < each; i += 1) {
      const time = START + (2 + i * 3 + (kind % 5)) * DAY + kind * HOUR * 0.3;
      planted.set(fault.rule, [...(planted.get(fault.rule) ?? []), fault.plant(builder, time)]);
    }
  return planted;
}
