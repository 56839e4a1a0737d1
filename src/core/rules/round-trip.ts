import { judgesEach } from './each-event.js';
import { type Facts, type JudgedEvent, isType } from './facts.js';
import { actorFacts, countryOfPlace } from './registry.js';
import type { Rule } from './rule.js';

/** Whether an entry says that a lot is somewhere: dug, imported, or taken over by whoever received it. */
function arrives(entry: JudgedEvent, lots: ReadonlySet<string>): boolean {
  if (isType(entry, 'lot.declared') || isType(entry, 'lot.imported')) return true;
  if (!isType(entry, 'custody.received')) return false;
  return entry.event.payload.lots.some(({ lot, outcome }) => lots.has(lot) && outcome !== 'rejected');
}

/** Where goods are with an entry: in the country of its facility or site, else of its signer. Null: a carrier may be anywhere. */
function countryOf(entry: JudgedEvent, facts: Facts): string | null {
  const place = countryOfPlace(facts, entry);
  if (place !== null) return place;
  const actor = actorFacts(facts, entry.event.iss);
  return actor === null || actor.roles.every((role) => role === 'transporter') ? null : actor.country;
}

/** The countries that goods were in, in the order of the log. */
function countriesOf(lot: string, facts: Facts): { country: string; entry: JudgedEvent }[] {
  const lots = new Set([lot, ...(facts.upstream.get(lot) ?? [])]);
  const chain = [...lots].flatMap((one) => facts.chains.get(one) ?? []);
  const entries = [...new Map(chain.map((entry) => [entry.index, entry])).values()];
  return entries
    .toSorted((a, b) => a.index - b.index)
    .flatMap((entry) => {
      const country = arrives(entry, lots) ? countryOf(entry, facts) : null;
      return country === null ? [] : [{ country, entry }];
    });
}

/** The entry with which goods came back to a country they had left, without a word of import; null: they did not. */
function returnOf(lot: string, index: number, facts: Facts): string | null {
  const stations = countriesOf(lot, facts).filter(({ entry }) => entry.index <= index);
  const last = stations.at(-1);
  if (last === undefined || last.entry.index !== index) return null;
  const before = stations.slice(0, -1);
  const left = before.findLastIndex(({ country }) => country !== last.country);
  if (left < 0 || left !== before.length - 1) return null;
  return before.slice(0, left).some(({ country }) => country === last.country) ? (before[left]?.country ?? null) : null;
}

export const roundTrip: Rule = {
  id: 'round-trip',
  version: 2,
  group: 'origin',
  title: 'Left a country and came back as local',
  means:
    'Goods that were held in a country, then in another, are received in the first again, and no import was logged.',
  doesNotMean:
    'Smuggling by itself: returned goods and a warehouse across the border look alike. An import that is logged first answers it.',
  describe: ({ roundTrip: { severity } }) =>
    `Countries along the lot and what it was made of run A, B, A, each that of the facility or site where it was received, else of who received it (a carrier counts only by its place), and no \`lot.imported\` was logged in between: ${severity}.`,
  standard: 'OECD Due Diligence Guidance, Annex II red flags of origin and transit',
  scope: ['chains', 'about', 'upstream'],
  ...judgesEach(['custody.received'], (entry, facts, { roundTrip: { severity } }) => {
    const { index, event } = entry;
    const here = countryOf(entry, facts);
    const returned = event.payload.lots.filter(
      ({ lot, outcome }) => outcome !== 'rejected' && returnOf(lot, index, facts) !== null,
    );
    if (here === null || returned.length === 0) return [];
    const away = returnOf(returned[0]?.lot ?? '', index, facts);
    return [
      {
        severity,
        lots: returned.map(({ lot }) => lot),
        measured: `${here}, ${away}, ${here}`,
        threshold: 'an import',
        detail: `The goods were in ${here} before, then in ${away}, and are received in ${here} with no import logged.`,
      },
    ];
  }),
};
