import * as z from 'zod';
import { byContradiction } from '../engine/evidence.js';
import { entriesBefore } from '../engine/chain-states.js';
import { judgesEach, ofTypes } from '../engine/each-event.js';
import { type Facts, type JudgedEvent, type JudgedOf, isType } from '../engine/facts.js';
import { countryOfGoods } from '../engine/registry.js';
import type { Rule, ValuesOf } from '../engine/rule.js';
import * as parameter from '../engine/parameter.js';

const schema = {
  roundTrip: z.strictObject({
    severity: parameter.severity.default('critical'),
    importHours: parameter.hours
      .default(72)
      .describe('Hours after their receipt within which goods that were exported back may be imported'),
  }),
};
type Parameters = ValuesOf<typeof schema>;

const HOUR = 3_600_000;

/** Returns whether an entry shows a lot's arrival: declared, imported, or received. */
function arrives(entry: JudgedEvent, lots: ReadonlySet<string>): boolean {
  if (isType(entry, 'lot.declared') || isType(entry, 'lot.imported')) return true;
  if (!isType(entry, 'custody.received')) return false;
  return entry.event.payload.lots.some(({ lot, outcome }) => lots.has(lot) && outcome !== 'rejected');
}

/** Returns the entries of a lot and its ancestors up to an index, each once, in the order of the log. */
function pastOf(lot: string, index: number, lots: ReadonlySet<string>, { chains }: Facts): readonly JudgedEvent[] {
  const chain = chains.get(lot) ?? [];
  if (lots.size === 1) return chain.slice(0, entriesBefore(chain, index + 1));
  const all = [...lots].flatMap((one) => chains.get(one) ?? []).filter((entry) => entry.index <= index);
  return [...new Map(all.map((entry) => [entry.index, entry])).values()].toSorted((a, b) => a.index - b.index);
}

/** Returns the country from which an entry brought goods back to a country that they had left; null: it did not. */
function returnOf(lot: string, index: number, facts: Facts): string | null {
  const lots = new Set([lot, ...(facts.upstream.get(lot) ?? [])]);
  const past = pastOf(lot, index, lots, facts);
  let here: string | null = null;
  let away: string | null = null;
  for (let i = past.length - 1; i >= 0; i -= 1) {
    const entry = past[i] as JudgedEvent;
    const country = arrives(entry, lots) ? countryOfGoods(entry, facts) : null;
    if (here === null) {
      if (country === null || entry.index !== index) return null;
      here = country;
    } else if (country === null) continue;
    else if (away !== null && country === here) return away;
    // Goods that stay in a country have not come back to it.
    else if (away === null && country === here) return null;
    else away ??= country;
  }
  return null;
}

/** Lists the lots of a receipt that return with it, each with the country that they were in. */
function returnedBy({ index, event }: Receipt, facts: Facts): { lot: string; away: string }[] {
  return event.payload.lots.flatMap(({ lot, outcome }) => {
    const away = outcome === 'rejected' ? null : returnOf(lot, index, facts);
    return away === null ? [] : [{ lot, away }];
  });
}

type Receipt = JudgedOf<'custody.received'>;

/** Returns whether a lot came to a country without documents: neither exported before nor imported there. */
function leftUnpapered(lot: string, away: string, facts: Facts): boolean {
  const chain = facts.chains.get(lot) ?? [];
  const [birth] = chain;
  const arrival = chain.find((entry) => arrives(entry, new Set([lot])) && countryOfGoods(entry, facts) === away);
  if (birth === undefined || arrival === undefined || countryOfGoods(birth, facts) === away) return false;
  return !chain.some(
    (entry) =>
      (isType(entry, 'lot.exported') && entry.index < arrival.index) ||
      (isType(entry, 'lot.imported') && countryOfGoods(entry, facts) === away),
  );
}

/** Returns whether documents cover the way out of all ancestors, and the lot's way back up to the export. */
function isExportedBack(lot: string, away: string, { index }: Receipt, facts: Facts): boolean {
  if ([lot, ...(facts.upstream.get(lot) ?? [])].some((one) => leftUnpapered(one, away, facts))) return false;
  return (facts.chains.get(lot) ?? []).some(
    (entry) => entry.index < index && isType(entry, 'lot.exported') && countryOfGoods(entry, facts) === away,
  );
}

/** Returns the time, ms, until which an import may follow a receipt: customs clears goods after arrival. */
const importDue = ({ event, recordedAt }: Receipt, { roundTrip }: Parameters): number =>
  (recordedAt ?? event.occurredAtMs) + roundTrip.importHours * HOUR;

/** Returns whether goods that were exported back are imported in time, or may still be. */
function isCleared(lot: string, receipt: Receipt, facts: Facts, parameters: Parameters): boolean {
  const due = importDue(receipt, parameters);
  if (facts.now === null || facts.now < due) return true;
  const here = countryOfGoods(receipt, facts);
  return (facts.chains.get(lot) ?? []).some(
    (entry) =>
      entry.index > receipt.index &&
      isType(entry, 'lot.imported') &&
      countryOfGoods(entry, facts) === here &&
      (entry.recordedAt ?? 0) <= due,
  );
}

export const roundTrip: Rule<typeof schema> = {
  id: 'round-trip',
  version: 4,
  group: 'origin',
  title: 'Left a country and came back as local',
  means:
    'Goods that were held in a country, then in another, are received in the first again, and no import was logged.',
  doesNotMean:
    'Smuggling by itself: returned goods and a warehouse across the border look alike. An import that is logged first answers it, and so does one soon after, where the goods left both countries with papers.',
  causes: {
    innocent: 'returned goods, or a warehouse across the border',
    bad: 'foreign ore comes in under the papers of local ore',
  },
  advice:
    'Ask the holder for the customs papers of both crossings. An import logged after the receipt does not close it any more: returned goods, or a warehouse across the border, are explained by `finding.answered` that names the papers.',
  parameters: schema,
  describe: ({ roundTrip: { severity, importHours } }) =>
    `Countries along the lot and what it was made of run A, B, A, each that of the facility or site where it was received, else of who received it (a carrier counts only by its place), and no \`lot.imported\` was logged in between: ${severity}. Where all that left A was exported or imported in B, and the lot was exported from B, its import may follow the receipt within ${importHours} h by the log's time.`,
  standard: 'OECD Due Diligence Guidance, Annex II red flags of origin and transit',
  evidence: byContradiction,
  scope: ['chains', 'about', 'upstream'],
  ...judgesEach(['custody.received'], (entry, facts, parameters: Parameters) => {
    const here = countryOfGoods(entry, facts);
    const returned = returnedBy(entry, facts).filter(
      ({ lot, away }) => !(isExportedBack(lot, away, entry, facts) && isCleared(lot, entry, facts, parameters)),
    );
    const [first] = returned;
    if (here === null || first === undefined) return [];
    return [
      {
        severity: parameters.roundTrip.severity,
        lots: returned.map(({ lot }) => lot),
        measured: `${here}, ${first.away}, ${here}`,
        threshold: 'an import',
        detail: `The goods were in ${here} before, then in ${first.away}, and are received in ${here} with no import logged. Likeliest: the import was not entered, or the goods were sent back; at worst foreign mineral passes as local. The customs papers of both countries settle it.`,
      },
    ];
  }),
  deadlines: (facts, parameters) =>
    ofTypes(facts.entries, ['custody.received'])
      .filter((receipt) =>
        returnedBy(receipt, facts).some(({ lot, away }) => isExportedBack(lot, away, receipt, facts)),
      )
      .map((receipt) => ({ index: receipt.index, subject: receipt.event.id, at: importDue(receipt, parameters) })),
};
