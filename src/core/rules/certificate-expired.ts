import { certificateFacts } from './certificate-facts.js';
import { dayText, judgesEach } from './each-event.js';
import type { Rule } from './rule.js';
import { certificateSubject } from './subjects.js';

export const certificateExpired: Rule = {
  id: 'certificate-expired',
  version: 1,
  group: 'tags',
  title: 'The certificate was not valid at export',
  means: 'On the day of the export the certificate had expired, had not been issued, or had been revoked.',
  doesNotMean: "Anything about the goods' arrival: a ship takes weeks, and imports are not judged.",
  describe: ({ certificateExpired: { severity } }) =>
    `Day of the export outside \`issuedOn\` to \`expiresOn\` (both included), or after a revocation: ${severity}.`,
  standard: 'ICGLR Regional Certification Mechanism (certificates are valid for 90 days)',
  scope: ['about'],
  ...judgesEach(['lot.exported'], ({ event }, facts, { certificateExpired: { severity } }) => {
    const serial = event.payload.certificate;
    if (serial === undefined) return [];
    const { issued, revoked } = certificateFacts(serial, facts);
    const day = dayText(event.occurredAtMs);
    const told = (cause: string, threshold: string, by: string, detail: string) => [
      {
        severity,
        cause,
        root: certificateSubject(serial),
        events: [event.id, by],
        measured: day,
        threshold,
        detail: `Certificate ${serial} ${detail}`,
      },
    ];
    if (revoked !== null && revoked.event.occurredAtMs <= event.occurredAtMs)
      return told(
        'revoked',
        revoked.event.occurredAt.slice(0, 10),
        revoked.event.id,
        `was revoked before the export of ${day}.`,
      );
    if (issued === null) return [];
    const { issuedOn, expiresOn } = issued.event.payload;
    if (day > expiresOn)
      return told('expired', expiresOn, issued.event.id, `expired on ${expiresOn}; the export was on ${day}.`);
    if (day < issuedOn)
      return told('early', issuedOn, issued.event.id, `was issued on ${issuedOn}, after the export of ${day}.`);
    return [];
  }),
};
