import { byContradiction } from '../engine/evidence.js';
import { certificateFacts, exportUse, isOneShipment } from './certificate-facts.js';
import { type Facts, type JudgedOf, isType } from '../engine/facts.js';
import { isForeign } from '../engine/contested.js';
import type { Observation, Rule } from '../engine/rule.js';
import * as parameter from '../engine/parameter.js';

const schema = { certificateReused: parameter.severityOnly('critical') };

type Export = JudgedOf<'lot.exported'>;

const lotsOf = ({ event }: Export): string[] => event.payload.lots.map(({ lot }) => lot);

/** Returns one export for each shipment under one certificate. */
function shipments(exports: readonly Export[], facts: Facts): Export[] {
  const distinct: Export[] = [];
  for (const shipped of exports)
    if (!distinct.some((other) => isOneShipment(other, shipped, facts))) distinct.push(shipped);
  return distinct;
}

/** Serials of certificates that the entries cite or issue. */
const serialsOf = ({ entries }: Facts): string[] => [
  ...new Set(
    entries.flatMap((entry) => (isType(entry, 'lot.exported') ? (entry.event.payload.certificate ?? []) : [])),
  ),
];

/**
 * The shipment that a certificate is taken to be for: the only one of the exporter or of a lot that it names; where it is not
 * in the log, or names several or none, the first, if all others are by actors who had no part in its lots. Null: none.
 */
function genuineOf(shipped: readonly Export[], serial: string, facts: Facts): Export | null {
  const issued = certificateFacts(serial, facts).issued?.event.payload;
  const isNamed = (one: Export): boolean =>
    issued !== undefined && (one.event.iss === issued.exporter || lotsOf(one).some((lot) => issued.lots.includes(lot)));
  const named = shipped.filter(isNamed);
  const genuine = named[0] ?? shipped[0];
  if (genuine === undefined || named.length > 1) return null;
  return shipped.every((one) => one === genuine || isForeign(exportUse(one), exportUse(genuine), facts))
    ? genuine
    : null;
}

function observe(serial: string, facts: Facts, severity: Observation['severity']): Observation[] {
  const shipped = shipments(certificateFacts(serial, facts).exports, facts);
  const [, second] = shipped;
  if (second === undefined) return [];
  const genuine = genuineOf(shipped, serial, facts);
  const named = genuine === null ? shipped : shipped.filter((one) => one !== genuine);
  const containers = shipped.flatMap(({ event }) => event.payload.container ?? []);
  return [
    {
      severity,
      subject: serial,
      cause: 'several-exports',
      lots: [...new Set(named.flatMap(lotsOf))],
      events: shipped.map(({ event }) => event.id),
      measured: `${shipped.length} exports`,
      threshold: '1 export',
      detail: `Certificate ${serial} went with ${shipped.length} exports${containers.length > 1 ? ` (containers ${containers.join(', ')})` : ''}.${genuine === null ? '' : ` It is that of ${genuine.event.iss} as far as the ledger can tell.`}`,
      firstIndex: second.index,
    },
  ];
}

export const certificateReused: Rule<typeof schema> = {
  id: 'certificate-reused',
  version: 3,
  group: 'tags',
  title: 'One certificate for two shipments',
  means:
    'The serial of one certificate is named by exports in different containers, or of different lots in none that is named.',
  doesNotMean: 'Which of the shipments it was made out for.',
  causes: {
    innocent: 'a serial that was mistyped',
    bad: 'uncertified goods travel under the certificate of others',
  },
  advice:
    'Ask the issuing authority for which shipment it made the certificate out, and both exporters for theirs. It closes when the export that named it wrongly is corrected by `event.corrected`; until then no shipment of that serial is certified.',
  parameters: schema,
  describe: ({ certificateReused: { severity } }) =>
    `More than one \`lot.exported\` with the serial, in another container, or of other lots where none is named, or by somebody without a part in those lots: ${severity}. The one that the certificate names by its exporter or a lot, else the first, is not counted where the others are by actors who had no part in its lots.`,
  standard: 'ICGLR Regional Certification Mechanism (one certificate a shipment)',
  evidence: byContradiction,
  scope: ['about', 'chains'],
  subjects: serialsOf,
  evaluate: (facts, { certificateReused: { severity } }) =>
    serialsOf(facts).flatMap((serial) => observe(serial, facts, severity)),
};
