import { dayOf } from './day.js';
import { judgesEach } from './each-event.js';
import { type Licence, type SiteFacts, siteAt, siteFacts } from './registry.js';
import type { Rule } from './rule.js';
import { siteSubject } from './subjects.js';

interface Flaw {
  cause: 'dates' | 'mineral' | 'holder';
  measured: string;
  threshold: string;
  detail: string;
}

/** Why a licence does not cover minerals that were declared at its site on a day; null where it does. */
function flawOf(
  { from, to, holder, minerals }: Licence,
  site: SiteFacts,
  day: string,
  declared: SiteFacts['minerals'],
): Flaw | null {
  const flaw = (cause: Flaw['cause'], measured: string, threshold: string, detail: string): Flaw => ({
    cause,
    measured,
    threshold,
    detail,
  });
  if (to !== undefined && day > to) return flaw('dates', day, to, `ended on ${to}; the lot was declared on ${day}.`);
  if (from !== undefined && day < from)
    return flaw('dates', day, from, `began on ${from}; the lot was declared on ${day}.`);
  const outside = minerals === undefined ? [] : declared.filter((mineral) => !minerals.includes(mineral));
  if (outside.length > 0 && outside.every((mineral) => site.minerals.includes(mineral)))
    return flaw('mineral', outside.join(', '), minerals?.join(', ') ?? '', `does not name ${outside.join(', ')}.`);
  if (holder !== undefined && holder !== site.operator)
    return flaw('holder', site.operator, holder, `belongs to ${holder}, and ${site.operator} operates the site.`);
  return null;
}

export const licenceInvalid: Rule = {
  id: 'licence-invalid',
  version: 2,
  group: 'origin',
  title: 'The licence of the site does not cover this',
  means:
    'On the day of the declaration no licence of the site was in force that names the mineral and belongs to who operated it.',
  doesNotMean:
    'That digging was forbidden: a renewal may be logged late, and closes the finding. Sites without a licence in the registry are not judged.',
  describe: ({ licenceInvalid: { severity } }) =>
    `No licence that the registry has for the site covers day, mineral and operator of the declaration: ${severity}.`,
  standard: 'ICGLR Regional Certification Mechanism, legality of mine sites (MDC.04)',
  scope: ['about'],
  ...judgesEach(['lot.declared'], ({ event }, facts, { licenceInvalid: { severity } }) => {
    const site = siteAt(facts, event.place?.site ?? '', event.occurredAtMs);
    if (site === null) return [];
    const declared = [...new Set(event.payload.outputs.map(({ mineral }) => mineral))];
    const licences = siteFacts(facts, site.id)?.licences ?? [];
    const flaws = licences.map((licence) => flawOf(licence, site, dayOf(event), declared));
    const newest = flaws.at(-1);
    if (newest === undefined || newest === null || flaws.includes(null)) return [];
    const { detail, ...flaw } = newest;
    return [{ severity, root: siteSubject(site.id), ...flaw, detail: `The licence of site ${site.id} ${detail}` }];
  }),
};
