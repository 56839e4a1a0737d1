import { kilograms, milligrams } from '../custody/quantity.js';
import { certificateFacts, isOneShipment } from './certificate-facts.js';
import { judgesEach, lotsOf } from './each-event.js';
import type { Facts, JudgedOf } from './facts.js';
import { measureBefore, remeasured } from './lot-history.js';
import type { Rule } from './rule.js';

const MILLION = 1_000_000n;

const percent = (part: bigint, whole: bigint): string => `${(Number((part * 100_000n) / whole) / 1_000).toFixed(2)} %`;

/** Mass of all lots of a shipment, each as it was last told; null where that of one is not known. */
function massOf(shipment: readonly JudgedOf<'lot.exported'>[], { chains }: Facts): bigint | null {
  const masses = new Map<string, bigint | null>();
  for (const { index, event } of shipment)
    for (const { lot, mass } of event.payload.lots)
      masses.set(lot, remeasured(measureBefore(chains.get(lot) ?? [], lot, index), { mass })?.mass ?? null);
  const known = [...masses.values()].filter((mass) => mass !== null);
  return known.length < masses.size ? null : known.reduce((sum, mass) => sum + mass, 0n);
}

export const certificateMassDiffers: Rule = {
  id: 'certificate-mass-differs',
  version: 2,
  group: 'tags',
  title: 'More or less than the certificate says',
  means: 'The mass that was exported in one shipment is not the one that the certificate was issued for.',
  doesNotMean: 'That either is false: one may be dry and the other wet.',
  describe: ({ certificateMassDiffers: { severity, tolerance } }) =>
    `Mass of a shipment, in however many exports of one container it is told, against the mass of the certificate, more than ${tolerance / 1e4} % apart: ${severity}.`,
  standard: 'ICGLR Regional Certification Mechanism, ICGLR certificate (weight)',
  scope: ['chains', 'about'],
  ...judgesEach(
    ['lot.exported'],
    ({ index, event, recordedAt }, facts, { certificateMassDiffers: { severity, tolerance } }) => {
      const serial = event.payload.certificate;
      if (serial === undefined) return [];
      const { issued, exports } = certificateFacts(serial, facts);
      const shipment = exports.filter((one) => one.index === index || isOneShipment(one, { index, event, recordedAt }));
      // The last export of a shipment speaks for the whole.
      if (issued === null || shipment.at(-1)?.index !== index) return [];
      const exported = massOf(shipment, facts);
      if (exported === null) return [];
      const certified = milligrams(issued.event.payload.mass);
      const difference = exported > certified ? exported - certified : certified - exported;
      if (difference * MILLION <= certified * BigInt(tolerance)) return [];
      return [
        {
          severity,
          lots: [...new Set(shipment.flatMap(lotsOf))],
          events: [...shipment.map((one) => one.event.id), issued.event.id],
          measured: `${kilograms(exported).value} KGM`,
          threshold: `${kilograms(certified).value} KGM`,
          detail: `Certificate ${serial} is for ${kilograms(certified).value} kg, and ${kilograms(exported).value} kg were exported: ${percent(difference, certified)} apart.`,
        },
      ];
    },
  ),
};
