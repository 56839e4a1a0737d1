import { type Chain, chains } from './minerals.js';
import { type Bag, type Builder, DAY, HOUR, type Known, START, at } from './network.js';

/** Bags of one truck. */
export const LOAD = 8;

/** Brings eight bags from the mine to the depot within a morning, with the usual mishaps. */
export function truckload(builder: Builder, chain: Chain, time: number): { bags: Bag[]; arrived: number } {
  const site = `site${builder.random.whole(0, 2)}-${chain.mineral}`;
  const bags = Array.from({ length: LOAD }, (_, i) => builder.declare(chain, site, time + i * 4 * 60_000));
  return takeAway(builder, chain, site, bags, time);
}

/** Takes declared bags from a site to the depot, four hours after the first was declared, with the usual mishaps. */
export function takeAway(
  builder: Builder,
  chain: Chain,
  site: string,
  bags: Bag[],
  time: number,
): { bags: Bag[]; arrived: number } {
  const { random } = builder;
  mishaps(builder, chain, site, bags, time + 0.8 * HOUR);
  const leg = {
    from: `coop-${chain.mineral}`,
    to: `house-${chain.mineral}`,
    at: { site },
    arrives: { facility: `depot-${chain.mineral}` },
    mode: 'truck',
    hours: [3, 9] as [number, number],
  };
  let leaves = time + 4 * HOUR;
  if (random.chance(0.03)) leaves = sentBack(builder, leg, bags, leaves);
  return { bags, arrived: builder.handOver(bags, chain, leg, leaves) };
}

/** A swapped digit and its correction; a tag lost, voided and replaced. */
function mishaps(builder: Builder, chain: Chain, site: string, bags: Bag[], time: number): void {
  const { random } = builder;
  const bag = random.pick(bags);
  const declared = builder.steps.findIndex(
    (step) => step.type === 'lot.declared' && JSON.stringify(step.outputs).includes(`"${bag.name}"`),
  );
  const output = (builder.steps[declared]?.outputs as Known[] | undefined)?.[0];
  const coop = `coop-${chain.mineral}`;
  if (random.chance(0.04) && output !== undefined) {
    const meant = Number((bag.mass * 0.99).toFixed(chain.decimals));
    builder.step(time + 3 * HOUR, coop, 'event.corrected', {
      event: declared,
      field: '/outputs/0/mass',
      was: output.mass,
      is: builder.quantity(chain, meant),
      reason: 'Read from the wrong line.',
    });
    bag.mass = meant;
  }
  if (chain.certified && random.chance(0.04) && output !== undefined) {
    const [lost] = output.tags as string[];
    builder.step(time + 2.8 * HOUR, `agent-${chain.mineral}`, 'tags.voided', { tags: [lost], reason: 'lost' });
    builder.step(time + 3.1 * HOUR, coop, 'lot.sealed', {
      lots: [{ lot: bag.name, tagsOff: [lost], tagsOn: [builder.tag(site)] }],
    });
  }
}

/** The depot returns a load because it is full, and receives it the next day. */
function sentBack(
  builder: Builder,
  leg: { from: string; to: string; at: Known; arrives: Known },
  bags: Bag[],
  time: number,
): number {
  builder.step(time, leg.from, 'custody.dispatched', {
    to: leg.to,
    place: leg.at,
    mode: 'truck',
    plannedArrival: at(time + 10 * HOUR),
    lots: bags.map(({ name }) => name),
  });
  builder.step(time + 6 * HOUR, leg.to, 'custody.received', {
    from: leg.from,
    place: leg.arrives,
    lots: bags.map(({ name }) => ({ lot: name, outcome: 'rejected', reason: 'The store is full.' })),
  });
  return time + DAY;
}

/** Processes bags at the depot and ships the product abroad. */
export function shipment(builder: Builder, chain: Chain, bags: Bag[], time: number, change: Known = {}): void {
  const { random } = builder;
  const { mineral } = chain;
  const whole = chain.uom === 'NX' ? 1_000 : 100;
  const metal = bags.reduce((sum, bag) => sum + bag.mass * (1 - bag.moisture / 100) * (bag.grade / whole), 0);
  const dry = (metal * random.between(...chain.recovery)) / (chain.madeGrade / whole);
  const made: Bag = {
    name: builder.name(`${mineral}-made`),
    mass: Number((dry / (1 - chain.madeMoisture / 100)).toFixed(chain.decimals)),
    moisture: chain.madeMoisture,
    grade: chain.madeGrade,
  };
  const house = `house-${mineral}`;
  const depot = { facility: `depot-${mineral}` };
  builder.step(time, house, 'lot.processed', {
    place: depot,
    process: chain.process,
    inputs: bags.map(({ name }) => name),
    outputs: [
      {
        lot: made.name,
        mineral,
        form: chain.madeForm,
        mass: builder.quantity(chain, made.mass),
        moisturePercent: String(made.moisture),
        grades: builder.grades(chain, made.grade, true),
      },
    ],
  });
  builder.lots += 1;
  const certificate = chain.certified ? certify(builder, chain, made, time + DAY) : {};
  const leaves = time + 2 * DAY;
  builder.step(leaves, house, 'lot.exported', { place: depot, lots: [made.name], ...certificate, ...change });
  const port = builder.handOver(
    [made],
    chain,
    {
      from: house,
      to: `forwarder-${mineral}`,
      at: depot,
      arrives: { facility: `port-${mineral}` },
      mode: 'truck',
      hours: chain.road,
    },
    leaves + HOUR,
  );
  const landed = builder.handOver(
    [made],
    chain,
    {
      from: `forwarder-${mineral}`,
      to: `refinery-${mineral}`,
      at: { facility: `port-${mineral}` },
      arrives: { facility: `works-${mineral}` },
      mode: chain.voyageMode,
      hours: chain.voyage,
    },
    port + DAY,
  );
  builder.step(landed + 2 * HOUR, `refinery-${mineral}`, 'lot.imported', {
    place: { facility: `works-${mineral}` },
    lots: [made.name],
    ...certificate,
  });
}

/** Issues the authority's certificate for the depot's product, as a claim of the export. */
function certify(builder: Builder, chain: Chain, made: Bag, time: number): Known {
  const serial = builder.name('SYN-RW-');
  builder.step(time, `agent-${chain.mineral}`, 'certificate.issued', {
    serial,
    exporter: `house-${chain.mineral}`,
    lots: [made.name],
    mass: builder.quantity(chain, made.mass),
    originCountries: [chain.country],
    verifier: 'A. Uwase',
    validator: 'B. Mugabo',
    issuedOn: at(time).slice(0, 10),
    expiresOn: at(time + 79 * DAY).slice(0, 10),
  });
  return { certificate: serial };
}

/** Adds honest chains until there are at least `lots` lots, over some ten weeks. */
export function fill(builder: Builder, lots: number): void {
  const before = builder.lots;
  for (let round = 0; builder.lots - before < lots; round += 1)
    for (const chain of chains) {
      const loads = [0, 1].map((load) =>
        truckload(builder, chain, START + (round * 2 + load) * DAY + builder.random.between(0, 3) * HOUR),
      );
      shipment(
        builder,
        chain,
        loads.flatMap(({ bags }) => bags),
        Math.max(...loads.map(({ arrived }) => arrived)) + builder.random.between(20, 60) * HOUR,
      );
    }
}
