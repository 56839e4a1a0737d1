import * as z from 'zod';
import { byRegistry } from '../engine/evidence.js';
import { dateMs } from '../../event/primitives.js';
import { certificateFacts } from './certificate-facts.js';
import { dayOf } from '../engine/day.js';
import { type EventObservation, judgesEach } from '../engine/each-event.js';
import type { JudgedEvent } from '../engine/facts.js';
import type { Rule, ValuesOf } from '../engine/rule.js';
import { certificateSubject } from '../engine/subjects.js';
import * as parameter from '../engine/parameter.js';
import type { certificateMissing } from './certificate-missing.js';

const schema = {
  certificateExpired: z.strictObject({
    severity: parameter.severity.default('high'),
    maximumDays: parameter.days.default(90).describe('Days for which a certificate is valid at most'),
  }),
};
type Parameters = ValuesOf<typeof schema & typeof certificateMissing.parameters>;

const DAY = 86_400_000;

export const certificateExpired: Rule<typeof schema, Parameters> = {
  id: 'certificate-expired',
  version: 2,
  group: 'tags',
  title: 'The certificate was not valid at export',
  means:
    'On the day of the export the certificate had expired, had not been issued, or had been revoked; or it was made out for longer than a certificate may last.',
  doesNotMean: "Anything about the goods' arrival: a ship takes weeks, and imports are not judged.",
  advice:
    'Ask the exporter which certificate travelled with the goods, and the issuing authority whether this one was valid on the day of the export. A wrong serial or date of the export is corrected by `event.corrected`, which closes it; otherwise the authority decides, by `finding.answered`.',
  parameters: schema,
  describe: ({ certificateExpired: { severity, maximumDays }, certificateMissing: { countries } }) =>
    `Day of the export outside \`issuedOn\` to \`expiresOn\` (both included), or after a revocation; or more than ${maximumDays} days between the two, for mineral of ${countries.join(', ')}: ${severity}.`,
  standard: 'ICGLR Regional Certification Mechanism (certificates are valid for 90 days)',
  evidence: byRegistry,
  scope: ['about'],
  ...judgesEach(['lot.exported'], ({ event }, facts, parameters: Parameters) => {
    const { severity, maximumDays } = parameters.certificateExpired;
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
    return isRegional && days > maximumDays
      ? told('too-long', issued, `${days} days`, `${maximumDays} days`, `was made out for ${days} days.`)
      : [];
  }),
};
