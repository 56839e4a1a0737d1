import { dayText, judgesEach } from './each-event.js';
import { siteFacts } from './registry.js';
import type { Rule } from './rule.js';
import { siteSubject } from './subjects.js';

export const licenceInvalid: Rule = {
  id: 'licence-invalid',
  version: 1,
  group: 'origin',
  title: 'The licence of the site does not cover this',
  means:
    "On the day of the declaration the site's licence had not begun or had ended, does not name the mineral, or belongs to another than the operator.",
  doesNotMean:
    'That digging was forbidden: a renewal may be logged late, and closes the finding. Sites without a licence in the registry are not judged.',
  describe: ({ licenceInvalid: { severity } }) =>
    `The newest licence of the site against date, mineral and operator of the declaration: ${severity}.`,
  standard: 'ICGLR Regional Certification Mechanism, legality of mine sites (MDC.04)',
  scope: ['about'],
  ...judgesEach(['lot.declared'], ({ event }, facts, { licenceInvalid: { severity } }) => {
    const site = siteFacts(facts, event.place?.site ?? '');
    const licence = site?.licence;
    if (site === null || licence === undefined) return [];
    const day = dayText(event.occurredAtMs);
    const { from, to, holder, minerals } = licence;
    const declared = [...new Set(event.payload.outputs.map(({ mineral }) => mineral))];
    const told = (cause: string, measured: string, threshold: string, detail: string) => [
      {
        severity,
        cause,
        root: siteSubject(site.id),
        measured,
        threshold,
        detail: `The licence of site ${site.id} ${detail}`,
      },
    ];
    if (to !== undefined && day > to) return told('dates', day, to, `ended on ${to}; the lot was declared on ${day}.`);
    if (from !== undefined && day < from)
      return told('dates', day, from, `began on ${from}; the lot was declared on ${day}.`);
    const outside = minerals === undefined ? [] : declared.filter((mineral) => !minerals.includes(mineral));
    if (outside.length > 0 && outside.every((mineral) => site.minerals.includes(mineral)))
      return told('mineral', outside.join(', '), minerals?.join(', ') ?? '', `does not name ${outside.join(', ')}.`);
    if (holder !== undefined && holder !== site.operator)
      return told('holder', site.operator, holder, `belongs to ${holder}, and ${site.operator} operates the site.`);
    return [];
  }),
};
