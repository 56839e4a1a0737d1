import type { Scenario, Step } from '../../src/cli/scenario/scenario-file.js';
import { type Chain, chains } from './minerals.js';
import type { Random } from './random.js';

/**
 * Builds a seeded supply network of all four minerals with honest actors only, as a scenario: with the noise of real
 * scales, moisture, positions and delays, offline phones that synchronise at night, lost tags, honest corrections, and
 * deliveries that are returned and repeated.
 */

export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;
export const START = Date.parse('2026-03-02T06:00:00Z');

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
  /** Returns the least and the highest moisture of ore that is dug at a time, per cent. */
  moisture: (chain: Chain, time: number) => readonly [number, number] = (chain) => chain.moisture;
  /** Steps that the ledger must refuse. */
  readonly refusable = new Set<number>();
  private readonly tagNumbers = new Map<string, number>();
  private readonly seqs = new Map<string, number>();
  /** How many phones each site has lost. */
  private readonly lost = new Map<string, number>();
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

  phone(site: string): string {
    const lost = this.lost.get(site) ?? 0;
    return `phone-${site}${lost === 0 ? '' : `-${lost + 1}`}`;
  }

  /** Replaces the phone of a site. */
  losePhone(site: string): void {
    this.lost.set(site, (this.lost.get(site) ?? 0) + 1);
  }

  /** Declares one bag at a site, by a phone with a position error of some metres; sent at once, or that night. */
  declare(chain: Chain, site: string, time: number, change: Known = {}, output: Known = {}, entered?: number): Bag {
    const bag = {
      name: this.name(`${chain.mineral}-`),
      mass: Number(this.random.normal(...chain.mass).toFixed(chain.decimals)),
      moisture: Number(this.random.between(...this.moisture(chain, time)).toFixed(1)),
      grade: Number(this.random.normal(...chain.grade).toFixed(1)),
    };
    const [longitude = 0, latitude = 0] = (this.sites[site]?.point ?? []).map(Number);
    const drift = (): number => this.random.normal(0, 0.0006);
    const device = typeof change.device === 'string' ? change.device : this.phone(site);
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
      entered ?? (this.random.chance(0.3) ? time + this.random.between(0.2, 3) * HOUR : undefined),
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
