import { createHash } from 'node:crypto';
import { type EventTypeName, eventTypes } from '../../src/core/event/types/index.js';
import { type Body, type OutsideActor, openAsRegistrar, outsideKey } from './outside-client.js';
import { type Attempt, type Known, type Planted, Planter } from './plant-text.js';

const kilograms = (value: string) => ({ value, uom: 'KGM' });
const digestOf = (text: string): string => createHash('sha256').update(text).digest('base64url');
/** Types that the service signs, from what others sent, and the opening. */
const OWN = ['ledger.opened', 'log.clock', 'index.sealed', 'event.refused'];

/** A lot and the newest event of its chain. */
interface Head {
  lot: string;
  prev: string;
}

/** A ledger with an event of every type for each attempt, whose texts, and the ids of whose actors and sites, are hostile. */
export class HostileWorld {
  readonly planted: Planted[] = [];
  readonly takingLines: string[] = [];
  /** Ids of all events that carry a text. */
  readonly events: string[] = [];
  readonly lots: string[] = [];
  readonly ids: { actors: string[]; sites: string[] } = { actors: [], sites: ['javascript:hill'] };
  readonly told = new Set<string>();
  private readonly numbers = { next: 1_000 };
  private known: Known = {
    actor: 'javascript:other',
    site: 'javascript:hill',
    facility: 'javascript:depot',
    lot: '',
    event: '',
  };
  private planter: Planter | null = null;

  private constructor(
    private readonly registrar: OutsideActor,
    readonly actors: ReadonlyMap<string, OutsideActor>,
  ) {}

  /** Types that a person signs, of which none may be missing. */
  static readonly types = [...eventTypes.keys()].filter((type) => !OWN.includes(type));

  /** @param tried what is tried, once in every field each. */
  static async open(base: string, tried: readonly (Attempt | 'each')[]): Promise<HostileWorld> {
    const registrar = await openAsRegistrar(base);
    const actors = new Map<string, OutsideActor>();
    for (const [name, roles] of [
      ['coop', ['miner']],
      ['trader', ['trader', 'processor', 'exporter', 'importer']],
      ['agent', ['authority']],
      ['lab', ['assayer']],
      ['other', ['trader', 'transporter']],
    ] as const)
      actors.set(name, await registrar.register(`javascript:${name}`, [...roles]));
    const world = new HostileWorld(registrar, actors);
    world.ids.actors.push(...[...actors.values()].map(({ id }) => id));
    const site = { site: 'javascript:hill', country: 'RW', operator: 'javascript:coop', minerals: ['cassiterite'] };
    await registrar.must('site.registered', site);
    await registrar.must('facility.registered', { facility: 'javascript:depot', kind: 'warehouse', country: 'RW' });
    for (const [i, attempt] of tried.entries()) await world.tryAll(attempt, i);
    return world;
  }

  actor(name: string): OutsideActor {
    return this.actors.get(name) ?? this.registrar;
  }

  /** Records an event of every type. */
  private async tryAll(attempt: Attempt | 'each', choice: number): Promise<void> {
    const common = { log: 'x', iss: 'x', iat: 1, jti: 'V1StGXR8_Z5jdHi6B-myTg', occurredAt: new Date().toISOString() };
    this.planter = new Planter(attempt, choice, common, this.numbers);
    const goods = await this.mine();
    await this.register(`${attempt}-${choice}`, choice);
    await this.trade(goods);
    await this.judge(goods);
    this.planted.push(...this.planter.planted);
    this.takingLines.push(...this.planter.takingLines);
  }

  private async tell(type: EventTypeName, by: string, base: Body): Promise<{ id: string; lots: string[]; body: Body }> {
    const body = this.planter?.plant(type, base, this.known) ?? base;
    // The ids of new lots derive from the event, and are known when it is signed.
    const outputs = (body.outputs as Body[] | undefined)?.map((output) => ({ ...output, lot: null }));
    const told = await this.actor(by).must(type, outputs === undefined ? body : { ...body, outputs });
    this.told.add(type);
    this.events.push(told.id);
    this.lots.push(...told.lots);
    this.known = { ...this.known, event: told.id };
    return { ...told, body };
  }

  /** Declares lots, the goods of what follows. */
  private async mine(): Promise<Head[]> {
    const outputs = Array.from({ length: 7 }, () => ({ ...this.made('50'), mineral: 'cassiterite', form: 'ore' }));
    const { id, lots } = await this.tell('lot.declared', 'coop', { place: { site: 'javascript:hill' }, outputs });
    this.known = { ...this.known, lot: lots[6] ?? '' };
    return lots.map((lot) => ({ lot, prev: id }));
  }

  private async register(attempt: string, choice: number): Promise<void> {
    const [key, other] = [await outsideKey(), await outsideKey()];
    const actor = `javascript:${attempt}`;
    const proven = { key: key.jwk, possession: await this.registrar.possession(actor, key) };
    await this.tell('actor.registered', 'registrar', { actor, roles: ['trader'], country: 'RW', ...proven });
    const second = { key: other.jwk, possession: await this.registrar.possession(actor, other) };
    await this.tell('key.added', 'registrar', { actor, ...second });
    await this.tell('key.revoked', 'registrar', { actor, kid: other.kid });
    await this.tell('actor.statusChanged', 'registrar', { actor, status: 'suspended' });
    const relative = choice % 2 === 0 ? { other: 'javascript:other' } : { person: 'javascript:person' };
    await this.tell('actor.related', 'registrar', { actor, ...relative });
    const site = `javascript:${attempt}`;
    const minerals = { operator: 'javascript:coop', minerals: ['cassiterite'] };
    await this.tell('site.registered', 'registrar', { site, country: 'RW', ...minerals });
    await this.tell('site.updated', 'registrar', { site, ...minerals });
    await this.tell('site.inspected', 'agent', { site, date: '2026-02-01', certification: 3, activity: 0 });
    await this.tell('facility.registered', 'registrar', { facility: site, kind: 'warehouse', country: 'RW' });
    await this.tell('vehicle.registered', 'registrar', { vehicle: `=V-${choice}`, mode: 'truck' });
    await this.tell('tags.issued', 'agent', { series: `=S-${choice}-`, from: 1, to: 9, site });
    await this.tell('tags.voided', 'agent', { tags: [`=S-${choice}-1`] });
    await this.tell('ledger.updated', 'registrar', { policyDigest: digestOf(attempt) });
    this.ids.actors.push(actor);
    this.ids.sites.push(site);
  }

  private async trade([a, b, c, d, e, f]: Head[] = []): Promise<void> {
    if (!a || !b || !c || !d || !e || !f) throw new Error('There are too few lots.');
    await this.follow('lot.measured', 'coop', [a]);
    await this.follow('lot.sealed', 'coop', [a]);
    const to = { to: 'javascript:trader' };
    await this.follow('custody.dispatched', 'coop', [a, b, c, d, e, f], to);
    for (const each of [[a, b], [c], [d], [e], [f]]) {
      const lots = each.map(({ lot, prev }) => ({ lot, prev, mass: kilograms('64') }));
      const from = { from: 'javascript:coop', lots };
      const { id } = await this.tell('custody.received', 'trader', from);
      for (const head of each) head.prev = id;
    }
    await this.tell('lot.aggregated', 'trader', { inputs: [a, b], outputs: [this.made('100')] });
    await this.tell('lot.split', 'trader', { inputs: [c], outputs: [this.made('20'), this.made('30')] });
    const made = [{ ...this.made('40'), form: 'concentrate' }];
    await this.tell('lot.processed', 'trader', { process: 'gravity', inputs: [d], outputs: made });
    await this.follow('lot.exported', 'trader', [e]);
    await this.follow('lot.imported', 'trader', [e]);
    await this.follow('lot.closed', 'trader', [f]);
  }
  private made(mass: string): Body {
    return {
      lot: `00000000-0000-8000-8000-${String((this.numbers.next += 1)).padStart(12, '0')}`,
      mass: kilograms(mass),
    };
  }

  private async follow(type: EventTypeName, by: string, heads: Head[], base: Body = {}): Promise<string> {
    const { id } = await this.tell(type, by, { lots: heads.map((head) => ({ ...head })), ...base });
    for (const head of heads) head.prev = id;
    return id;
  }

  private async judge(goods: Head[]): Promise<void> {
    const [e, g] = [goods[4], goods[6]];
    if (!e || !g) throw new Error('There are too few lots.');
    const { lot } = g;
    const grade = { analyte: 'Sn', value: '52.0', uom: 'P1', basis: 'dry', method: 'XRF' };
    await this.tell('assay.certified', 'lab', { lot, grades: [grade] });
    await this.tell('origin.tested', 'lab', { lot, sites: ['javascript:hill'], result: 'notPlausible' });
    const serial = `=S-${this.numbers.next}`;
    const paper = {
      serial,
      exporter: 'javascript:trader',
      lots: [e.lot],
      mass: kilograms('64'),
      originCountries: ['RW'],
    };
    await this.tell('certificate.issued', 'agent', { ...paper, issuedOn: '2026-05-01', expiresOn: '2027-05-01' });
    await this.tell('certificate.revoked', 'agent', { serial });
    const { id: sent, body } = await this.tell('custody.dispatched', 'coop', {
      lots: [{ ...g }],
      to: 'javascript:trader',
      plannedArrival: '2026-01-01T00:00:00Z',
    });
    const correction = { event: sent, field: '/vehicle', was: body.vehicle, is: `${String(body.vehicle)} corrected` };
    await this.tell('event.corrected', 'coop', correction);
    const { id: dispute } = await this.tell('event.disputed', 'trader', { event: sent });
    await this.tell('event.settled', 'agent', { dispute, settlement: 'rejected' });
    const { id: recalled } = await this.tell('custody.recalled', 'coop', { lots: [{ lot, prev: sent }] });
    await this.tell('lot.held', 'agent', { lots: [lot] });
    await this.tell('custody.assigned', 'agent', { to: 'javascript:coop', lots: [{ lot, prev: recalled }] });
    await this.tell('lot.released', 'agent', { lots: [lot] });
    const { id: incident } = await this.tell('incident.reported', 'agent', {
      category: 'theft',
      level: 1,
      lots: [lot],
    });
    await this.tell('incident.updated', 'agent', { incident, status: 'open' });
    await this.tell('transit.checked', 'agent', { lots: [lot] });
    const count = { place: { facility: 'javascript:depot' }, lots: [{ lot, mass: kilograms('10') }] };
    await this.tell('stock.counted', 'coop', count);
    await this.tell('payment.recorded', 'coop', { kind: 'tax', payer: 'javascript:coop', lots: [lot] });
    await this.tell('event.endorsed', 'coop', { events: [sent] });
    await this.tell('finding.answered', 'coop', { finding: lot, answer: 'explain' });
    const { id: grant } = await this.tell('grant.given', 'coop', {
      to: 'javascript:trader',
      until: '2027-12-01T00:00:00Z',
    });
    await this.tell('grant.withdrawn', 'coop', { grant });
    await this.tell('data.erased', 'registrar', { digests: [digestOf(serial)] });
  }
}
