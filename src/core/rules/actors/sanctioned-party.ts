import * as z from 'zod';
import { custodyTypes, judgesEach, type EventObservation } from '../engine/each-event.js';
import { byListedName } from '../engine/evidence.js';
import { type Facts, type JudgedEvent, type JudgedOf, isType } from '../engine/facts.js';
import * as parameter from '../engine/parameter.js';
import { lotsConcerned } from '../engine/parties.js';
import type { Rule, Severity, ValuesOf } from '../engine/rule.js';
import { actorSubject } from '../engine/subjects.js';

const entry = z.strictObject({
  id: z.string(),
  names: z.array(z.string()),
  countries: parameter.codes,
  identifiers: z.array(z.string()),
});
export type SanctionsEntry = z.infer<typeof entry>;

const list = z.strictObject({
  file: z.string(),
  sha256: z.string(),
  /** The newest day in it; null: it has none. */
  date: z.string().nullable(),
  entries: z.array(entry),
});
export type SanctionsList = z.infer<typeof list>;

const schema = {
  sanctionedParty: z.strictObject({
    severity: parameter.severity.default('high'),
    severityName: parameter.severity
      .default('medium')
      .describe('If only the name is the same, and the country another'),
    list: list.nullable().default(null).describe('The list of sanctions of the operator; null: there is none'),
  }),
};
type Parameters = ValuesOf<typeof schema>;

/** Forms of companies, which registers and lists write differently. */
const FORMS = new Set(
  'ltd limited llc inc incorporated corp corporation co company gmbh ag sa sarl sas sprl srl bv nv plc pvt pte fze dmcc'.split(
    ' ',
  ),
);

/** Returns the words of a name without accents, signs, order and form of company. */
export function nameKey(name: string): string {
  const words = name
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');
  const own = words.filter((word) => !FORMS.has(word));
  return (own.length === 0 ? words : own).toSorted().join(' ');
}

const identifierKey = (value: string): string => value.toUpperCase().replaceAll(/[^A-Z0-9]/g, '');
/** Length of an identifier below which another register may have the same one. */
const LEAST_IDENTIFIER = 6;

interface Index {
  byName: ReadonlyMap<string, readonly SanctionsEntry[]>;
  byIdentifier: ReadonlyMap<string, readonly SanctionsEntry[]>;
}

/** Caches the index of a list, which has many entries. */
const indexes = new WeakMap<SanctionsList, Index>();

function indexOf(known: SanctionsList): Index {
  const before = indexes.get(known);
  if (before !== undefined) return before;
  const byName = new Map<string, SanctionsEntry[]>();
  const byIdentifier = new Map<string, SanctionsEntry[]>();
  const add = (map: Map<string, SanctionsEntry[]>, key: string, one: SanctionsEntry): void => {
    if (key === '') return;
    const same = map.get(key);
    if (same === undefined) map.set(key, [one]);
    else if (same.at(-1) !== one) same.push(one);
  };
  for (const one of known.entries) {
    for (const name of one.names) add(byName, nameKey(name), one);
    for (const identifier of one.identifiers) add(byIdentifier, identifierKey(identifier), one);
  }
  const index = { byName, byIdentifier };
  indexes.set(known, index);
  return index;
}

type Registration = JudgedOf<'actor.registered'>;

const registrationOf = (actor: string, { about }: Facts): Registration | undefined =>
  (about.get(actorSubject(actor)) ?? []).find(
    (one): one is Registration => isType(one, 'actor.registered') && one.event.payload.actor === actor,
  );

interface Hit {
  entry: SanctionsEntry;
  by: 'identifier' | 'name';
  severity: Severity;
}

/** Returns the entry of the list that an actor is, by an identifier or by its name; null: none. */
function hitOf({ event: { payload } }: Registration, known: SanctionsList, parameters: Parameters): Hit | null {
  const { severity, severityName } = parameters.sanctionedParty;
  const { byName, byIdentifier } = indexOf(known);
  for (const { value } of payload.identifiers ?? []) {
    const key = identifierKey(value);
    const [found] = key.length < LEAST_IDENTIFIER ? [] : (byIdentifier.get(key) ?? []);
    if (found !== undefined) return { entry: found, by: 'identifier', severity };
  }
  const named = payload.legalName === undefined ? [] : (byName.get(nameKey(payload.legalName)) ?? []);
  const isHere = ({ countries }: SanctionsEntry): boolean =>
    countries.length === 0 || countries.some((code) => code.toUpperCase() === payload.country);
  const found = named.find(isHere) ?? named[0];
  return found === undefined ? null : { entry: found, by: 'name', severity: isHere(found) ? severity : severityName };
}

/** Lists the parties of an event: its signer, and to whom or from whom goods go. */
function partiesOf({ event }: JudgedEvent): string[] {
  const { payload } = event;
  const other = [
    'to' in payload ? payload.to : undefined,
    'from' in payload ? payload.from : undefined,
    'holder' in payload ? payload.holder : undefined,
  ].filter((actor) => typeof actor === 'string');
  return [...new Set([event.iss, ...other])];
}

function look(one: JudgedEvent, facts: Facts, parameters: Parameters): EventObservation[] {
  const known = parameters.sanctionedParty.list;
  if (known === null) return [];
  return partiesOf(one).flatMap((actor) => {
    const registration = registrationOf(actor, facts);
    const hit = registration === undefined ? null : hitOf(registration, known, parameters);
    if (registration === undefined || hit === null) return [];
    return [
      {
        severity: hit.severity,
        cause: `${hit.entry.id}:${actor}`,
        root: actorSubject(actor),
        lots: lotsConcerned(one, facts),
        events: [registration.event.id, one.event.id],
        measured: hit.entry.id,
        threshold: 'no entry of the list',
        detail: `${actor} has ${hit.by === 'name' ? 'the name' : 'an identifier'} of ${hit.entry.names[0] ?? hit.entry.id} (${hit.entry.id}${hit.entry.countries.length === 0 ? '' : `, ${hit.entry.countries.join(', ').toUpperCase()}`}) in the operator’s list of sanctions (${known.file}${known.date === null ? '' : ` of ${known.date}`}, SHA-256 ${known.sha256.slice(0, 12)}…). Likeliest: another of the same name; at worst trade with it is forbidden. The registry of companies, with dates and addresses of both, settles it.`,
      },
    ];
  });
}

export const sanctionedParty: Rule<typeof schema> = {
  id: 'sanctioned-party',
  version: 1,
  group: 'actors',
  title: 'A party has the name of somebody under sanctions',
  means:
    'An actor who handled the goods has the name or an identifier of an entry in the list of sanctions that the operator of this service uses.',
  doesNotMean:
    'That it is the same person or company: names coincide. Actors whose names are not disclosed, and names that are written otherwise, are not found. Nothing is refused because of the list.',
  causes: {
    innocent: 'another of the same name',
    bad: 'somebody under sanctions sells through the chain',
  },
  advice:
    'Ask the actor for its registration, and compare dates, addresses and numbers with those of the entry before anything else moves, and keep the goods apart meanwhile. Another of the same name is explained by `finding.answered` with the proof; where it is the same, follow the law of your country.',
  parameters: schema,
  describe: ({ sanctionedParty: { severity, severityName, list: known } }) =>
    `The disclosed name of a party to a custody event, without accents, order and form of company, is a name or alias of an entry in the file \`ADIT_SANCTIONS_FILE\` (OpenSanctions, simplified CSV), or one of its identifiers is: ${severity}; the name alone with another country: ${severityName}. ${known === null ? 'No list is loaded here.' : `List: ${known.entries.length} entries, ${known.file}, ${known.date ?? 'no date'}, SHA-256 ${known.sha256}.`}`,
  standard: 'OECD Due Diligence Guidance, Annex II; lists of the UN, the EU and the OFAC as published by OpenSanctions',
  evidence: byListedName,
  scope: ['chains', 'about'],
  needs: 'whole',
  ...judgesEach(custodyTypes, look),
};
