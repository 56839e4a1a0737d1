import type { Scenario, Step } from '../../src/cli/scenario/scenario-file.js';
import { type Chain, chains } from './minerals.js';
import type { Random } from './random.js';

/**
 * Builds a seeded supply network of all four minerals with honest actors only, as a scenario: with the noise of real
 * scales, moisture, positions and delays, offline phones that synchronise at night, lost tags, honest corrections, and
 * deliveries that are returned and repeated.
 */

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
export const START = Date.parse('2026-03-02T06:00:00Z');
/** Bags of one truck. */
const LOAD = 8;

export type Known = Record<string, unknown>;

export const at = (ms: number): string => new Date(ms).toISOString();

/** Claims of either party that differ from an honest handover. */
export interface HandoverChange {
  dispatch?: Known;
  receipt?: Known;
}

/** A lot as its holder knows it. */
export interface Bag {
  name: string;
  mass: number;
  moisture: number;
  grade: number;
}

export class Builder {
  readonly steps: Step[] = [];
  readonly actors: Scenario['actors'] = {
    registrar: { roles: ['registrar'], country: 'RW' },
  };
  readonly sites: Scenario['sites'] = {};
  readonly facilities: Scenario['facilities'] = {};
  readonly tags: Scenario['tags'] = [];
  lots = 0;
  /** Steps that the ledger must refuse. */
  readonly refusable = new Set<number>();
  private readonly tagNumbers = new Map<string, number>();
  private readonly seqs = new Map<string, number>();
  private names = 0;

  constructor(readonly random: Random) {
    for (const chain of chains) this.register(chain);
  }

  /** Registers the actors and places of one mineral's chain; names end in the mineral. */
  private register(of: Chain): void {
    const { mineral, country, portCountry, worksCountry, depot, port, works } = of;
    const roles: [string, string[], string][] = [
      ['agent', ['authority'], country],
      ['coop', ['miner'], country],
      ['house', ['trader', 'processor', 'exporter'], country],
      ['forwarder', ['transporter', 'trader'], portCountry],
      ['refinery', ['importer', 'processor', 'smelter'], worksCountry],
      ['lab', ['assayer'], country],
    ];
    for (const [role, own, where] of roles)
      this.actors[`${role}-${mineral}`] = { roles: own, country: where, cardValidUntil: '2027-12-31' };
    for (const place of [0, 1, 2]) this.site(of, place);
    this.facilities[`depot-${mineral}`] = { kind: 'plant', country, point: depot, operator: `house-${mineral}` };
    this.facilities[`port-${mineral}`] = { kind: 'port', country: portCountry, point: port };
    this.facilities[`works-${mineral}`] = { kind: 'smelter', country: worksCountry, point: works };
  }

  /**
   * Adds a site, with its own tags if the mineral is tagged.
   * @param place distance from the first site.
   */
  site(chain: Chain, place: number, more: Partial<Scenario['sites'][string]> = {}, id?: string): string {
    const { mineral, country, mine, workers, perWorker, certified } = chain;
    const site = id ?? `site${place}-${mineral}`;
    this.sites[site] = {
      country,
      operator: `coop-${mineral}`,
      minerals: [mineral],
      point: [mine[0] + 0.03 * place, mine[1] + 0.02 * place],
      polygonRadiusDegrees: 0.005,
      licence: { kind: 'artisanal_permit', number: `SYN-${site}`, from: '2025-01-01', to: '2028-12-31' },
      capacity: { workers, kilogramsPerWorkerMonth: perWorker },
      certification: 1,
      inspectedOn: '2026-02-01',
      ...more,
    };
    if (certified) this.tags.push({ issuer: `agent-${mineral}`, series: `${site}-`, from: 1, to: 99_999, site });
    return site;
  }

  step(time: number, by: string, type: string, body: Known, recordedAt?: number): void {
    const late = recordedAt === undefined ? {} : { recordedAt: at(recordedAt) };
    this.steps.push({ at: at(time), ...late, by, type, ...body });
  }

  name(kind: string): string {
    this.names += 1;
    return `${kind}${this.names}`;
  }

  tag(site: string): string {
    const number = (this.tagNumbers.get(site) ?? 0) + 1;
    this.tagNumbers.set(site, number);
    return `${site}-${number}`;
  }

  /** Returns the next sequence number of a phone. */
  seq(device: string): number {
    const seq = (this.seqs.get(device) ?? 0) + 1;
    this.seqs.set(device, seq);
    return seq;
  }

  quantity({ unit, decimals }: Chain, mass: number): string {
    return `${mass.toFixed(decimals)} ${unit}`;
  }

  grades({ analyte, uom, more }: Chain, value: number, withMore = false): Known[] {
    const shown = { analyte, value: value.toFixed(uom === 'NX' ? 1 : 2), uom, basis: 'dry' };
    return [shown, ...(withMore ? more.map((other) => ({ ...other, uom: 'P1', basis: 'dry' })) : [])];
  }

  /** Declares one bag at a site, by a phone with a position error of some metres; sent at once, or that night. */
  declare(chain: Chain, site: string, time: number, change: Known = {}, output: Known = {}): Bag {
    const bag = {
      name: this.name(`${chain.mineral}-`),
      mass: Number(this.random.normal(...chain.mass).toFixed(chain.decimals)),
      moisture: Number(this.random.between(...chain.moisture).toFixed(1)),
      grade: Number(this.random.normal(...chain.grade).toFixed(1)),
    };
    const [longitude = 0, latitude = 0] = (this.sites[site]?.point ?? []).map(Number);
    const drift = (): number => this.random.normal(0, 0.0006);
    const device = typeof change.device === 'string' ? change.device : `phone-${site}`;
    this.step(
      time,
      this.sites[site]?.operator ?? '',
      'lot.declared',
      {
        place: {
          site,
          lat: Number((latitude + drift()).toFixed(5)),
          lon: Number((longitude + drift()).toFixed(5)),
          accuracyM: this.random.whole(4, 40),
        },
        device,
        seq: this.seq(device),
        outputs: [
          {
            lot: bag.name,
            mineral: chain.mineral,
            form: chain.form,
            mass: this.quantity(chain, bag.mass),
            moisturePercent: bag.moisture.toFixed(1),
            grades: this.grades(chain, bag.grade),
            ...(chain.certified ? { tags: [this.tag(site)] } : {}),
            ...output,
          },
        ],
        ...change,
      },
      this.random.chance(0.3) ? time + this.random.between(0.2, 3) * HOUR : undefined,
    );
    this.lots += 1;
    return bag;
  }

  /**
   * Dispatches and receives bags; every receiver weighs them again.
   * @returns the time of arrival.
   */
  handOver(
    bags: Bag[],
    chain: Chain,
    leg: { from: string; to: string; at: Known; arrives: Known; mode: string; hours: [number, number] },
    time: number,
    change: HandoverChange = {},
  ): number {
    const hours = this.random.between(...leg.hours);
    const seals = [this.name('SYN-S-')];
    this.step(time, leg.from, 'custody.dispatched', {
      to: leg.to,
      place: leg.at,
      mode: leg.mode,
      plannedArrival: at(time + (leg.hours[0] + leg.hours[1]) * 0.5 * HOUR + 6 * HOUR),
      lots: bags.map(({ name }) => name),
      seals,
      ...change.dispatch,
    });
    const arrival = time + hours * HOUR;
    const noise = chain.unit === 'GRM' ? 0.0002 : 0.0012;
    for (const bag of bags)
      bag.mass = Number((bag.mass * (1 - Math.abs(this.random.normal(0, noise)))).toFixed(chain.decimals));
    this.step(arrival, leg.to, 'custody.received', {
      from: leg.from,
      place: leg.arrives,
      seals,
      sealState: 'intact',
      lots: bags.map(({ name, mass }) => ({ lot: name, mass: this.quantity(chain, mass) })),
      ...change.receipt,
    });
    return arrival;
  }

  scenario(): Scenario {
    return {
      title: 'A network of honest chains',
      origin: 'example.org/network',
      actors: this.actors,
      sites: this.sites,
      facilities: this.facilities,
      tags: this.tags,
      steps: this.steps,
      tamper: [],
      expect: { refused: [], findings: [], verdicts: {} },
    };
  }
}

/** Brings eight bags from the mine to the depot within a morning, with the usual mishaps. */
export function truckload(builder: Builder, chain: Chain, time: number): { bags: Bag[]; arrived: number } {
  const { random } = builder;
  const site = `site${random.whole(0, 2)}-${chain.mineral}`;
  const bags = Array.from({ length: LOAD }, (_, i) => builder.declare(chain, site, time + i * 4 * 60_000));
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
