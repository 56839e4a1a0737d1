import * as z from 'zod';
import { byRegistry } from '../engine/evidence.js';
import { countOf } from '../../words.js';
import { judgesEach } from '../engine/each-event.js';
import { notAssayed } from './radioactivity.js';
import type { Rule, ValuesOf } from '../engine/rule.js';
import * as parameter from '../engine/parameter.js';

const schema = {
  radioactivityMissing: z.strictObject({
    severity: parameter.severity.default('high'),
    minerals: parameter.codes.default(['coltan']).describe('Minerals whose exports need an assay of ThO2 and U3O8'),
  }),
};
type Parameters = ValuesOf<typeof schema>;

export const radioactivityMissing: Rule<typeof schema> = {
  id: 'radioactivity-missing',
  version: 1,
  group: 'mass',
  title: 'Nobody knows how radioactive the goods are',
  means: 'Tantalum concentrate is exported, and thorium or uranium in it was never assayed.',
  doesNotMean: 'That it is dangerous: carriers and ports refuse it all the same until it is known.',
  causes: {
    innocent: 'an assay that was not entered',
    bad: 'goods of class 7 travel as ordinary ones',
  },
  advice:
    'Have the lots assayed for ThO2 and U3O8 before they are loaded, and inform carrier and port. An assay from before the export that was not logged is added to the newest weighing by `event.corrected`, which closes it; one that was made later is named in a `finding.answered`.',
  parameters: schema,
  describe: ({ radioactivityMissing: { severity, minerals } }) =>
    `An export of ${minerals.join(', ')} without grades of ThO2 and U3O8, measured, certified, or of all lots it was put together from: ${severity}.`,
  standard: 'IAEA Regulations for the Safe Transport of Radioactive Material (SSR-6); TIC NORM policy',
  evidence: byRegistry,
  scope: ['chains', 'about', 'upstream'],
  ...judgesEach(
    ['lot.exported'],
    ({ index, event }, facts, { radioactivityMissing: { severity, minerals } }: Parameters) => {
      const lots = event.payload.lots
        .map(({ lot }) => lot)
        .filter((lot) => minerals.includes(facts.lots.get(lot)?.mineral ?? ''))
        .filter((lot) => facts.lots.get(lot)?.form !== 'metal' && notAssayed(lot, index, facts).length > 0);
      const [first] = lots;
      if (first === undefined) return [];
      const missing = notAssayed(first, index, facts).join(' and ');
      return [
        {
          severity,
          lots,
          measured: `no ${missing}`,
          threshold: 'ThO2 and U3O8',
          detail: `Exported with no assay of ${missing}: ${countOf(lots.length, 'lot')}.`,
        },
      ];
    },
  ),
};
