import { certificateFacts, isOneShipment } from './certificate-facts.js';
import { isType } from './facts.js';
import type { Facts, JudgedOf } from './facts.js';
import type { Observation, Rule } from './rule.js';

type Export = JudgedOf<'lot.exported'>;

const lotsOf = ({ event }: Export): string[] => event.payload.lots.map(({ lot }) => lot);

/** Returns one export for each shipment under one certificate. */
function shipments(exports: readonly Export[]): Export[] {
  const distinct: Export[] = [];
  for (const shipped of exports) if (!distinct.some((other) => isOneShipment(other, shipped))) distinct.push(shipped);
  return distinct;
}

/** Serials of certificates that the entries cite or issue. */
const serialsOf = ({ entries }: Facts): string[] => [
  ...new Set(
    entries.flatMap((entry) => (isType(entry, 'lot.exported') ? (entry.event.payload.certificate ?? []) : [])),
  ),
];

function observe(serial: string, facts: Facts, severity: Observation['severity']): Observation[] {
  const shipped = shipments(certificateFacts(serial, facts).exports);
  const [, second] = shipped;
  if (second === undefined) return [];
  const containers = shipped.flatMap(({ event }) => event.payload.container ?? []);
  return [
    {
      severity,
      subject: serial,
      cause: 'several-exports',
      lots: [...new Set(shipped.flatMap(lotsOf))],
      events: shipped.map(({ event }) => event.id),
      measured: `${shipped.length} exports`,
      threshold: '1 export',
      detail: `Certificate ${serial} went with ${shipped.length} exports${containers.length > 1 ? ` (containers ${containers.join(', ')})` : ''}.`,
      firstIndex: second.index,
    },
  ];
}

export const certificateReused: Rule = {
  id: 'certificate-reused',
  version: 2,
  group: 'tags',
  title: 'One certificate for two shipments',
  means:
    'The serial of one certificate is named by exports in different containers, or of different lots in none that is named.',
  doesNotMean: 'Which of the shipments it was made out for.',
  describe: ({ certificateReused: { severity } }) =>
    `More than one \`lot.exported\` with the serial, in another container, or of other lots where none is named: ${severity}.`,
  standard: 'ICGLR Regional Certification Mechanism (one certificate a shipment)',
  scope: ['about'],
  subjects: serialsOf,
  evaluate: (facts, { certificateReused: { severity } }) =>
    serialsOf(facts).flatMap((serial) => observe(serial, facts, severity)),
};
