import { milligrams } from '../../../../core/custody/quantity.js';
import { references } from '../../../../core/event/references.js';
import { lotsThatShare } from '../../../../core/rules/engine/closed-duplicates.js';
import { MAX_SHARING } from '../../../../core/rules/engine/contested.js';
import { type Facts, type JudgedEvent, type JudgedOf, isType, noFacts } from '../../../../core/rules/engine/facts.js';
import { dispatchesToJudge, judgedWith } from '../../../../core/rules/engine/judged-with.js';
import { ancestryOf } from '../../../../core/rules/engine/known-of-lots.js';
import { weighingsToJudge } from '../../../../core/rules/mass/mass-comparisons.js';
import { subjectsOfTrust } from '../../../../core/rules/actors/key-trust.js';
import type { Parameters } from '../../../../core/rules/index.js';
import { facilityFacts } from '../../../../core/rules/engine/registry.js';
import { lotsOfStatements, placesOfSightings, subjectsOfStatements } from '../../../../core/rules/engine/statements.js';
import type { FactSet, Rule } from '../../../../core/rules/engine/rule.js';
import {
  certificateSubject,
  countedIn,
  eventSubject,
  facilitySubject,
  lotSubject,
  readsAbout,
  siteSubject,
} from '../../../../core/rules/engine/subjects.js';
import { lotsLoadedWith } from '../../../../core/rules/movement/payload-exceeded.js';
import { facilityOf, throughputOf } from '../../../../core/rules/mass/throughput.js';
import { monthsToRead, sumsOfYears } from '../../../../core/rules/people/person-over-cap.js';
import { readsOfDistricts, sumsOfMonths, sumsOfSites } from '../../../../core/rules/origin/series/mined-months.js';
import { lotsPerhapsTwice } from '../../../../core/rules/origin/declared-twice.js';
import { surgesToRead } from '../../../../core/rules/origin/series/production-surge.js';
import { risesToRead } from '../../../../core/rules/origin/series/site-rises-alone.js';
import { readsLeft } from '../../../../core/rules/origin/left-lots.js';
import { lotsLeftBefore, readsClosed } from '../../../../core/rules/origin/left-parts.js';
import { readsOfPurchases } from '../../../../core/rules/people/producers.js';
import { readsOfTags, sumsOfTags } from '../../../../core/rules/tags/tags-held.js';
import type { Queryable } from '../../../database/rows.js';
import { readAbout, readTotals } from '../filings.js';
import { borderCrossings, closedAmong, loadExports, loadLots, loadUpstream, lotsMixed } from './load-lots.js';
import { loadDevices } from './load-devices.js';
import { loadProduction } from './load-production.js';
import { loadTagUses } from './load-tag-uses.js';
import { isFiledLater } from './log-cache.js';
import { namesOn } from './names-on-chain.js';
import type { ReadEvents } from './read-events.js';

export interface Piece {
  /** Entries to judge: new ones, and older ones to re-evaluate. */
  entries: readonly JudgedEvent[];
  /** The index after the last new entry. */
  end: number;
  /** The log's clock at `end`, ms. */
  now: number | null;
}

/**
 * Loads, set by set, the facts that the rules declare for one piece of the log; nothing at or after `piece.end`. Sums
 * follow in `loadTotals`, because these facts decide what the entries add to them.
 */
export async function loadFacts(
  db: Queryable,
  events: ReadEvents,
  piece: Piece,
  rules: readonly Pick<Rule, 'scope'>[],
  parameters: Parameters,
): Promise<Facts> {
  const spend = (rows: number): void => events.spend(rows);
  const wanted = new Set<FactSet>(rules.flatMap(({ scope }) => scope));
  const facts: Facts = { ...noFacts(piece.end, piece.now), entries: piece.entries };
  await addChains(db, events, facts);
  if (wanted.has('upstream')) await addUpstream(db, events, facts);
  const makeUp = await addMakeUp(db, events, facts);
  if (wanted.has('refusals')) await addRefusals(db, events, facts);
  facts.lots = await loadLots(db, [...facts.chains.keys()]);
  if (wanted.has('tagUses')) Object.assign(facts, await loadTagUses(db, events, facts));
  if (wanted.has('about')) await addAbout(db, events, facts, makeUp);
  await addDuplicates(db, events, facts, parameters);
  if (wanted.has('about')) await addParties(db, events, facts, parameters);
  if (wanted.has('production')) facts.production = await loadProduction(db, facts, parameters);
  if (wanted.has('exports')) facts.exports = await loadExports(db, facts, spend);
  if (wanted.has('seen')) facts.seenAt = await loadSeen(db, facts.entries);
  return facts;
}

const namedLots = (entry: JudgedEvent): string[] => {
  const { lots, outputs } = references(entry.event);
  return [...lots.map(({ lot }) => lot), ...outputs];
};

const lotsOf = (entries: readonly JudgedEvent[]): string[] => [...new Set(entries.flatMap(namedLots))];

async function addChains(db: Queryable, events: ReadEvents, facts: Facts): Promise<void> {
  const chains = new Map<string, readonly JudgedEvent[]>();
  await loadChains(db, events, lotsOf(facts.entries), facts.end, chains);
  const judged = { entries: facts.entries, chains };
  // Entries that are re-evaluated because of these need all their lots, which these may not touch.
  const whole = lotsOf(judgedWith(judged));
  await loadChains(db, events, whole, facts.end, chains);
  const handovers = dispatchesToJudge(judged);
  facts.chains = chains;
  facts.handovers = handovers;
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
  into: Map<string, readonly JudgedEvent[]>,
): Promise<void> {
  const missing: string[] = [];
  for (const lot of lots) {
    if (into.has(lot)) continue;
    const known = events.cache.chain(lot);
    if (known === undefined) missing.push(lot);
    else into.set(lot, known);
  }
  if (missing.length === 0) return;
  const { rows } = await db.query<{ lot: string; index: number }>(
    'SELECT lot, index FROM lot_events WHERE lot = ANY($1::uuid[]) AND index < $2 ORDER BY lot, seq',
    [missing, end],
  );
  events.spend(rows.length);
  const byIndex = await events.byIndex(
    db,
    rows.map(({ index }) => index),
  );
  const found = new Map<string, JudgedEvent[]>(missing.map((lot) => [lot, []]));
  for (const { lot, index } of rows) {
    const event = byIndex.get(index);
    if (event !== undefined) found.get(lot)?.push(event);
  }
  for (const [lot, chain] of found) {
    into.set(lot, chain);
    events.cache.putChain(lot, chain);
  }
}

/** Adds the ancestors, with their chains, of lots that leave, arrive, cross a border or are mixed. */
async function addUpstream(db: Queryable, events: ReadEvents, facts: Facts): Promise<void> {
  const borders = await borderCrossings(db, facts);
  const lots = facts.entries.flatMap((entry) => (borders.has(entry) ? namedLots(entry) : lotsMixed(entry)));
  facts.upstream = await loadUpstream(db, [...new Set(lots)], facts, (rows) => events.spend(rows));
  await loadChains(
    db,
    events,
    // Lots with the same ancestors share one array.
    [...new Set([...new Set(facts.upstream.values())].flat())],
    facts.end,
    facts.chains as Map<string, readonly JudgedEvent[]>,
  );
}

/** Adds the chains of lots from which the touched lots were aggregated or split, as many steps as rules need. */
async function addMakeUp(db: Queryable, events: ReadEvents, facts: Facts): Promise<Set<string>> {
  // A moisture that is disclosed now re-evaluates its receipt, with all lots of the same receipt.
  const lots = lotsOf(weighingsToJudge(facts));
  const added = new Set<string>();
  for (;;) {
    events.spend(lots.length);
    const missing = [...new Set(lots.flatMap((lot) => ancestryOf(lot, facts.chains).missing))];
    if (missing.length === 0) return added;
    await loadChains(db, events, missing, facts.end, facts.chains as Map<string, readonly JudgedEvent[]>);
    for (const lot of missing) added.add(lot);
  }
}

/** Loads the sums that the entries add to; above a facility's rating or a person's cap, also the entries behind them. */
export async function loadTotals(
  db: Queryable,
  events: ReadEvents,
  facts: Facts,
  parameters: Parameters,
): Promise<void> {
  const throughput = facts.entries.flatMap((entry) => {
    const capacity = facilityFacts(facts, facilityOf(entry, facts) ?? '')?.capacityPerMonth;
    return throughputOf(entry, facts).map(({ subject }) => ({ subject, capacity }));
  });
  const counted = facts.entries.flatMap(countedIn);
  facts.totals = await readTotals(db, [
    ...[...throughput, ...counted].map(({ subject }) => subject),
    ...facts.entries.flatMap(sumsOfYears),
    ...sumsOfMonths(facts),
  ]);
  const about = facts.about as Map<string, readonly JudgedEvent[]>;
  await readAbout(db, events, [...readsOfDistricts(facts), ...readsOfTags(facts)], facts.end, about);
  facts.totals = new Map([...facts.totals, ...(await readTotals(db, [...sumsOfSites(facts), ...sumsOfTags(facts)]))]);
  const over = throughput.flatMap(({ subject, capacity }) =>
    capacity !== undefined && (facts.totals.get(subject) ?? 0n) > milligrams(capacity) ? [subject] : [],
  );
  const more = [
    ...over,
    ...monthsToRead(facts, parameters),
    ...surgesToRead(facts, parameters),
    ...risesToRead(facts, parameters),
    ...facts.entries.flatMap((entry) => readsOfPurchases(entry, facts)),
  ];
  const left = facts.entries.flatMap(readsLeft);
  const closed = facts.entries.flatMap((entry) => readsClosed(entry, facts));
  // What the same entries have just been filed under was read before that.
  const stale = [...about.keys()].filter(isFiledLater);
  for (const subject of stale) about.delete(subject);
  await readAbout(db, events, [...stale, ...more, ...left, ...closed], facts.end, about);
  const gone = [...lotsOf(left.flatMap((subject) => about.get(subject) ?? [])), ...lotsLeftBefore(facts)];
  await loadChains(db, events, gone, facts.end, facts.chains as Map<string, readonly JudgedEvent[]>);
  const unknown = gone.filter((lot) => !facts.lots.has(lot));
  if (unknown.length > 0) facts.lots = new Map([...facts.lots, ...(await loadLots(db, unknown))]);
  await readAbout(db, events, placesOfSightings(about), facts.end, about);
}

/** Loads the log's clock at each checkpoint in the entries' `seen`. */
async function loadSeen(db: Queryable, entries: readonly JudgedEvent[]): Promise<Facts['seenAt']> {
  const sizes = [...new Set(entries.flatMap(({ event }) => event.seen?.size ?? []))];
  if (sizes.length === 0) return new Map();
  const { rows } = await db.query<{ size: number; time: number }>(
    `SELECT size, clock.time FROM unnest($1::bigint[]) AS seen (size)
      CROSS JOIN LATERAL (SELECT time FROM clocks WHERE index < seen.size ORDER BY index DESC LIMIT 1) AS clock`,
    [sizes],
  );
  return new Map(rows.map(({ size, time }) => [size, time]));
}

/**
 * Loads entries about anything that the entries, the chains and the lots name.
 * @param makeUp lots of which only the composition is needed.
 */
async function addAbout(db: Queryable, events: ReadEvents, facts: Facts, makeUp: ReadonlySet<string>): Promise<void> {
  const about = new Map<string, readonly JudgedEvent[]>();
  const subjects = new Set(facts.entries.flatMap(readsAbout));
  const unknown: string[] = [];
  for (const [lot, chain] of facts.chains) {
    subjects.add(lotSubject(lot));
    const { actors, places } = namesOn(chain, lot);
    for (const actor of actors) subjects.add(actor);
    if (makeUp.has(lot)) continue;
    for (const place of places) subjects.add(place);
    const spokenOf = events.cache.spokenOf(lot);
    if (spokenOf === null) unknown.push(lot);
    for (const subject of spokenOf ?? chain.map(({ event }) => eventSubject(event.id))) subjects.add(subject);
  }
  for (const { origins } of facts.lots.values()) for (const { site } of origins) subjects.add(siteSubject(site));
  for (const issues of facts.tagIssues.values()) for (const { site } of issues) subjects.add(siteSubject(site));
  await readAbout(db, events, subjects, facts.end, about);
  for (const lot of unknown) {
    const ofChain = (facts.chains.get(lot) ?? []).map(({ event }) => eventSubject(event.id));
    events.cache.setSpokenOf(
      lot,
      ofChain.filter((subject) => about.get(subject)?.length !== 0),
    );
  }
  const facilities = facts.entries.flatMap((entry) => facilityOf(entry, { about }) ?? []);
  await readAbout(db, events, [...facilities.map(facilitySubject), ...placesOfSightings(about)], facts.end, about);
  // Entries that were entered late with an entry need their sequence numbers too.
  const late = [...about].flatMap(([subject, filed]) => (subject.startsWith('entered:') ? filed : []));
  // The authority of a key depends on the key that added it, up to one registered with its actor.
  for (let known = -1; about.size > known;) {
    known = about.size;
    await readAbout(db, events, [...subjectsOfStatements(about), ...subjectsOfTrust(about)], facts.end, about);
  }
  for (const [subject, entries] of await loadDevices(db, events, facts, late)) about.set(subject, entries);
  facts.about = about;
  await loadChains(
    db,
    events,
    lotsOf(otherExports(facts)),
    facts.end,
    facts.chains as Map<string, readonly JudgedEvent[]>,
  );
}

/**
 * Adds the chains of lots that share a tag, a serial number or a document, or are declared twice: of the first one, whose parts may use it
 * too; of all, if one is closed, because it may be a duplicate.
 */
async function addDuplicates(db: Queryable, events: ReadEvents, facts: Facts, parameters: Parameters): Promise<void> {
  const groups = [...lotsThatShare(facts), ...lotsPerhapsTwice(facts, parameters)];
  if (groups.length === 0) return;
  const closed = await closedAmong(db, groups.flat());
  const lots = groups.flatMap((group) => (group.some((lot) => closed.has(lot)) ? group : group.slice(0, MAX_SHARING)));
  await loadChains(db, events, [...new Set(lots)], facts.end, facts.chains as Map<string, readonly JudgedEvent[]>);
}

/**
 * Adds chains, origins and operators of named lots and of those that share a tag, number or document, from which their
 * parties follow.
 */
async function addParties(db: Queryable, events: ReadEvents, facts: Facts, parameters: Parameters): Promise<void> {
  const chains = facts.chains as Map<string, readonly JudgedEvent[]>;
  await loadChains(
    db,
    events,
    [...lotsOfStatements(facts.about), ...lotsLoadedWith(facts, parameters)],
    facts.end,
    chains,
  );
  const more = await loadLots(
    db,
    [...chains.keys()].filter((lot) => !facts.lots.has(lot)),
  );
  if (more.size === 0) return;
  facts.lots = new Map([...facts.lots, ...more]);
  const sites = [...more.values()].flatMap(({ origins }) => origins.map(({ site }) => siteSubject(site)));
  await readAbout(db, events, sites, facts.end, facts.about as Map<string, readonly JudgedEvent[]>);
}

/** Exports under the certificates of those among the entries: they are weighed together. */
const otherExports = ({ entries, about }: Facts): JudgedEvent[] =>
  entries.flatMap((entry) =>
    isType(entry, 'lot.exported') && entry.event.payload.certificate !== undefined
      ? (about.get(certificateSubject(entry.event.payload.certificate)) ?? []).filter((other) =>
          isType(other, 'lot.exported'),
        )
      : [],
  );

async function loadCountries(db: Queryable, actors: string[]): Promise<Facts['actors']> {
  if (actors.length === 0) return new Map();
  const { rows } = await db.query<{ id: string; country: string | null }>(
    'SELECT id, country FROM actors WHERE id = ANY($1::text[])',
    [[...new Set(actors)]],
  );
  return new Map(rows.map((row) => [row.id, row]));
}

/** Adds the refusals and the chains of all lots that they name, because the holder decides what an attempt means. */
async function addRefusals(db: Queryable, events: ReadEvents, facts: Facts): Promise<void> {
  facts.refusals = await loadRefusals(db, events, facts);
  const lots = [...new Set(facts.refusals.flatMap(({ event }) => event.payload.lots))];
  await loadChains(db, events, lots, facts.end, facts.chains as Map<string, readonly JudgedEvent[]>);
}

/** Loads every refusal that names a lot of a refusal among the entries. */
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
