import { byRegistry } from '../engine/evidence.js';
import { judgesEach } from '../engine/each-event.js';
import { type Facts, type JudgedEvent, isType, lotsOf } from '../engine/facts.js';
import { type Statement, countsFor } from '../engine/parties.js';
import type { Rule } from '../engine/rule.js';
import { actorSubject, eventSubject } from '../engine/subjects.js';
import * as parameter from '../engine/parameter.js';

const schema = { strangerClaim: parameter.severityOnly('low') };

const isClosed = ({ event }: JudgedEvent, { about }: Facts): boolean =>
  (about.get(eventSubject(event.id)) ?? []).findLast((entry) => isType(entry, 'incident.updated'))?.event.payload
    .status === 'closed';

const whatOf = (entry: Statement): string =>
  isType(entry, 'incident.reported')
    ? `reported an incident (${entry.event.payload.category}) on`
    : isType(entry, 'payment.recorded')
      ? `recorded a payment for`
      : `recorded a checkpoint of`;

export const strangerClaim: Rule<typeof schema> = {
  id: 'stranger-claim',
  version: 2,
  group: 'actors',
  weighs: 'nothing',
  title: 'Somebody without a part in a lot has said something of it',
  means:
    'An incident, a payment or a checkpoint names a lot that its signer never held, sent, carried or was to receive, and no official has taken it up.',
  doesNotMean:
    'That it is false: every actor may report what it sees. It is about the signer and counts in no verdict until an authority or a registrar takes it up.',
  causes: {
    innocent: 'a witness who reports what was seen',
    bad: 'somebody tries to spoil the name of a lot',
  },
  advice:
    'Ask the signer what it saw, and the holder of the lot whether it knows the signer. An authority or a registrar that takes an incident up logs an `incident.updated`, from which it counts for the lot; one that is baseless is closed by `incident.updated`, or by `finding.answered`.',
  notice: 'claim',
  parameters: schema,
  describe: ({ strangerClaim: { severity } }) =>
    `\`incident.reported\` that is open, \`payment.recorded\` or \`transit.checked\` on a lot, by an actor who has no part in it (has not held it or signed on its chain, is not named there as receiver or carrier, operates no site that it comes from) and is no authority, registrar, auditor or assayer: ${severity}.`,
  standard: 'OECD Due Diligence Guidance, step 2 (whistleblowing and grievances)',
  evidence: byRegistry,
  scope: ['chains', 'about'],
  ...judgesEach(
    ['incident.reported', 'payment.recorded', 'transit.checked'],
    (entry, facts, { strangerClaim: { severity } }) => {
      if (isType(entry, 'incident.reported') && isClosed(entry, facts)) return [];
      const lots = lotsOf(entry).filter((lot) => !countsFor(entry, lot, facts));
      if (lots.length === 0) return [];
      return [
        {
          severity,
          root: actorSubject(entry.event.iss),
          lots,
          measured: 'no part in the lot',
          threshold: 'a part in the lot',
          detail: `${entry.event.iss} ${whatOf(entry)} ${lots.length === 1 ? 'a lot' : `${lots.length} lots`} in which it has no part.`,
        },
      ];
    },
  ),
};
