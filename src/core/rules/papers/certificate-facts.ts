import { type NumberUse, isForeign } from '../engine/contested.js';
import { type Facts, type JudgedOf, isType } from '../engine/facts.js';
import { certificateSubject } from '../engine/subjects.js';

/** The state of one certificate, by the log. */
export interface CertificateFacts {
  issued: JudgedOf<'certificate.issued'> | null;
  revoked: JudgedOf<'certificate.revoked'> | null;
  /** In the order of the log. */
  exports: readonly JudgedOf<'lot.exported'>[];
}

type Export = JudgedOf<'lot.exported'>;

const lotsOf = ({ event }: Export): string[] => event.payload.lots.map(({ lot }) => lot);

export const exportUse = (one: Export): NumberUse => ({
  lots: lotsOf(one),
  signer: one.event.iss,
  index: one.index,
});

/**
 * Returns whether two exports under one certificate are one shipment: logged again, or lot by lot during loading. Any exporter
 * can name a container, so the signer of the later export must have a part in the lots of the earlier one.
 */
export function isOneShipment(one: Export, other: Export, facts: Facts): boolean {
  const { container } = one.event.payload;
  if (container !== other.event.payload.container) return false;
  if (lotsOf(one).some((lot) => lotsOf(other).includes(lot))) return true;
  const [first, later] = one.index < other.index ? [one, other] : [other, one];
  return container !== undefined && !isForeign(exportUse(later), exportUse(first), facts);
}

export function certificateFacts(serial: string, { about }: Facts): CertificateFacts {
  const entries = about.get(certificateSubject(serial)) ?? [];
  return {
    issued: entries.find((entry) => isType(entry, 'certificate.issued')) ?? null,
    revoked: entries.find((entry) => isType(entry, 'certificate.revoked')) ?? null,
    exports: entries.filter((entry) => isType(entry, 'lot.exported')),
  };
}
