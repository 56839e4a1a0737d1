import { byMeasurement } from '../engine/evidence.js';
import { judgesEach } from '../engine/each-event.js';
import { isType } from '../engine/facts.js';
import type { Rule, ValuesOf } from '../engine/rule.js';
import { lotSubject } from '../engine/subjects.js';
import * as parameter from '../engine/parameter.js';

const schema = { originImplausible: parameter.severityOnly('critical') };
type Parameters = ValuesOf<typeof schema>;

export const originImplausible: Rule<typeof schema> = {
  id: 'origin-implausible',
  version: 1,
  group: 'origin',
  title: 'The fingerprint does not fit the site',
  means:
    'A laboratory compared a sample of the lot with samples of the sites of its declared origin, and found it not plausible.',
  doesNotMean:
    'Where it comes from instead; and a mixed lot is hard to compare. A later test by the same laboratory replaces this one.',
  causes: {
    innocent: 'a mixed lot, or a poor sample',
    bad: 'the ore is of another place',
  },
  advice:
    'Stop the lot, ask the laboratory how sure it is, and have a second sample taken in front of a witness. A later `origin.tested` by the same laboratory replaces this one and closes it if it finds the origin plausible; otherwise the authority decides.',
  parameters: schema,
  describe: ({ originImplausible: { severity } }) =>
    `\`origin.tested\` with result *notPlausible*, unless the same laboratory has tested the lot again since: ${severity}.`,
  standard: 'BGR Analytical Fingerprint (AFP); ICGLR Regional Certification Mechanism',
  evidence: byMeasurement,
  scope: ['about'],
  ...judgesEach(['origin.tested'], ({ index, event }, facts, { originImplausible: { severity } }: Parameters) => {
    const { lot, result, sites } = event.payload;
    const later = (facts.about.get(lotSubject(lot)) ?? []).some(
      (entry) => isType(entry, 'origin.tested') && entry.event.iss === event.iss && entry.index > index,
    );
    if (result === 'plausible' || later) return [];
    return [
      {
        severity,
        subject: lot,
        cause: event.iss,
        lots: [lot],
        measured: 'not plausible',
        threshold: 'plausible',
        detail: `${event.iss} compared the lot with samples of ${sites.join(', ')}: it is not plausible that it comes from there.`,
      },
    ];
  }),
  // The lot is the subject, so that a later test closes the finding of an earlier one.
  subjects: ({ entries }) =>
    entries.flatMap((entry) => (isType(entry, 'origin.tested') ? [entry.event.payload.lot] : [])),
};
