import type { Chain } from './minerals.js';
import { type Bag, type Builder, DAY, HOUR, type HandoverChange, type Known, at } from './network.js';

/** Place of one fault, or its twin: a part of the network with its own phones. */
export class Scene {
  readonly site: string;
  readonly house: string;
  readonly coop: string;
  readonly agent: string;
  readonly depot: Known;

  constructor(
    readonly builder: Builder,
    readonly chain: Chain,
    readonly time: number,
  ) {
    const { mineral } = chain;
    this.site = `site0-${mineral}`;
    this.house = `house-${mineral}`;
    this.coop = `coop-${mineral}`;
    this.agent = `agent-${mineral}`;
    this.depot = { facility: `depot-${mineral}` };
  }

  /** Returns a site at which no other actor declares. */
  ownSite(more: Known = {}): string {
    return this.builder.site(this.chain, 4, more, this.builder.name(`site-${this.chain.mineral}-`));
  }

  /** Returns an actor without other handovers. */
  ownActor(roles: string[], more: Known = {}): string {
    const id = this.builder.name(`${roles[0] ?? ''}-${this.chain.mineral}-`);
    this.builder.actors[id] = { roles, country: this.chain.country, ...more };
    return id;
  }

  day(days: number): string {
    return at(this.time + days * DAY).slice(0, 10);
  }

  /** Declares a bag; `output` of the lot, `change` of the event. */
  bag(hours = 0, output: Known = {}, { site = this.site, ...change }: Known = {}): Bag {
    const { builder, chain, time } = this;
    const phone = { device: builder.name('phone-'), ...change };
    return builder.declare(chain, String(site), time + hours * HOUR, phone, output);
  }

  /**
   * Delivers bags from the mine to the depot or elsewhere; every receiver weighs them again.
   * @returns the time of arrival.
   */
  deliver(
    bags: Bag[],
    hours: number,
    change: HandoverChange & { from?: string; to?: string; site?: string } = {},
  ): number {
    const { from = this.coop, to = this.house, site = this.site, ...rest } = change;
    const leg = { from, to, at: { site }, arrives: this.depot, mode: 'truck', hours: [3, 9] as [number, number] };
    return this.builder.handOver(bags, this.chain, leg, this.time + hours * HOUR, rest);
  }

  /** Returns a receipt with so many times the bag's former mass. */
  weighing(bag: Bag, times: number): HandoverChange {
    return { receipt: { lots: [{ lot: bag.name, mass: this.builder.quantity(this.chain, bag.mass * times) }] } };
  }

  /**
   * Issues the authority's certificate for bags.
   * @returns its serial.
   */
  certificate(bags: Bag[], time: number, more: Known = {}): string {
    const serial = this.builder.name('SYN-C-');
    this.builder.step(time, this.agent, 'certificate.issued', {
      serial,
      exporter: this.house,
      lots: bags.map(({ name }) => name),
      mass: this.builder.quantity(
        this.chain,
        bags.reduce((sum, { mass }) => sum + mass, 0),
      ),
      originCountries: [this.chain.country],
      verifier: 'A. Uwase',
      validator: 'B. Mugabo',
      issuedOn: at(time).slice(0, 10),
      expiresOn: at(time + 79 * DAY).slice(0, 10),
      ...more,
    });
    return serial;
  }

  /** Exports bags unprocessed, with the necessary assays. */
  export(bags: Bag[], time: number, more: Known = {}): void {
    const lots = bags.map(({ name, mass }) => ({ lot: name, mass: this.builder.quantity(this.chain, mass) }));
    this.builder.step(time, this.house, 'lot.exported', { place: this.depot, lots, ...more });
  }

  /** Returns the grades of a bag for export without processing. */
  assayed(grade = this.chain.grade[0]): Known {
    return { grades: this.builder.grades(this.chain, grade, true) };
  }
}

export const names = (...bags: Bag[]): string[] => bags.map(({ name }) => name);
