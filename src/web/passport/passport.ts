import type { PassportData } from '../../core/api/access/passport.js';
import type { Quantity } from '../../core/event/quantity-claims.js';
import type { Claims, Story, StoryEvent } from '../explorer/story.js';

type Step = PassportData['steps'][number];

/** Events that a passport shows; the others are of trade, or of the desk. */
const shownTypes: ReadonlySet<string> = new Set([
  'lot.declared',
  'lot.certified',
  'custody.received',
  'custody.assigned',
  'lot.aggregated',
  'lot.split',
  'lot.processed',
  'lot.exported',
]);

/** Steps that a passport shows at most: the first, and the newest. */
const FIRST = 8;
const NEWEST = 16;

const monthOf = (time: string): string => time.slice(0, 7);

/** Returns the mass of one lot that an event states. */
function massOf(lot: string, { outputs = [], lots = [] }: Claims): Quantity | null {
  return [...outputs, ...lots].find((item) => item.lot === lot)?.mass ?? null;
}

/**
 * Returns what happened to a lot and to what it was made of, month by month: the same in the same country is one step.
 * Masses are those of the lot itself, because those of what it was made of are not its publisher's to publish.
 * @param countryOf the country of the place of an event; null if it has none
 */
export function passportSteps(
  { events }: Pick<Story, 'events'>,
  lot: string,
  countryOf: (place: Claims['place']) => string | null,
): Step[] {
  const stepOf = ({ type, occurredAt, claims, lots }: StoryEvent): Step => ({
    month: monthOf(occurredAt),
    type,
    country: countryOf(claims.place),
    mass: lots.includes(lot) ? massOf(lot, claims) : null,
  });
  const steps = new Map<string, Step>();
  for (const event of events) {
    if (!shownTypes.has(event.type)) continue;
    const step = stepOf(event);
    const key = [step.month, step.type, step.country, JSON.stringify(step.mass)].join('|');
    if (!steps.has(key)) steps.set(key, step);
  }
  const all = [...steps.values()];
  return all.length <= FIRST + NEWEST ? all : [...all.slice(0, FIRST), ...all.slice(-NEWEST)];
}

/** Returns the places that the events of a story name. */
export const placesOf = ({ events }: Pick<Story, 'events'>): { sites: string[]; facilities: string[] } => ({
  sites: events.flatMap(({ claims }) => claims.place?.site ?? []),
  facilities: events.flatMap(({ claims }) => claims.place?.facility ?? []),
});

/** Returns the month in which an actor handed a lot on. */
export function handedOnIn({ events }: Pick<Story, 'events'>): string | null {
  const last = events.at(-1);
  return last === undefined ? null : monthOf(last.occurredAt);
}
