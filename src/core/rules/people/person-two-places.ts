import * as z from 'zod';
import { byDistance } from '../engine/evidence.js';
import { ofTypes } from '../engine/each-event.js';
import { type Facts, type JudgedEvent, type JudgedOf, isType, lotsOf } from '../engine/facts.js';
import * as parameter from '../engine/parameter.js';
import { locate } from '../engine/registry.js';
import type { Observation, Rule, ValuesOf } from '../engine/rule.js';
import { type Station, distanceText, durationText, journey, speedText } from '../movement/speed.js';
import { capOf, type capSchema } from './caps.js';
import {
  boughtFrom,
  cardUses,
  mineralsIn,
  monthAfter,
  monthOf,
  nameOf,
  producedSubject,
  producerOf,
  salesOf,
} from './producers.js';

const schema = {
  personTwoPlaces: z.strictObject({
    severity: parameter.severity.default('high'),
    severityOfSales: parameter.severity
      .default('medium')
      .describe('If one of the places is a sale, to which another person may have gone'),
    kilometresPerHour: z.int().min(1).default(80).describe('Highest speed of a person over ground, km/h'),
    minimumKilometres: z.int().min(0).default(15).describe('Distance below which places are not certain, km'),
  }),
};
type Parameters = ValuesOf<typeof schema & typeof capSchema>;

/** Accuracy of a place that states none, m. */
const ACCURACY = 500;

const sightingTypes = ['lot.declared', 'custody.received'] as const;

type Sighting = JudgedOf<(typeof sightingTypes)[number]>;

const isSighting = (entry: JudgedEvent): entry is Sighting =>
  isType(entry, 'lot.declared') || isType(entry, 'custody.received');

/** Returns the person and the card that an entry sees somewhere; null: none, or a firm. */
function seenIn(
  entry: Sighting,
  facts: Facts,
  parameters: Parameters,
): { producer: string; card?: string | undefined } | null {
  const births = isType(entry, 'lot.declared') ? [entry] : boughtFrom(entry, facts);
  for (const birth of births) {
    const producer = producerOf(birth.event);
    const isPerson = mineralsIn(birth.event).some((mineral) => capOf(birth, mineral, facts, parameters) !== null);
    if (producer !== null && isPerson) return { producer, card: birth.event.payload.person?.card };
  }
  return null;
}

/** Lists the entries that see the same person or card around an entry, and precede it in the log. */
function othersOf(
  entry: Sighting,
  { producer, card }: { producer: string; card?: string | undefined },
  facts: Facts,
): Sighting[] {
  const month = monthOf(entry.event.occurredAtMs);
  const births = isType(entry, 'lot.declared') ? [entry] : boughtFrom(entry, facts);
  const minerals = new Set(births.flatMap(({ event }) => mineralsIn(event)));
  const made = [-1, 0, 1].flatMap((months) =>
    [...minerals].flatMap(
      (mineral) => facts.about.get(producedSubject(producer, mineral, monthAfter(month, months))) ?? [],
    ),
  );
  const others = [
    ...made,
    ...salesOf(producer, month, facts),
    ...(card === undefined ? [] : cardUses(card, month, facts)),
  ];
  return [...new Set(others)].filter(isSighting).filter(({ index }) => index < entry.index);
}

const stationOf = (entry: JudgedEvent, facts: Facts): Station | null => {
  const place = locate(facts, entry, ACCURACY);
  return place === null || place === 'undisclosed' ? null : { place, at: entry.event.occurredAtMs };
};

function observe(entry: Sighting, facts: Facts, parameters: Parameters): Observation[] {
  const seen = seenIn(entry, facts, parameters);
  const here = stationOf(entry, facts);
  if (seen === null || here === null) return [];
  const { severity, severityOfSales, kilometresPerHour, minimumKilometres } = parameters.personTwoPlaces;
  const clashes = othersOf(entry, seen, facts).flatMap((other) => {
    const there = stationOf(other, facts);
    if (there === null) return [];
    const [first, second] = there.at <= here.at ? [there, here] : [here, there];
    const travelled = journey(first, second);
    const isImpossible = travelled.km > minimumKilometres && travelled.kmh > kilometresPerHour;
    return isImpossible ? [{ other, ...travelled, time: second.at - first.at }] : [];
  });
  const [worst] = clashes.toSorted((a, b) => b.kmh - a.kmh || a.other.index - b.other.index);
  if (worst === undefined) return [];
  const isSale = [entry, worst.other].some((one) => isType(one, 'custody.received'));
  const whose = isType(worst.other, 'lot.declared') ? producerOf(worst.other.event) : seen.producer;
  return [
    {
      severity: isSale ? severityOfSales : severity,
      subject: entry.event.id,
      cause: 'event',
      root: seen.producer,
      lots: [...new Set([...lotsOf(worst.other), ...lotsOf(entry)])],
      events: [worst.other.event.id, entry.event.id],
      measured: speedText(worst.kmh),
      threshold: `${kilometresPerHour} km/h`,
      detail: `${whose === seen.producer ? nameOf(seen.producer) : `One card, of ${nameOf(seen.producer)} and ${nameOf(whose ?? '')},`} was at two places ${distanceText(worst.km)} apart within ${durationText(worst.time)} (${clashes.length} such of this entry). Somebody may have gone for the person, or the place or time was filled in later; or the name or card serves others. The person and the two signers can tell.`,
      firstIndex: entry.index,
    },
  ];
}

const judged = (facts: Facts): readonly Sighting[] => ofTypes(facts.entries, sightingTypes);

export const personTwoPlaces: Rule<typeof schema, Parameters> = {
  id: 'person-two-places',
  version: 1,
  group: 'movement',
  title: 'One person, or one card, at two places',
  means:
    'Lots were declared for one person, or sold by it, at two places too far apart for the time between them; or one card was shown at both.',
  doesNotMean:
    'That the person cheated: its name or card may be used by others, and a relative may carry the goods to a buyer.',
  causes: {
    innocent: 'a relative went, or the time was filled in later',
    bad: 'a name or card serves others',
  },
  advice:
    'Ask both signers who stood before them and which card was shown, and the office that keeps the cards. It closes when a wrong place or time is corrected by `event.corrected`; a relative who went instead is explained by `finding.answered`.',
  parameters: schema,
  describe: ({ personTwoPlaces: { severity, severityOfSales, kilometresPerHour, minimumKilometres } }) =>
    `Two declarations for one person with a cap (\`person-over-cap\`), or with one card, more than ${minimumKilometres} km apart and faster than ${kilometresPerHour} km/h: ${severity}; if one is a receipt from that person: ${severityOfSales}. The later entry is the one that is found.`,
  standard: 'OECD Due Diligence Guidance, Gold Supplement (identification of miners)',
  evidence: byDistance,
  scope: ['chains', 'about'],
  needs: 'more',
  subjects: (facts) => judged(facts).map(({ event }) => event.id),
  evaluate: (facts, parameters) => judged(facts).flatMap((entry) => observe(entry, facts, parameters)),
};
