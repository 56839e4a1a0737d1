import { kilograms, milligrams } from '../custody/quantity.js';
import { certificateFacts } from './certificate-facts.js';
import { judgesEach } from './each-event.js';
import { measureBefore, remeasured } from './lot-history.js';
import type { Rule } from './rule.js';

const MILLION = 1_000_000n;

const percent = (part: bigint, whole: bigint): string => `${(Number((part * 100_000n) / whole) / 1_000).toFixed(2)} %`;

export const certificateMassDiffers: Rule = {
  id: 'certificate-mass-differs',
  version: 1,
  group: 'tags',
  title: 'More or less than the certificate says',
  means: 'The mass that was exported is not the one that the certificate was issued for.',
  doesNotMean: 'That either is false: one may be dry and the other wet.',
  describe: ({ certificateMassDiffers: { severity, tolerance } }) =>
    `Exported mass against the mass of the certificate, more than ${tolerance / 1e4} % apart: ${severity}.`,
  standard: 'ICGLR Regional Certification Mechanism, ICGLR certificate (weight)',
  scope: ['chains', 'about'],
  ...judgesEach(['lot.exported'], ({ index, event }, facts, { certificateMassDiffers: { severity, tolerance } }) => {
    const serial = event.payload.certificate;
    const issued = serial === undefined ? null : certificateFacts(serial, facts).issued;
    if (serial === undefined || issued === null) return [];
    const masses = event.payload.lots.map(({ lot, mass }) => {
      const before = measureBefore(facts.chains.get(lot) ?? [], lot, index);
      return remeasured(before, { mass })?.mass ?? null;
    });
    if (!masses.every((mass) => mass !== null)) return [];
    const exported = masses.reduce((sum, mass) => sum + mass, 0n);
    const certified = milligrams(issued.event.payload.mass);
    const difference = exported > certified ? exported - certified : certified - exported;
    if (difference * MILLION <= certified * BigInt(tolerance)) return [];
    return [
      {
        severity,
        events: [event.id, issued.event.id],
        measured: `${kilograms(exported).value} KGM`,
        threshold: `${kilograms(certified).value} KGM`,
        detail: `Certificate ${serial} is for ${kilograms(certified).value} kg, and ${kilograms(exported).value} kg were exported: ${percent(difference, certified)} apart.`,
      },
    ];
  }),
};
