import * as z from 'zod';
import { countOf } from '../../words.js';
import { dayOf } from '../engine/day.js';
import { judgesEach } from '../engine/each-event.js';
import { byCustom } from '../engine/evidence.js';
import * as parameter from '../engine/parameter.js';
import type { Rule, ValuesOf } from '../engine/rule.js';

const schema = {
  scaleUncalibrated: z.strictObject({
    severity: parameter.severity.default('low'),
    days: parameter.days
      .default(400)
      .describe('Days for which a calibration is good: a year, and a month to come round'),
  }),
};
type Parameters = ValuesOf<typeof schema>;

const DAY = 86_400_000;

export const scaleUncalibrated: Rule<typeof schema> = {
  id: 'scale-uncalibrated',
  version: 1,
  group: 'mass',
  title: 'A scale without a valid calibration',
  means:
    'A lot was weighed on a scale whose last calibration, as its user states it, is too old or lies after the weighing.',
  doesNotMean:
    'That the weight is wrong: most scales keep true for years. Weighings that state no calibration are not judged.',
  causes: {
    innocent: 'the calibration was renewed and its new date not entered',
    bad: 'a scale out of true is used because it shows too little, or too much',
  },
  advice:
    'Ask the signer for the certificate of calibration, and have one load weighed on another scale. A wrong date is corrected by `event.corrected` (`/scale`), which closes it; a weighing that was right all the same is explained by `finding.answered`.',
  parameters: schema,
  describe: ({ scaleUncalibrated: { severity, days } }) =>
    `\`custody.received\` or \`lot.measured\` with a \`scale\` that was calibrated more than ${days} days before, or after: ${severity}.`,
  standard: 'OIML R 76 (non-automatic weighing instruments); ITSCI weighing procedures',
  evidence: byCustom,
  scope: ['chains'],
  ...judgesEach(
    ['custody.received', 'lot.measured'],
    ({ event }, _facts, { scaleUncalibrated: { severity, days } }: Parameters) => {
      const { id = '', calibratedOn } = event.payload.scale ?? {};
      if (calibratedOn === undefined) return [];
      const day = dayOf(event);
      const age = Math.round((Date.parse(day) - Date.parse(calibratedOn)) / DAY);
      if (age >= 0 && age <= days) return [];
      return [
        {
          severity,
          root: `scale:${event.iss}/${id}`,
          measured: age < 0 ? `calibrated ${countOf(-age, 'day')} later` : `calibrated ${countOf(age, 'day')} before`,
          threshold: `at most ${countOf(days, 'day')} before`,
          detail: `${event.iss} weighed on ${day} on scale ${id}, which by its own statement was calibrated on ${calibratedOn}.`,
        },
      ];
    },
  ),
};
