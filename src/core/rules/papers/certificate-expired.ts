import * as z from 'zod';
import { byRegistry } from '../engine/evidence.js';
import { dateMs } from '../../event/primitives.js';
import { certificateFacts } from './certificate-facts.js';
import { dayOf } from '../engine/day.js';
import { type EventObservation, judgesEach } from '../engine/each-event.js';
import { type Facts, type JudgedEvent, type JudgedOf, isType } from '../engine/facts.js';
import type { Rule, ValuesOf } from '../engine/rule.js';
import { certificateSubject, lotSubject } from '../engine/subjects.js';
import * as parameter from '../engine/parameter.js';
import type { certificateMissing } from './certificate-missing.js';

const schema = {
  certificateExpired: z.strictObject({
    severity: parameter.severity.default('high'),
    severityRevokedLater: parameter.severity.default('medium').describe('If it was revoked after the export'),
    maximumDays: parameter.days.default(90).describe('Days for which a certificate is valid at most'),
  }),
};
type Parameters = ValuesOf<typeof schema & typeof certificateMissing.parameters>;

const DAY = 86_400_000;

/** Returns whether a certificate that was issued later names every lot of an export. */
const isReplaced = ({ event }: JudgedOf<'lot.exported'>, issued: JudgedEvent, facts: Facts): boolean =>
  event.payload.lots.every(({ lot }) =>
    (facts.about.get(lotSubject(lot)) ?? []).some(
      (entry) => isType(entry, 'certificate.issued') && entry.index > issued.index,
    ),
  );

export const certificateExpired: Rule<typeof schema, Parameters> = {
  id: 'certificate-expired',
  version: 3,
  group: 'tags',
  title: 'The certificate was not valid at export',
  means:
    'On the day of the export the certificate had expired, had not been issued, or had been revoked; or it was revoked later; or it was made out for longer than a certificate may last.',
  doesNotMean:
    "Anything about the goods' arrival: a ship takes weeks, and imports are not judged. A certificate with a mistake is revoked and replaced.",
  causes: {
    innocent: 'a wrong serial or date, or an export that was delayed',
    bad: 'an old certificate was used for other goods',
  },
  advice:
    'Ask the exporter which certificate travelled with the goods, and the issuing authority whether this one was valid on the day of the export. A wrong serial or date of the export, or the serial of a certificate that replaces a revoked one, is corrected by `event.corrected`, which closes it; otherwise the authority decides, by `finding.answered`.',
  parameters: schema,
  describe: ({
    certificateExpired: { severity, severityRevokedLater, maximumDays },
    certificateMissing: { countries },
  }) =>
    `Day of the export outside \`issuedOn\` to \`expiresOn\` (both included), or after a revocation; or more than ${maximumDays} days between the two, for mineral of ${countries.join(', ')}: ${severity}. Revoked after the export, and no later certificate names the lots: ${severityRevokedLater}.`,
  standard: 'ICGLR Regional Certification Mechanism (certificates are valid for 90 days)',
  evidence: byRegistry,
  scope: ['about'],
  ...judgesEach(['lot.exported'], (entry, facts, parameters: Parameters) => {
    const { event } = entry;
    const { severity: usual, severityRevokedLater, maximumDays } = parameters.certificateExpired;
    const serial = event.payload.certificate;
    if (serial === undefined) return [];
    const { issued, revoked } = certificateFacts(serial, facts);
    const day = dayOf(event);
    const told = (
      cause: string,
      by: JudgedEvent,
      measured: string,
      threshold: string,
      detail: string,
      severity = usual,
    ): EventObservation[] => [
      {
        severity,
        cause,
        root: certificateSubject(serial),
        events: [event.id, by.event.id],
        measured,
        threshold,
        detail: `Certificate ${serial} ${detail}`,
      },
    ];
    if (revoked !== null && revoked.event.occurredAtMs <= event.occurredAtMs)
      return told('revoked', revoked, day, dayOf(revoked.event), `was revoked before the export of ${day}.`);
    if (issued === null) return [];
    const { issuedOn, expiresOn, originCountries } = issued.event.payload;
    if (day > expiresOn)
      return told('expired', issued, day, expiresOn, `expired on ${expiresOn}; the export was on ${day}.`);
    if (day < issuedOn)
      return told('early', issued, day, issuedOn, `was issued on ${issuedOn}, after the export of ${day}.`);
    const days = ((dateMs(expiresOn) ?? 0) - (dateMs(issuedOn) ?? 0)) / DAY;
    const isRegional = originCountries.some((country) => parameters.certificateMissing.countries.includes(country));
    if (isRegional && days > maximumDays)
      return told('too-long', issued, `${days} days`, `${maximumDays} days`, `was made out for ${days} days.`);
    if (revoked === null || isReplaced(entry, issued, facts)) return [];
    return told(
      'revoked-later',
      revoked,
      dayOf(revoked.event),
      'not revoked',
      `was revoked on ${dayOf(revoked.event)}, after the export of ${day}: ${revoked.event.payload.reason}. Likeliest: it had a mistake and was replaced; at worst it was obtained by false statements. The authority that revoked it can tell.`,
      severityRevokedLater,
    );
  }),
};
