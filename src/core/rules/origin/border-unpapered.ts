import * as z from 'zod';
import { byPapers } from '../engine/evidence.js';
import { entriesBefore, stateAlong } from '../engine/chain-states.js';
import { type EventObservation, judgesEach } from '../engine/each-event.js';
import { type Facts, type JudgedEvent, type JudgedOf, isType } from '../engine/facts.js';
import { lotsConcerned } from '../engine/parties.js';
import { actorFacts, countryOfGoods, countryOfPlace } from '../engine/registry.js';
import type { Rule, ValuesOf } from '../engine/rule.js';
import { countOf } from '../../words.js';
import * as parameter from '../engine/parameter.js';

const EUROPEAN_UNION = 'AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK'.split(' ');

const schema = {
  borderUnpapered: z.strictObject({
    severity: parameter.severity.default('high'),
    severityByActor: parameter.severity.default('medium'),
    severityImport: parameter.severity.default('medium'),
    severityAgain: parameter.severity.default('medium').describe('Of goods that are exported twice'),
    withoutBorders: z
      .array(parameter.codes)
      .default([EUROPEAN_UNION, ['CH', 'LI']])
      .describe('Groups of countries, by ISO 3166 code, between which goods move without export or import'),
  }),
};
type Parameters = ValuesOf<typeof schema>;

type Paper = JudgedOf<'lot.exported' | 'lot.imported'>;

/** Returns the newest export or import on a chain before an index; null: there is none. */
const paperBefore = stateAlong<Paper>((entry, _lot, before) =>
  isType(entry, 'lot.exported') || isType(entry, 'lot.imported') ? entry : before,
);

type Papers = 'exported' | 'not-exported' | 'unknown';

/**
 * Returns whether a lot was exported and not imported since, before an index; without an own paper, whether all that it
 * was made of had been. Unknown: a chain is not loaded.
 */
function papersOf(lot: string, index: number, facts: Facts, known = new Map<string, Papers>()): Papers {
  const chain = facts.chains.get(lot) ?? [];
  const paper = paperBefore(chain, lot, index);
  if (paper !== null) return isType(paper, 'lot.exported') ? 'exported' : 'not-exported';
  const birth = chain[0];
  if (birth === undefined) return 'unknown';
  if (!('inputs' in birth.event.payload)) return 'not-exported';
  const made = known.get(lot) ?? ofInputs(birth.event.payload.inputs, birth.index, facts, known);
  known.set(lot, made);
  return made;
}

function ofInputs(inputs: readonly { lot: string }[], index: number, facts: Facts, known: Map<string, Papers>): Papers {
  const all = new Set(inputs.map(({ lot }) => papersOf(lot, index, facts, known)));
  if (all.has('not-exported')) return 'not-exported';
  return all.has('unknown') ? 'unknown' : 'exported';
}

/** The country of goods at an entry, and whether a place shows it or only the country of its signer. */
interface Whereabouts {
  country: string;
  byPlace: boolean;
  entry: JudgedEvent;
}

/** Returns whether an entry without a place shows by its signer where goods are: they begin, or arrive. */
const isArrival = (entry: JudgedEvent): boolean =>
  'outputs' in entry.event.payload || isType(entry, 'custody.received');

const isRejected = (entry: JudgedEvent, lot: string): boolean =>
  isType(entry, 'custody.received') &&
  entry.event.payload.lots.some((one) => one.lot === lot && one.outcome === 'rejected');

/** Returns where an entry shows a lot; null: it does not. */
function whereabouts(entry: JudgedEvent, lot: string, facts: Facts): Whereabouts | null {
  if (isRejected(entry, lot)) return null;
  const place = countryOfPlace(facts, entry);
  if (place !== null) return { country: place, byPlace: true, entry };
  const country = isArrival(entry) ? countryOfGoods(entry, facts) : null;
  return country === null ? null : { country, byPlace: false, entry };
}

/** Returns where a lot was last shown before an entry; null: nowhere. */
function lastSeen(lot: string, { index }: JudgedEvent, facts: Facts): Whereabouts | null {
  const chain = facts.chains.get(lot) ?? [];
  for (let i = entriesBefore(chain, index) - 1; i >= 0; i -= 1) {
    const seen = whereabouts(chain[i] as JudgedEvent, lot, facts);
    if (seen !== null) return seen;
  }
  return null;
}

/** Returns whether goods move between two countries without papers of customs. */
const isOpen = (one: string, other: string, { borderUnpapered }: Parameters): boolean =>
  one === other || borderUnpapered.withoutBorders.some((group) => group.includes(one) && group.includes(other));

interface Crossing {
  lot: string;
  from: Whereabouts;
  to: Whereabouts;
}

/** Lists the lots of an entry that are in another country than before, and had not been exported. */
function crossings(entry: JudgedEvent, facts: Facts, parameters: Parameters): Crossing[] {
  if (isType(entry, 'lot.exported') || isType(entry, 'lot.declared')) return [];
  return lotsConcerned(entry, facts).flatMap((lot) => {
    const to = whereabouts(entry, lot, facts);
    const from = to === null ? null : lastSeen(lot, entry, facts);
    if (to === null || from === null || isOpen(from.country, to.country, parameters)) return [];
    return papersOf(lot, entry.index, facts) === 'not-exported' ? [{ lot, from, to }] : [];
  });
}

/** Groups crossings by the two countries, and by how sure they are. */
function byBorder(all: readonly Crossing[]): Crossing[][] {
  const groups = new Map<string, Crossing[]>();
  for (const one of all) {
    const key = `${one.from.country} ${one.to.country} ${one.from.byPlace && one.to.byPlace}`;
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return [...groups.values()];
}

const quantityOf = (count: number): string => (count === 1 ? 'The lot was' : `${countOf(count, 'lot')} were`);

function observe(group: readonly Crossing[], { event }: JudgedEvent, parameters: Parameters): EventObservation {
  const { from, to } = group[0] as Crossing;
  const isSure = from.byPlace && to.byPlace;
  const days = Math.round((event.occurredAtMs - from.entry.event.occurredAtMs) / 86_400_000);
  return {
    severity: isSure ? parameters.borderUnpapered.severity : parameters.borderUnpapered.severityByActor,
    cause: `${from.country}-${to.country}`,
    lots: group.map(({ lot }) => lot),
    events: [...new Set(group.map((one) => one.from.entry.event.id)), event.id],
    measured: `${from.country} to ${to.country}`,
    threshold: 'an export',
    detail: `${quantityOf(group.length)} in ${from.country} at ${from.entry.event.type} (${from.entry.event.occurredAt.slice(0, 10)}) and in ${to.country} at ${event.type} of ${event.iss}, ${days} days later, and no export from ${from.country} is in the ledger${isSure ? '' : ' (the country is that of the signer: no place is named)'}. Likeliest: the export was not entered; or the goods were smuggled to pass as mineral of ${to.country}.`,
  };
}

type Use = JudgedOf<'lot.aggregated' | 'lot.split' | 'lot.processed' | 'lot.exported'>;

const isUse = (entry: JudgedEvent): entry is Use =>
  isType(entry, 'lot.aggregated') ||
  isType(entry, 'lot.split') ||
  isType(entry, 'lot.processed') ||
  isType(entry, 'lot.exported');

/** Returns the country that the newest export of a lot left; null: none is known. */
function exportedFrom(lot: string, index: number, facts: Facts): { country: string; paper: Paper } | null {
  const paper = paperBefore(facts.chains.get(lot) ?? [], lot, index);
  if (paper === null || !isType(paper, 'lot.exported')) return null;
  const country = countryOfPlace(facts, paper) ?? actorFacts(facts, paper.event.iss)?.country ?? null;
  return country === null ? null : { country, paper };
}

/** Finds goods that are worked or exported again in a country into which they were not imported. */
function unimported(entry: JudgedEvent, facts: Facts, parameters: Parameters): EventObservation[] {
  if (!isUse(entry)) return [];
  const { event } = entry;
  const here = countryOfPlace(facts, entry);
  if (here === null) return [];
  const taken = 'inputs' in event.payload ? event.payload.inputs : event.payload.lots;
  const found = taken.flatMap(({ lot }) => {
    const out = exportedFrom(lot, entry.index, facts);
    return out === null || isOpen(out.country, here, parameters) ? [] : [{ lot, ...out }];
  });
  const [first] = found;
  if (first === undefined) return [];
  const made = 'outputs' in event.payload ? event.payload.outputs.map(({ lot }) => lot) : [];
  return [
    {
      severity: parameters.borderUnpapered.severityImport,
      cause: 'import',
      lots: [...found.map(({ lot }) => lot), ...made],
      events: [...new Set(found.map(({ paper }) => paper.event.id)), event.id],
      measured: `${event.type} in ${here}`,
      threshold: `an import into ${here}`,
      detail: `${quantityOf(found.length)} exported from ${first.country} on ${first.paper.event.occurredAt.slice(0, 10)}; ${event.iss} has ${event.type} in ${here}, and no import into ${here} is in the ledger. Likeliest: the import was not entered; or customs never saw the goods.`,
    },
  ];
}

/** Finds goods that are exported from a country which they had already left, and to which they did not come back. */
function exportedAgain(entry: JudgedEvent, facts: Facts, parameters: Parameters): EventObservation[] {
  if (!isType(entry, 'lot.exported')) return [];
  const { event } = entry;
  const here = countryOfPlace(facts, entry) ?? actorFacts(facts, event.iss)?.country ?? null;
  const found = event.payload.lots.flatMap(({ lot }) => {
    const out = exportedFrom(lot, entry.index, facts);
    return out === null || out.country !== here ? [] : [{ lot, ...out }];
  });
  const [first] = found;
  if (first === undefined) return [];
  return [
    {
      severity: parameters.borderUnpapered.severityAgain,
      cause: 'again',
      lots: found.map(({ lot }) => lot),
      events: [...new Set(found.map(({ paper }) => paper.event.id)), event.id],
      measured: `a second export from ${first.country}`,
      threshold: 'one export',
      detail: `${quantityOf(found.length)} exported from ${first.country} by ${first.paper.event.iss} on ${first.paper.event.occurredAt.slice(0, 10)} and again by ${event.iss} on ${event.occurredAt.slice(0, 10)}, and did not come back between. Likeliest: the first export did not take place; at worst the papers of goods that have left are used for others.`,
    },
  ];
}

const judgedTypes = [
  'lot.measured',
  'lot.sealed',
  'lot.closed',
  'custody.dispatched',
  'custody.received',
  'transit.checked',
  'lot.aggregated',
  'lot.split',
  'lot.processed',
  'lot.exported',
  'lot.imported',
] as const;

export const borderUnpapered: Rule<typeof schema> = {
  id: 'border-unpapered',
  version: 2,
  group: 'origin',
  title: 'Over a border without export or import',
  means:
    'A lot was in one country and is in another, and it was not exported before; or it is worked or exported again abroad without having been imported, or exported twice from one country.',
  doesNotMean:
    'Smuggling by itself: customs papers may exist and not have been entered, and a place may be registered in the wrong country. Transit needs an export and no import.',
  causes: {
    innocent: 'customs papers that were not entered',
    bad: 'the goods were smuggled',
  },
  advice:
    'Ask sender and receiver for the customs papers of both countries, and both authorities whether they know the shipment. A place named wrongly is corrected by `event.corrected`, which closes it; papers that exist and were not entered are named in `finding.answered`. Without any, keep the lots apart.',
  parameters: schema,
  describe: ({ borderUnpapered: { severity, severityByActor, severityImport, severityAgain, withoutBorders } }) =>
    `A lot at a place of one country, then at one of another, and neither it nor all that it was made of was exported since it was last imported: ${severity}; where one of the countries is only that of the signer who declared or received it (a carrier does not count): ${severityByActor}. Aggregated, split, processed or exported in a country other than that of its newest export, without a \`lot.imported\` since: ${severityImport}. Exported from a country that it had left: ${severityAgain}. Between these countries goods move freely: ${withoutBorders.map((group) => group.join(' ')).join('; ')}.`,
  standard: 'ICGLR Regional Certification Mechanism (export and import); OECD Due Diligence Guidance, Annex II',
  evidence: byPapers,
  scope: ['chains', 'about', 'upstream'],
  ...judgesEach(judgedTypes, (entry, facts, parameters: Parameters) => [
    ...byBorder(crossings(entry, facts, parameters)).map((group) => observe(group, entry, parameters)),
    ...unimported(entry, facts, parameters),
    ...exportedAgain(entry, facts, parameters),
  ]),
};
