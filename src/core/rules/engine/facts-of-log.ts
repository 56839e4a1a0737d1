import { milligrams } from '../../custody/quantity.js';
import { references } from '../../event/references.js';
import {
  type Facts,
  type JudgedEvent,
  type LotFacts,
  MAX_UPSTREAM,
  type SiteProduction,
  type TagIssue,
  type TagUse,
  isType,
} from './facts.js';
import type { ValuesOf } from './rule.js';
import { capacitiesOf, siteFacts } from './registry.js';
import { productionRange, type siteOverCapacity } from '../origin/site-over-capacity.js';
import { type Filing, filedUnder, tagsPutOn } from './subjects.js';
import { addedTo } from '../mass/throughput.js';
import { leftWith } from '../origin/left-lots.js';
import { closedIn } from '../origin/left-parts.js';
import { minedIn, registeredIn } from '../origin/series/mined-months.js';
import { purchasesIn } from '../people/producers.js';
import { movedTags } from '../tags/tags-held.js';
import { seriesOf } from './series/series.js';

type Parameters = ValuesOf<typeof siteOverCapacity.parameters>;

const DAY = 86_400_000;

/**
 * Builds the facts of a whole log in memory, for a program without a database. The service loads the same facts piece
 * by piece (`server/verification/judging/facts/load-facts.ts`); both must lead to the same findings.
 * @param lots the lots by admission
 * @param judged the entries to judge; by default all
 */
export function factsOfLog(
  entries: readonly JudgedEvent[],
  lots: ReadonlyMap<string, LotFacts>,
  parameters: Parameters,
  judged: readonly JudgedEvent[] = entries,
): Facts {
  const about = new Map<string, JudgedEvent[]>();
  const totals = new Map<string, bigint>();
  const chains = chainsOf(entries);
  const file = (entry: JudgedEvent, filings: readonly Filing[]): void => {
    for (const { subject, amount } of filings) {
      push(about, subject, entry);
      if (amount !== undefined) totals.set(subject, (totals.get(subject) ?? 0n) + amount);
    }
  };
  for (const entry of entries) file(entry, filedUnder(entry));
  const facts: Facts = {
    end: (entries.at(-1)?.index ?? -1) + 1,
    now: entries.findLast((entry) => isType(entry, 'log.clock'))?.event.occurredAtMs ?? null,
    entries: [...judged],
    chains,
    lots,
    about,
    handovers: judged.filter((entry) => isType(entry, 'custody.dispatched')),
    refusals: entries.filter((entry) => isType(entry, 'event.refused')),
    ...tagsOf(entries),
    ...lineageOf(entries, chains),
    production: [],
    exports: new Map(),
    seenAt: seenOf(entries),
    totals,
    series: new Map(),
    actors: actorsOf(entries),
    record: null,
  };
  for (const entry of entries)
    file(entry, [
      ...addedTo(entry, facts),
      ...purchasesIn(entry, facts),
      ...leftWith(entry, facts),
      ...closedIn(entry, facts),
      ...minedIn(entry, facts),
      ...registeredIn(entry, facts),
      ...movedTags(entry, facts),
    ]);
  facts.series = seriesOf(entries, facts, (subject, entry) => push(about, subject, entry));
  facts.exports = exportsOf(facts, entries);
  facts.production = productionOf(facts, entries, parameters);
  return facts;
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}

function chainsOf(entries: readonly JudgedEvent[]): Map<string, JudgedEvent[]> {
  const chains = new Map<string, JudgedEvent[]>();
  for (const entry of entries) {
    const { lots, outputs } = references(entry.event);
    for (const { lot, prev } of lots) if (prev !== null) push(chains, lot, entry);
    for (const lot of outputs) push(chains, lot, entry);
  }
  return chains;
}

const actorsOf = (entries: readonly JudgedEvent[]): Facts['actors'] =>
  new Map(
    entries.flatMap(({ event }) =>
      event.type === 'actor.registered'
        ? [[event.payload.actor, { id: event.payload.actor, country: event.payload.country }]]
        : [],
    ),
  );

/** Returns the first export of every lot or of a descendant. */
function exportsOf({ ancestors }: Facts, entries: readonly JudgedEvent[]): Map<string, number> {
  const exports = new Map<string, number>();
  for (const entry of entries) {
    if (!isType(entry, 'lot.exported')) continue;
    for (const { lot } of entry.event.payload.lots)
      for (const one of [lot, ...(ancestors.get(lot) ?? [])]) if (!exports.has(one)) exports.set(one, entry.index);
  }
  return exports;
}

/** Returns the log's time for each checkpoint size that a signer had seen: the last `log.clock` below it. */
function seenOf(entries: readonly JudgedEvent[]): Map<number, number> {
  const sizes = [...new Set(entries.flatMap(({ event }) => event.seen?.size ?? []))].toSorted((a, b) => a - b);
  const clocks = entries.filter((entry) => isType(entry, 'log.clock'));
  const seenAt = new Map<number, number>();
  let next = 0;
  for (const size of sizes) {
    while ((clocks[next]?.index ?? size) < size) next += 1;
    const clock = clocks[next - 1];
    if (clock !== undefined) seenAt.set(size, clock.event.occurredAtMs);
  }
  return seenAt;
}

function tagsOf(entries: readonly JudgedEvent[]): Pick<Facts, 'tagUses' | 'tagIssues'> {
  const tagUses = new Map<string, TagUse[]>();
  const tagIssues = new Map<string, TagIssue[]>();
  for (const entry of entries)
    for (const { tag, lot } of tagsPutOn(entry))
      push(tagUses, tag, { lot, event: entry.event.id, signer: entry.event.iss, index: entry.index });
  const named = new Set([
    ...tagUses.keys(),
    ...entries.flatMap(({ event }) => (event.type === 'tags.voided' ? event.payload.tags : [])),
  ]);
  for (const { event, index } of entries) {
    if (event.type !== 'tags.issued') continue;
    const { series, from, to, digits = 0, site } = event.payload;
    for (const tag of named) {
      const number = tag.startsWith(series) ? tag.slice(series.length) : '';
      if (!/^[0-9]+$/.test(number) || Number(number) < from || Number(number) > to) continue;
      if (number === String(Number(number)).padStart(digits, '0'))
        push(tagIssues, tag, { site, event: event.id, index });
    }
  }
  return { tagUses, tagIssues };
}

function lineageOf(
  entries: readonly JudgedEvent[],
  chains: ReadonlyMap<string, unknown>,
): Pick<Facts, 'ancestors' | 'upstream'> {
  const ancestors = new Map<string, Set<string>>();
  const upstream = new Map<string, string[]>();
  for (const { event } of entries) {
    if (!('inputs' in event.payload)) continue;
    const above = new Set<string>();
    for (const { lot } of event.payload.inputs) {
      above.add(lot);
      for (const ancestor of ancestors.get(lot) ?? []) above.add(ancestor);
    }
    for (const { lot } of event.payload.outputs) ancestors.set(lot, above);
  }
  for (const lot of chains.keys()) {
    const above = [...(ancestors.get(lot) ?? [])];
    if (above.length <= MAX_UPSTREAM) upstream.set(lot, above);
  }
  return { ancestors, upstream };
}

function productionOf(facts: Facts, entries: readonly JudgedEvent[], parameters: Parameters): SiteProduction[] {
  const declared = new Map<string, { day: number; lot: string; event: string; mass: bigint; index: number }[]>();
  for (const { event, index } of entries) {
    if (event.type !== 'lot.declared' || event.place?.site === undefined) continue;
    for (const { lot, mineral, mass } of event.payload.outputs)
      push(declared, `${event.place.site}/${mineral}`, {
        day: Math.floor(event.occurredAtMs / DAY),
        lot,
        event: event.id,
        mass: milligrams(mass),
        index,
      });
  }
  return [...declared].flatMap(([key, lots]) => {
    const [id = '', mineral = ''] = key.split('/');
    const site = siteFacts(facts, id);
    const capacities = site === null ? [] : capacitiesOf(site, parameters.siteOverCapacity);
    if (capacities.length === 0) return [];
    const days = new Map<number, SiteProduction['days'][number]['lots'][number][]>();
    for (const { day, ...lot } of lots.toSorted((a, b) => a.day - b.day || a.index - b.index)) push(days, day, lot);
    const numbers = [...days.keys()];
    const range = productionRange(Math.min(...numbers), Math.max(...numbers), parameters);
    return [
      {
        site: { id },
        capacities,
        mineral,
        ...range,
        earlier: false,
        days: [...days].map(([day, all]) => ({ day, mass: all.reduce((sum, { mass }) => sum + mass, 0n), lots: all })),
      },
    ];
  });
}
