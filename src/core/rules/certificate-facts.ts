import { type Facts, type JudgedOf, isType } from './facts.js';
import { certificateSubject } from './subjects.js';

/** What the log says about one certificate. */
export interface CertificateFacts {
  issued: JudgedOf<'certificate.issued'> | null;
  revoked: JudgedOf<'certificate.revoked'> | null;
  /** In the order of the log. */
  exports: readonly JudgedOf<'lot.exported'>[];
}

export function certificateFacts(serial: string, { about }: Facts): CertificateFacts {
  const entries = about.get(certificateSubject(serial)) ?? [];
  return {
    issued: entries.find((entry) => isType(entry, 'certificate.issued')) ?? null,
    revoked: entries.find((entry) => isType(entry, 'certificate.revoked')) ?? null,
    exports: entries.filter((entry) => isType(entry, 'lot.exported')),
  };
}
