import type { LotEvent } from '../../core/api/event.js';
import { peekPayload } from '../../core/event/grammar.js';
import { milligrams } from '../../core/custody/quantity.js';
import { countOf } from '../../core/words.js';
import type { Quantity } from '../../core/event/quantity-claims.js';

/** The claims of an event about one lot. */
interface Item {
  lot: string;
  mass?: Quantity;
  outcome?: 'accepted' | 'rejected';
  reason?: string;
  tags?: string[];
  mineral?: string;
}

/** The claims that a timeline shows; the event was admitted, so they have the form of its type. */
export interface Claims {
  to?: string;
  from?: string;
  place?: { site?: string; facility?: string };
  lots?: Item[];
  inputs?: Item[];
  outputs?: Item[];
  process?: string;
  reason?: string;
  ground?: string;
  destination?: string;
}

export const claimsOf = (event: string): Claims => peekPayload(event) as Claims;

const because = (text: string | undefined): string => (text === undefined ? '' : `: ${text}`);
const into = (list: readonly unknown[] | undefined): string => countOf(list?.length ?? 0, 'lot');

/** Texts by event type; other types show their name. */
const words: Readonly<Record<string, (claims: Claims, by: string, items: readonly Item[]) => string>> = {
  'lot.declared': (_, by) => `declared by ${by}`,
  'lot.imported': (_, by) => `imported by ${by}`,
  'lot.exported': ({ destination }, by) => `exported by ${by}${destination === undefined ? '' : ` to ${destination}`}`,
  'lot.measured': (_, by) => `measured by ${by}`,
  'lot.sealed': (_, by) => `sealed by ${by}`,
  'lot.closed': ({ reason }, by) => `closed by ${by}${because(reason)}`,
  'lot.split': ({ outputs }, by) => `split into ${into(outputs)} by ${by}`,
  'lot.aggregated': ({ inputs }, by) => `put together of ${into(inputs)} by ${by}`,
  'lot.processed': ({ process = '?', inputs, outputs }, by) =>
    `worked (${process}) by ${by}: ${into(inputs)} into ${into(outputs)}`,
  'custody.dispatched': ({ to }, by) => `dispatched by ${by} to ${to ?? '?'}`,
  'custody.recalled': (_, by) => `called back by ${by}`,
  'custody.assigned': ({ to, ground }, by) => `ASSIGNED to ${to ?? '?'} by ${by}${because(ground)}`,
  'custody.received': ({ from, reason }, by, items) => {
    const rejected = items.filter(({ outcome }) => outcome === 'rejected');
    if (rejected.length === 0) return `received by ${by} from ${from ?? '?'}`;
    const part = rejected.length === items.length ? '' : `${rejected.length} of ${items.length} `;
    return `${part}REJECTED by ${by}, still with ${from ?? '?'}${because(rejected[0]?.reason ?? reason)}`;
  },
};

/** Describes what an event did to these of its lots. */
export function whatHappened(
  { type, iss }: Pick<LotEvent, 'type' | 'iss'>,
  claims: Claims,
  items: readonly Item[] = [],
): string {
  const { site, facility } = claims.place ?? {};
  const where = site ?? facility;
  const what = words[type]?.(claims, iss, items) ?? `${type} by ${iss}`;
  return where === undefined ? what : `${what} at ${where}`;
}

/** Returns an event's claims about the given lots: those that it creates, else those that it names. */
export function itemsAbout({ lots, inputs, outputs }: Claims, asked: ReadonlySet<string>): Item[] {
  const about = (list: readonly Item[] | undefined): Item[] => (list ?? []).filter(({ lot }) => asked.has(lot));
  const made = about(outputs);
  return made.length > 0 ? made : [...about(lots), ...about(inputs)];
}

/** Sums the stated masses, in milligrams; null if one has none. A rejected lot does not count. */
export function statedMass(items: readonly Item[]): bigint | null {
  const taken = items.filter(({ outcome }) => outcome !== 'rejected');
  if (taken.length === 0) return null;
  let sum = 0n;
  for (const { mass } of taken) {
    if (mass === undefined) return null;
    sum += milligrams(mass);
  }
  return sum;
}
