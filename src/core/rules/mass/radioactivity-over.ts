import * as z from 'zod';
import { byRegistry } from '../engine/evidence.js';
import { countOf } from '../../words.js';
import { judgesEach } from '../engine/each-event.js';
import { activityOf, activityText, inMillionths } from './radioactivity.js';
import type { Rule, ValuesOf } from '../engine/rule.js';
import * as parameter from '../engine/parameter.js';

const schema = {
  radioactivityOver: z.strictObject({
    severity: parameter.severity.default('high'),
    limitBecquerelPerGram: z
      .int()
      .min(1)
      .default(10)
      .describe('Bq/g from ThO2 and U3O8 in per cent (IAEA TS-G-1.1; ITIA guidance)'),
  }),
};
type Parameters = ValuesOf<typeof schema>;

export const radioactivityOver: Rule<typeof schema> = {
  id: 'radioactivity-over',
  version: 1,
  group: 'mass',
  title: 'Too radioactive to travel as ordinary goods',
  means: 'By its assays the mineral exceeds the activity above which it is shipped as dangerous goods of class 7.',
  doesNotMean: 'That it may not be shipped: it needs a permit, a label and a carrier that takes it.',
  causes: {
    innocent: 'a permit of class 7 that is not in the ledger',
    bad: 'goods of class 7 travel as ordinary ones',
  },
  advice:
    'Ask the exporter for the permit of class 7, the labels and a carrier that takes it; stop the shipment until they are there. A mistyped grade is corrected by `event.corrected`, which closes it; goods that are declared and packed as they must be are explained by `finding.answered`.',
  parameters: schema,
  describe: ({ radioactivityOver: { severity, limitBecquerelPerGram } }) =>
    `An export with 35.7 · ThO2 % + 104.7 · U3O8 % above ${limitBecquerelPerGram} Bq/g: ${severity}.`,
  standard: 'IAEA Regulations for the Safe Transport of Radioactive Material (SSR-6); TIC NORM policy',
  evidence: byRegistry,
  scope: ['chains', 'about', 'upstream'],
  ...judgesEach(['lot.exported'], ({ index, event }, facts, { radioactivityOver: parameters }: Parameters) => {
    const limit = inMillionths(parameters.limitBecquerelPerGram);
    const over = event.payload.lots.flatMap(({ lot }) => {
      const activity = activityOf(lot, index, facts);
      return activity !== null && activity > limit ? [{ lot, activity }] : [];
    });
    if (over.length === 0) return [];
    const most = over.reduce((a, b) => (b.activity > a.activity ? b : a));
    return [
      {
        severity: parameters.severity,
        lots: over.map(({ lot }) => lot),
        measured: activityText(most.activity),
        threshold: activityText(limit),
        detail: `Exported: ${countOf(over.length, 'lot')} of up to ${activityText(most.activity)}.`,
      },
    ];
  }),
};
