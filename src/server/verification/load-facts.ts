import { references } from '../../core/event/references.js';
import { type Facts, type JudgedEvent, type JudgedOf, isType, noFacts } from '../../core/rules/facts.js';
import type { Parameters } from '../../core/rules/parameters.js';
import type { FactSet, Rule } from '../../core/rules/rule.js';
import type { Queryable } from '../database/rows.js';
import { loadProduction } from './load-production.js';
import { loadTagUses } from './load-tag-uses.js';
import type { ReadEvents } from './read-events.js';

export interface Piece {
  /** Entries to be judged, and the index after the last of them. */
  entries: readonly JudgedEvent[];
  from: number;
  end: number;
  /** Indexes of dispatches that are due. */
  due: readonly number[];
  /** The time of the log as of `end`, ms. */
  now: number | null;
}

/** Loads, set by set, what the rules declare to read about one piece of the log; nothing at or after `piece.end`. */
export async function loadFacts(
  db: Queryable,
  events: ReadEvents,
  piece: Piece,
  rules: readonly Rule[],
  parameters: Parameters,
): Promise<Facts> {
  const wanted = new Set<FactSet>(rules.flatMap(({ scope }) => scope));
  const facts: Facts = { ...noFacts(piece.end, piece.now), entries: piece.entries };
  if (wanted.has('chains') || wanted.has('handovers')) await addChains(db, events, piece, facts);
  if (wanted.has('refusals')) facts.refusals = await loadRefusals(db, events, facts);
  if (wanted.has('tagUses')) Object.assign(facts, await loadTagUses(db, piece.from, piece.end, lotsOf(piece.entries)));
  if (wanted.has('production')) facts.production = await loadProduction(db, facts, parameters);
  return facts;
}

const namedLots = (entry: JudgedEvent): string[] => {
  const { lots, outputs } = references(entry.event);
  return [...lots.map(({ lot }) => lot), ...outputs];
};

const lotsOf = (entries: readonly JudgedEvent[]): string[] => [...new Set(entries.flatMap(namedLots))];

async function addChains(db: Queryable, events: ReadEvents, piece: Piece, facts: Facts): Promise<void> {
  const chains = new Map<string, JudgedEvent[]>();
  await loadChains(db, events, lotsOf(piece.entries), piece.end, chains);
  const due = [...(await events.byIndex(db, piece.due)).values()];
  const handovers = dispatchesToJudge([...piece.entries, ...due], chains);
  // A dispatch is judged whole: its other lots may not be touched by these entries.
  await loadChains(db, events, lotsOf(handovers), piece.end, chains);
  facts.chains = chains;
  facts.handovers = handovers;
  facts.lots = await loadMinerals(db, [...chains.keys()]);
  facts.actors = await loadCountries(
    db,
    handovers.flatMap(({ event }) => [event.iss, event.payload.to]),
  );
}

async function loadChains(
  db: Queryable,
  events: ReadEvents,
  lots: readonly string[],
  end: number,
  into: Map<string, JudgedEvent[]>,
): Promise<void> {
  const missing = lots.filter((lot) => !into.has(lot));
  if (missing.length === 0) return;
  const { rows } = await db.query<{ lot: string; index: number }>(
    'SELECT lot, index FROM lot_events WHERE lot = ANY($1::uuid[]) AND index < $2 ORDER BY lot, seq',
    [missing, end],
  );
  const byIndex = await events.byIndex(
    db,
    rows.map(({ index }) => index),
  );
  for (const lot of missing) into.set(lot, []);
  for (const { lot, index } of rows) {
    const event = byIndex.get(index);
    if (event !== undefined) into.get(lot)?.push(event);
  }
}

/** Dispatches among the entries, those that they answer or withdraw, each once. */
function dispatchesToJudge(
  entries: readonly JudgedEvent[],
  chains: ReadonlyMap<string, readonly JudgedEvent[]>,
): JudgedOf<'custody.dispatched'>[] {
  const dispatches = new Map<number, JudgedOf<'custody.dispatched'>>();
  const add = (entry: JudgedEvent | undefined): void => {
    if (entry !== undefined && isType(entry, 'custody.dispatched')) dispatches.set(entry.index, entry);
  };
  for (const entry of entries) {
    add(entry);
    if (!isType(entry, 'custody.received') && !isType(entry, 'custody.recalled')) continue;
    for (const { lot, prev } of entry.event.payload.lots) add(chains.get(lot)?.find(({ event }) => event.id === prev));
  }
  return [...dispatches.values()];
}

async function loadMinerals(db: Queryable, lots: string[]): Promise<Facts['lots']> {
  if (lots.length === 0) return new Map();
  const { rows } = await db.query<{ id: string; mineral: string }>(
    'SELECT id, mineral FROM lots WHERE id = ANY($1::uuid[])',
    [lots],
  );
  return new Map(rows.map((row) => [row.id, row]));
}

async function loadCountries(db: Queryable, actors: string[]): Promise<Facts['actors']> {
  if (actors.length === 0) return new Map();
  const { rows } = await db.query<{ id: string; country: string | null }>(
    'SELECT id, country FROM actors WHERE id = ANY($1::text[])',
    [[...new Set(actors)]],
  );
  return new Map(rows.map((row) => [row.id, row]));
}

/** Every refusal that names a lot which a refusal among the entries names. */
async function loadRefusals(db: Queryable, events: ReadEvents, facts: Facts): Promise<JudgedOf<'event.refused'>[]> {
  const fresh = facts.entries.filter((entry) => isType(entry, 'event.refused'));
  if (fresh.length === 0) return [];
  const lots = [...new Set(fresh.flatMap(({ event }) => event.payload.lots))];
  const { rows } = await db.query<{ index: number }>(
    'SELECT DISTINCT index FROM attestations WHERE lot = ANY($1::uuid[]) AND index < $2',
    [lots, facts.end],
  );
  const all = await events.byIndex(
    db,
    rows.map(({ index }) => index),
  );
  for (const entry of fresh) all.set(entry.index, entry);
  return [...all.values()].toSorted((a, b) => a.index - b.index).filter((entry) => isType(entry, 'event.refused'));
}
