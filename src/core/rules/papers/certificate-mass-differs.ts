import * as z from 'zod';
import { byPapers } from '../engine/evidence.js';
import { kilograms, milligrams } from '../../custody/quantity.js';
import { certificateFacts, isOneShipment } from './certificate-facts.js';
import { judgesEach, ofTypes } from '../engine/each-event.js';
import { type Facts, type JudgedOf, lotsOf } from '../engine/facts.js';
import { measureBefore, remeasured } from '../engine/lot-history.js';
import type { Rule, ValuesOf } from '../engine/rule.js';
import * as parameter from '../engine/parameter.js';

const schema = {
  certificateMassDiffers: z.strictObject({
    severity: parameter.severity.default('high'),
    tolerance: parameter.partsPerMillion.default(10_000).describe('Difference of mass allowed, parts per million'),
    graceHours: parameter.hours
      .default(24)
      .describe('Hours for which a shipment may lack lots of its certificate, because loading continues'),
  }),
};
type Parameters = ValuesOf<typeof schema>;

const HOUR = 3_600_000;
const MILLION = 1_000_000n;

const percent = (part: bigint, whole: bigint): string => `${(Number((part * 100_000n) / whole) / 1_000).toFixed(2)} %`;

/** Sums the newest mass of each lot of a shipment; null if one mass is unknown. */
function massOf(shipment: readonly JudgedOf<'lot.exported'>[], { chains }: Facts): bigint | null {
  const masses = new Map<string, bigint | null>();
  for (const { index, event } of shipment)
    for (const { lot, mass } of event.payload.lots)
      masses.set(lot, remeasured(measureBefore(chains.get(lot) ?? [], lot, index), { mass })?.mass ?? null);
  const known = [...masses.values()].filter((mass) => mass !== null);
  return known.length < masses.size ? null : known.reduce((sum, mass) => sum + mass, 0n);
}

interface CertificateMass {
  shipment: Export[];
  issued: JudgedOf<'certificate.issued'>;
  exported: bigint;
  certified: bigint;
}

type Export = JudgedOf<'lot.exported'>;

/** Compares the shipment that ends with this export to its certificate; null if it goes on or a mass is unknown. */
function weigh(entry: Export, facts: Facts): CertificateMass | null {
  const serial = entry.event.payload.certificate;
  if (serial === undefined) return null;
  const { issued, exports } = certificateFacts(serial, facts);
  const shipment = exports.filter((one) => one.index === entry.index || isOneShipment(one, entry, facts));
  // The last export of a shipment is judged for the whole shipment.
  if (issued === null || shipment.at(-1)?.index !== entry.index) return null;
  const exported = massOf(shipment, facts);
  return exported === null ? null : { shipment, issued, exported, certified: milligrams(issued.event.payload.mass) };
}

const loadedBy = ({ event, recordedAt }: Export, { certificateMassDiffers }: Parameters): number =>
  (recordedAt ?? event.occurredAtMs) + certificateMassDiffers.graceHours * HOUR;

/** Returns whether a shipment is lighter than its certificate, and lots on the certificate are not exported yet. */
function lacksLots({ shipment, issued, exported, certified }: CertificateMass): boolean {
  const loaded = new Set(shipment.flatMap(lotsOf));
  return exported < certified && issued.event.payload.lots.some((lot) => !loaded.has(lot));
}

export const certificateMassDiffers: Rule<typeof schema> = {
  id: 'certificate-mass-differs',
  version: 4,
  group: 'tags',
  title: 'More or less than the certificate says',
  means: 'The mass that was exported in one shipment is not the one that the certificate was issued for.',
  doesNotMean: 'That either is false: one may be dry and the other wet.',
  causes: {
    innocent: 'one mass is dry and the other wet',
    bad: 'goods were added or taken after certification',
  },
  advice:
    'Compare the weighing slip of the export with the certificate, and ask whether either mass is dry and the other wet. A mistyped mass of the export is corrected by `event.corrected`, which closes it; a certificate made out wrongly is revoked and replaced by the authority, and the exporter names the new serial.',
  parameters: schema,
  describe: ({ certificateMassDiffers: { severity, tolerance, graceHours } }) =>
    `Mass of a shipment, in however many exports of one container it is told by those who had to do with it, against the mass of the certificate, more than ${tolerance / 1e4} % apart: ${severity}. A lighter shipment that lacks lots of the certificate is judged ${graceHours} h after its last export, by the log's time.`,
  standard: 'ICGLR Regional Certification Mechanism, ICGLR certificate (weight)',
  evidence: byPapers,
  scope: ['chains', 'about'],
  ...judgesEach(['lot.exported'], (entry, facts, parameters: Parameters) => {
    const { severity, tolerance } = parameters.certificateMassDiffers;
    const weighed = weigh(entry, facts);
    if (weighed === null) return [];
    const { shipment, issued, exported, certified } = weighed;
    const difference = exported > certified ? exported - certified : certified - exported;
    if (difference * MILLION <= certified * BigInt(tolerance)) return [];
    if (lacksLots(weighed) && (facts.now === null || facts.now < loadedBy(entry, parameters))) return [];
    const { serial } = issued.event.payload;
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
  }),
  deadlines: (facts, parameters) =>
    ofTypes(facts.entries, ['lot.exported']).flatMap((entry) => {
      const weighed = weigh(entry, facts);
      if (weighed === null || !lacksLots(weighed)) return [];
      return [{ index: entry.index, subject: entry.event.id, at: loadedBy(entry, parameters) }];
    }),
};
