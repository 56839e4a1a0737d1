import type { LotEvent } from '../../core/api/event.js';
import { peekPayload } from '../../core/event/grammar.js';
import type { Quantity } from '../../core/event/quantity-claims.js';
import { kilogramsOf } from '../say.js';

/** The claims of an event about one lot. */
interface Item {
  lot: string;
  mass?: Quantity;
  outcome?: 'accepted' | 'rejected';
  tags?: string[];
  tagsOn?: string[];
  lotNumber?: string;
}

/** The claims that a story shows; the event was admitted, so they have the form of its type. */
export interface Claims {
  to?: string;
  from?: string;
  place?: { site?: string; facility?: string; lat?: string; lon?: string; _sd?: string[] };
  lots?: Item[];
  inputs?: Item[];
  outputs?: Item[];
  process?: string;
  destination?: string;
  reason?: string;
}

/** An event on the chains of a lot and its ancestors, with its claims about these. */
export interface StoryEvent {
  id: string;
  index: number;
  type: string;
  iss: string;
  occurredAt: string;
  recordedAt: string | null;
  claims: Claims;
  /** Lots of the story that it is about: those that it makes, else those that it names. */
  lots: string[];
  /** What these weighed before it, and after, in kilograms; null where that was not stated. */
  before: number | null;
  after: number | null;
  /** Whether its stored text cannot be read. */
  unreadable: boolean;
}

/** The time during which one actor held some of the lots of a story; ms. */
export interface Holding {
  holder: string;
  from: number;
  /** Null: to this day. */
  until: number | null;
  /** From when to when its last part was on its way to the next holder. */
  transit: { from: number; until: number | null } | null;
  /** What it weighed at most, and for the present holder what it weighs now, in kilograms. */
  mass: number | null;
}

export interface Story {
  events: StoryEvent[];
  holdings: Holding[];
  /** Names of lots as their events give them. */
  names: ReadonlyMap<string, { tag?: string; lotNumber?: string }>;
}

function claimsOf(event: string): Claims | null {
  try {
    return peekPayload(event) as Claims;
  } catch {
    return null;
  }
}

const isTaken = ({ outcome }: Item): boolean => outcome !== 'rejected';

/** Sums the stated masses in kilograms; null if one of the items has none. */
function sumOf(masses: readonly (number | undefined)[]): number | null {
  if (masses.length === 0 || masses.some((mass) => mass === undefined || Number.isNaN(mass))) return null;
  return masses.reduce<number>((sum, mass) => sum + (mass ?? 0), 0);
}

const massIn = ({ mass }: Item): number | undefined => (mass === undefined ? undefined : kilogramsOf(mass));

/** Reads the history of some lots, event by event: what they weigh and who holds them. */
class Teller {
  readonly names = new Map<string, { tag?: string; lotNumber?: string }>();
  private readonly holdings: Holding[] = [];
  private readonly masses = new Map<string, number>();
  private readonly holders = new Map<string, string>();
  private readonly running = new Map<string, Holding>();

  constructor(private readonly lots: ReadonlySet<string>) {}

  tell({ id, index, type, iss, occurredAt, recordedAt, event }: LotEvent): StoryEvent {
    const read = claimsOf(event);
    const claims = read ?? {};
    const about = (items: readonly Item[] = []): Item[] => items.filter(({ lot }) => this.lots.has(lot));
    const inputs = about(claims.inputs);
    const outputs = about(claims.outputs);
    const named = about(claims.lots);
    const items = outputs.length > 0 ? outputs : [...named, ...inputs];
    const sources = outputs.length > 0 ? inputs : items;
    const before = sumOf(sources.map(({ lot }) => this.masses.get(lot)));
    for (const item of items) this.learn(item);
    const at = Date.parse(occurredAt);
    if (outputs.length > 0) this.make(inputs, outputs, iss, at);
    if (type === 'custody.dispatched') this.send(iss, at);
    if (type === 'custody.received') this.receive(named.filter(isTaken), iss, at);
    if (type === 'custody.assigned' && claims.to !== undefined) this.receive(named, claims.to, at);
    const lots = items.map(({ lot }) => lot);
    const after = sumOf(items.filter(isTaken).map(massIn));
    return { id, index, type, iss, occurredAt, recordedAt, claims, lots, before, after, unreadable: read === null };
  }

  private learn(item: Item): void {
    const mass = massIn(item);
    if (mass !== undefined && isTaken(item)) this.masses.set(item.lot, mass);
    const tag = item.tags?.[0] ?? item.tagsOn?.[0];
    const known = this.names.get(item.lot);
    const name = { tag: known?.tag ?? tag, lotNumber: known?.lotNumber ?? item.lotNumber };
    if (name.tag !== undefined || name.lotNumber !== undefined) this.names.set(item.lot, name);
  }

  private make(inputs: readonly Item[], outputs: readonly Item[], by: string, at: number): void {
    for (const { lot } of inputs) this.holders.delete(lot);
    this.hold(outputs, by, at);
  }

  private send(by: string, at: number): void {
    const holding = this.running.get(by);
    if (holding !== undefined) holding.transit ??= { from: at, until: null };
  }

  private receive(items: readonly Item[], by: string, at: number): void {
    const before = new Set(items.flatMap(({ lot }) => this.holders.get(lot) ?? []));
    this.hold(items, by, at);
    for (const holder of before) if (holder !== by) this.endOf(holder, at);
  }

  private hold(items: readonly Item[], by: string, at: number): void {
    if (items.length === 0) return;
    for (const { lot } of items) this.holders.set(lot, by);
    const known = this.running.get(by);
    const holding = known ?? { holder: by, from: at, until: null, transit: null, mass: null };
    holding.mass = Math.max(holding.mass ?? 0, this.massOf(by) ?? 0) || null;
    if (known !== undefined) return;
    this.running.set(by, holding);
    this.holdings.push(holding);
  }

  /** Returns what an actor holds of the lots now, in kilograms; null if that was not stated. */
  private massOf(holder: string): number | null {
    const lots = [...this.holders].filter(([, one]) => one === holder);
    return sumOf(lots.map(([lot]) => this.masses.get(lot)));
  }

  /** Ends the story: the present holders have what they have now. */
  end(): Holding[] {
    for (const [holder, holding] of this.running) holding.mass = this.massOf(holder) ?? holding.mass;
    return this.holdings;
  }

  /** Ends a holding once its holder has none of the lots any more. */
  private endOf(holder: string, at: number): void {
    if ([...this.holders.values()].includes(holder)) return;
    const holding = this.running.get(holder);
    if (holding === undefined) return;
    holding.until = at;
    if (holding.transit !== null) holding.transit.until = at;
    this.running.delete(holder);
  }
}

/**
 * Composes the story of a lot and its ancestors from their events.
 * @param lots the lot and its ancestors
 */
export function tellStory(lots: ReadonlySet<string>, events: readonly LotEvent[]): Story {
  const teller = new Teller(lots);
  const distinct = new Map(events.map((event) => [event.index, event]));
  const told = [...distinct.values()].toSorted((a, b) => a.index - b.index).map((event) => teller.tell(event));
  return { events: told, holdings: teller.end(), names: teller.names };
}
