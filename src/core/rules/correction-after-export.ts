import { judgesEach, lotsOf } from './each-event.js';
import { isType } from './facts.js';
import type { Rule } from './rule.js';

/** Claims whose change changes what the goods are. */
const weighty = /\/(mass|tags|moisturePercent|grades|site)(\/|$)/;
const origin = /^\/place\/site$/;

export const correctionAfterExport: Rule = {
  id: 'correction-after-export',
  version: 1,
  group: 'actors',
  title: 'The past was corrected after the goods had left',
  means:
    'An event was corrected after a lot it concerns had been exported, or a correction changes where a lot comes from.',
  doesNotMean:
    'That the correction is false: it is signed and shown, with the value before and after. A mistake mended before the goods leave is not meant.',
  describe: ({ correctionAfterExport: { severity, severityOrigin } }) =>
    `A correction logged after the export of a lot of its target: ${severity}, and ${severityOrigin} where it changes mass, grade, tags or site; a change of the site before any export: ${severity}.`,
  standard: 'OECD Due Diligence Guidance, Annex I (records kept for five years)',
  scope: ['chains'],
  ...judgesEach(['event.corrected'], ({ index, event }, facts, { correctionAfterExport }) => {
    const { event: targetId, field } = event.payload;
    const target = facts.entries.find((entry) => entry.event.id === targetId);
    const lots = target === undefined ? [] : lotsOf(target);
    const exported = lots.filter((lot) =>
      [lot, ...(facts.upstream.get(lot) ?? [])].some((one) =>
        (facts.chains.get(one) ?? []).some((entry) => isType(entry, 'lot.exported') && entry.index < index),
      ),
    );
    if (exported.length === 0 && !origin.test(field)) return [];
    const severe = exported.length > 0 && weighty.test(field);
    return [
      {
        severity: severe ? correctionAfterExport.severityOrigin : correctionAfterExport.severity,
        lots: exported.length > 0 ? exported : lots,
        events: [targetId, event.id],
        measured: field,
        threshold: exported.length > 0 ? 'no correction after export' : 'no change of origin',
        detail: `${event.iss} corrected ${field} of an earlier event${exported.length > 0 ? ' after a lot of it had been exported' : ''}: ${event.payload.reason}`,
      },
    ];
  }),
};
