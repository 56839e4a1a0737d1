import { judgesEach } from './each-event.js';
import { type Facts, type JudgedEvent, isType } from './facts.js';
import { actorFacts } from './registry.js';
import type { Rule } from './rule.js';

/** The countries that goods were in, in the order of the log, by the registered country of whoever held them. */
function countriesOf(lot: string, facts: Facts): { country: string; entry: JudgedEvent }[] {
  const chain = [lot, ...(facts.upstream.get(lot) ?? [])].flatMap((one) => facts.chains.get(one) ?? []);
  const entries = [...new Map(chain.map((entry) => [entry.index, entry])).values()];
  return entries
    .toSorted((a, b) => a.index - b.index)
    .flatMap((entry) => {
      const moved = isType(entry, 'lot.declared') || isType(entry, 'lot.imported') || isType(entry, 'custody.received');
      const country = actorFacts(facts, entry.event.iss)?.country;
      return moved && country !== undefined ? [{ country, entry }] : [];
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
  version: 1,
  group: 'origin',
  title: 'Left a country and came back as local',
  means:
    'Goods that were held in a country, then in another, are received in the first again, and no import was logged.',
  doesNotMean:
    'Smuggling by itself: returned goods and a warehouse across the border look alike. An import that is logged first answers it.',
  describe: ({ roundTrip: { severity } }) =>
    `Holders' countries along the lot and what it was made of run A, B, A, and no \`lot.imported\` was logged in between: ${severity}.`,
  standard: 'OECD Due Diligence Guidance, Annex II red flags of origin and transit',
  scope: ['chains', 'about', 'upstream'],
  ...judgesEach(['custody.received'], ({ index, event }, facts, { roundTrip: { severity } }) => {
    const here = actorFacts(facts, event.iss)?.country;
    const returned = event.payload.lots.filter(
      ({ lot, outcome }) => outcome !== 'rejected' && returnOf(lot, index, facts) !== null,
    );
    if (here === undefined || returned.length === 0) return [];
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
