import { judgesEach } from './each-event.js';
import { actorFacts, siteFacts } from './registry.js';
import type { Rule } from './rule.js';

export const certificateMissing: Rule = {
  id: 'certificate-missing',
  version: 1,
  group: 'tags',
  title: 'Exported without a certificate',
  means: 'Mineral from a country that certifies its exports left without naming a certificate.',
  doesNotMean:
    'That none was issued: it may not have been written down. A certificate that is named and not in the log is not judged by this rule.',
  describe: ({ certificateMissing: { severity, minerals, countries } }) =>
    `\`lot.exported\` of ${minerals.join(', ')} without \`certificate\`, where a site it comes from (or the exporter) lies in ${countries.join(', ')}: ${severity}.`,
  standard: 'ICGLR Regional Certification Mechanism, ICGLR certificate',
  scope: ['chains', 'about'],
  ...judgesEach(['lot.exported'], ({ event }, facts, { certificateMissing: { severity, minerals, countries } }) => {
    if (event.payload.certificate !== undefined) return [];
    const lots = event.payload.lots.flatMap(({ lot }) => {
      const known = facts.lots.get(lot);
      if (known === undefined || !minerals.includes(known.mineral)) return [];
      const origins = known.origins.flatMap(({ site }) => siteFacts(facts, site)?.country ?? []);
      const from = origins.length > 0 ? origins : [actorFacts(facts, event.iss)?.country ?? ''];
      return from.some((country) => countries.includes(country)) ? [{ lot, from }] : [];
    });
    const [first] = lots;
    if (first === undefined) return [];
    return [
      {
        severity,
        lots: lots.map(({ lot }) => lot),
        measured: 'none',
        threshold: 'a certificate',
        detail: `${event.iss} exported mineral from ${[...new Set(first.from)].join(', ')} and named no certificate.`,
      },
    ];
  }),
};
