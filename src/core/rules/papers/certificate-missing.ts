import * as z from 'zod';
import { byRegistry } from '../engine/evidence.js';
import { certificateFacts } from './certificate-facts.js';
import { dayOf } from '../engine/day.js';
import { judgesEach } from '../engine/each-event.js';
import { type Facts, type JudgedOf, isType } from '../engine/facts.js';
import { actorFacts, siteBelow } from '../engine/registry.js';
import type { Rule, ValuesOf } from '../engine/rule.js';
import { lotSubject } from '../engine/subjects.js';
import * as parameter from '../engine/parameter.js';

const schema = {
  certificateMissing: z.strictObject({
    severity: parameter.severity.default('high'),
    minerals: parameter.codes
      .default(['cassiterite', 'coltan', 'wolframite', 'gold'])
      .describe('Minerals whose exports need a regional certificate'),
    countries: parameter.codes
      .default(['AO', 'BI', 'CD', 'CF', 'CG', 'KE', 'RW', 'SD', 'SS', 'TZ', 'UG', 'ZM'])
      .describe('Countries of origin whose exports need one, by ISO 3166 code: the member states of the ICGLR'),
  }),
};
type Parameters = ValuesOf<typeof schema>;

type Export = JudgedOf<'lot.exported'>;

/** Returns whether a certificate in force on the day of the export names the lot, but the export does not cite it. */
const isCertified = (lot: string, { event }: Export, { about }: Facts): boolean =>
  (about.get(lotSubject(lot)) ?? []).some((entry) => {
    if (!isType(entry, 'certificate.issued')) return false;
    const { issuedOn, expiresOn } = entry.event.payload;
    return issuedOn <= dayOf(event) && dayOf(event) <= expiresOn;
  });

/**
 * Returns whether the cited certificate may belong to the export: it is not in the log, or it is for one of the lots or
 * their ancestors, or its lots left with another export, which is certificate-reused.
 */
function mayCover(serial: string, entry: Export, facts: Facts): boolean {
  const { issued, exports } = certificateFacts(serial, facts);
  if (issued === null) return true;
  const certified = new Set(issued.event.payload.lots);
  return [entry, ...exports].some(({ event }) =>
    event.payload.lots.some(({ lot }) => [lot, ...(facts.upstream.get(lot) ?? [])].some((one) => certified.has(one))),
  );
}

export const certificateMissing: Rule<typeof schema> = {
  id: 'certificate-missing',
  version: 2,
  group: 'tags',
  title: 'Exported without a certificate',
  means:
    'Mineral from a country that certifies its exports left without a certificate: none is named and none in force names the lot, or the one that is named was issued for other lots.',
  doesNotMean:
    'That none was issued: it may not have been written down. A certificate that is named and not in the log is not judged by this rule.',
  causes: {
    innocent: 'the serial was not entered',
    bad: 'the goods left without the consent of the country',
  },
  advice:
    'Ask the exporter for the certificate, and the authority of the country of origin whether it issued one. It closes when the exporter adds the serial to its `lot.exported` by `event.corrected`; where none was issued, do not accept the shipment before the authority has decided.',
  parameters: schema,
  describe: ({ certificateMissing: { severity, minerals, countries } }) =>
    `\`lot.exported\` of ${minerals.join(', ')} without \`certificate\` of which no \`certificate.issued\` in force names the lot, or with one that names none of its lots nor what they were made of, where a site it comes from (or the exporter) lies in ${countries.join(', ')}: ${severity}.`,
  standard: 'ICGLR Regional Certification Mechanism, ICGLR certificate',
  evidence: byRegistry,
  scope: ['chains', 'about', 'upstream'],
  ...judgesEach(
    ['lot.exported'],
    (entry, facts, { certificateMissing: { severity, minerals, countries } }: Parameters) => {
      const { iss, payload } = entry.event;
      if (payload.certificate !== undefined && mayCover(payload.certificate, entry, facts)) return [];
      const lots = payload.lots.flatMap(({ lot }) => {
        const known = facts.lots.get(lot);
        if (known === undefined || !minerals.includes(known.mineral) || isCertified(lot, entry, facts)) return [];
        const origins = known.origins.flatMap(({ site }) => siteBelow(facts, site, entry.index)?.country ?? []);
        const from = origins.length > 0 ? origins : [actorFacts(facts, iss)?.country ?? ''];
        return from.some((country) => countries.includes(country)) ? [{ lot, from }] : [];
      });
      const [first] = lots;
      if (first === undefined) return [];
      const named =
        payload.certificate === undefined ? 'no certificate' : `${payload.certificate}, which is for other lots`;
      return [
        {
          severity,
          lots: lots.map(({ lot }) => lot),
          measured: payload.certificate ?? 'none',
          threshold: 'a certificate',
          detail: `${iss} exported mineral from ${[...new Set(first.from)].join(', ')} and named ${named}.`,
        },
      ];
    },
  ),
};
