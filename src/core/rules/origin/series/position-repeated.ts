import * as z from 'zod';
import { byChance } from '../../engine/evidence.js';
import { countOf } from '../../../words.js';
import { type Facts, SERIES_LENGTH, type SeriesItem, lotsOf } from '../../engine/facts.js';
import * as parameter from '../../engine/parameter.js';
import type { Observation, Rule, ValuesOf } from '../../engine/rule.js';
import { entriesBehind, mostFrequent, seriesOfKind } from '../../engine/series/series.js';
import { siteSubject } from '../../engine/subjects.js';
import { POSITIONS } from './position-series.js';

const level = z.strictObject({ entries: z.int().min(3), days: z.int().min(1), severity: parameter.severity });

const schema = {
  positionRepeated: z.strictObject({
    levels: z
      .array(level)
      .min(1)
      .default([
        { entries: 10, days: 3, severity: 'low' },
        { entries: 20, days: 5, severity: 'medium' },
      ])
      .describe('Number of equal positions, and of days on which they were recorded, from which each severity applies'),
  }),
};
type Parameters = ValuesOf<typeof schema>;

const dayOf = ({ at }: SeriesItem): string => new Date(at).toISOString().slice(0, 10);

function evaluate(facts: Facts, { positionRepeated: { levels } }: Parameters): Observation[] {
  return seriesOfKind(facts, POSITIONS).flatMap(({ subject, names: [signer = '', site = '', ...rest], items }) => {
    const found = mostFrequent(items);
    const days = new Set(found.map(dayOf)).size;
    const reached = levels.findLast((one) => found.length >= one.entries && days >= one.days);
    if (reached === undefined) return [];
    const device = rest.join('/');
    const who = device === '' ? signer : `The device ${device} of ${signer}`;
    const entries = entriesBehind(subject, found, facts);
    return [
      {
        severity: reached.severity,
        subject,
        cause: 'repeated',
        root: siteSubject(site),
        lots: [...new Set(entries.flatMap(lotsOf))],
        events: entries.map(({ event }) => event.id),
        measured: `${found.length} of ${items.length} on ${countOf(days, 'day')}`,
        threshold: levels.map((one) => `${one.entries} on ${countOf(one.days, 'day')}`).join(', '),
        detail: `${who} declared at site ${site} from exactly one position in ${found.length} of ${countOf(items.length, 'entry', 'entries')} on ${countOf(days, 'day')} since ${dayOf(found[0] as SeriesItem)}. A receiver of satellites differs by metres from one reading to the next. Likeliest: the position of the site is typed or kept by the app; at worst the device never was at the site. A visit, or a photo with the readings of that day, settles it.`,
        firstIndex: (found[0] as SeriesItem).index,
      },
    ];
  });
}

export const positionRepeated: Rule<typeof schema> = {
  id: 'position-repeated',
  version: 1,
  group: 'origin',
  title: 'A device that never moves',
  means:
    'One device declares day after day from exactly one position, to the metre: the position was copied, and shows nothing about where the bags were.',
  doesNotMean:
    'That the bags are of another place: an app may keep the position of the site. Positions written to less than five decimals, and those of a registered facility, are not judged.',
  causes: {
    innocent: 'an app that keeps the position of the site',
    bad: 'the device never was at the site',
  },
  advice:
    'Have the device record its position anew for each declaration, and look where its owner was on those days. A position that is known to be of the site is explained by `finding.answered`; a weighing place is registered by `facility.registered` and named as the place.',
  parameters: schema,
  describe: ({ positionRepeated: { levels } }) =>
    `Of the newest ${SERIES_LENGTH} positions (latitude and longitude with at least five decimals) at which one device, or one signer without a device, declared at a site, the most frequent one was recorded ${levels.map(({ entries, days, severity }) => `at least ${entries} times on ${days} days (UTC): ${severity}`).join('; ')}. Two readings of an honest receiver agree to five decimals about once in a hundred times.`,
  standard:
    'ICGLR Regional Certification Mechanism, coordinates of mine sites; GPS Standard Positioning Service, accuracy',
  evidence: byChance,
  scope: ['about', 'series'],
  needs: 'whole',
  subjects: (facts) => seriesOfKind(facts, POSITIONS).map(({ subject }) => subject),
  evaluate,
};
