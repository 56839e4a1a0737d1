import { type EventTypeName, eventTypes } from '../../event/types/index.js';
import type { Facts, JudgedEvent, JudgedOf } from './facts.js';
import { lotsConcerned } from './parties.js';
import type { Observation, ParameterSchema, Rule } from './rule.js';

/** One observation about an event; the event itself is the subject unless it names another. */
export type EventObservation = Pick<Observation, 'severity' | 'measured' | 'threshold' | 'detail'> &
  Partial<Pick<Observation, 'subject' | 'cause' | 'root' | 'lots' | 'events'>>;

type JudgesEach<P> = Pick<Rule<ParameterSchema, P>, 'subjects' | 'evaluate'>;

/** The entries of each type, grouped once for all rules that judge the same entries. */
const byType = new WeakMap<readonly JudgedEvent[], Map<string, JudgedEvent[]>>();

function sorted(entries: readonly JudgedEvent[]): Map<string, JudgedEvent[]> {
  const known = byType.get(entries);
  if (known !== undefined) return known;
  const types = new Map<string, JudgedEvent[]>();
  for (const entry of entries) {
    const list = types.get(entry.event.type);
    if (list === undefined) types.set(entry.event.type, [entry]);
    else list.push(entry);
  }
  byType.set(entries, types);
  return types;
}

/** The same for lists of types: many rules judge custody events. */
const byTypes = new WeakMap<readonly JudgedEvent[], Map<readonly string[], readonly JudgedEvent[]>>();

/** Returns the entries of some types in their order. */
export function ofTypes<T extends EventTypeName>(
  entries: readonly JudgedEvent[],
  types: readonly T[],
): readonly JudgedOf<T>[] {
  const lists = byTypes.get(entries) ?? new Map<readonly string[], readonly JudgedEvent[]>();
  byTypes.set(entries, lists);
  let list = lists.get(types);
  if (list === undefined) {
    const found = types.flatMap((type) => sorted(entries).get(type) ?? []);
    list = types.length === 1 ? found : found.toSorted((a, b) => a.index - b.index);
    lists.set(types, list);
  }
  return list as readonly JudgedOf<T>[];
}

/**
 * Creates a rule that judges each event of some types by itself, with all facts about it. The events are the subjects,
 * so a finding closes when a re-evaluation of its event finds nothing.
 */
export function judgesEach<T extends EventTypeName, P>(
  types: readonly T[],
  look: (entry: JudgedOf<T>, facts: Facts, parameters: P) => EventObservation[],
): JudgesEach<P> {
  const judged = ({ entries }: Facts): readonly JudgedOf<T>[] => ofTypes(entries, types);
  return {
    subjects: (facts) => judged(facts).map(({ event }) => event.id),
    evaluate: (facts, parameters) =>
      judged(facts).flatMap((entry) =>
        look(entry, facts, parameters).map((seen) => ({
          subject: entry.event.id,
          cause: 'event',
          lots: lotsConcerned(entry, facts),
          events: [entry.event.id],
          firstIndex: entry.index,
          ...seen,
        })),
      ),
  };
}

/** Custody events: types that extend, end or begin a lot's chain. */
export const custodyTypes = [
  'lot.declared',
  'lot.measured',
  'lot.sealed',
  'custody.dispatched',
  'custody.received',
  'custody.recalled',
  'lot.aggregated',
  'lot.split',
  'lot.processed',
  'lot.exported',
  'lot.imported',
  'lot.closed',
] as const satisfies readonly EventTypeName[];

/** Types that actors sign with their keys: all but those that the service signs, and entry 0. */
export const actorTypes = [...eventTypes.keys()].filter(
  (type) => !['log.clock', 'index.sealed', 'event.refused', 'ledger.opened'].includes(type),
) as EventTypeName[];
