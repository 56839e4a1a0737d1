import * as z from 'zod';
import { byRegistry } from '../engine/evidence.js';
import { countOf } from '../../words.js';
import type { Facts, JudgedOf } from '../engine/facts.js';
import { isHead, rejectedLots, rejectionsToJudge } from '../engine/judged-with.js';
import type { Rule, ValuesOf } from '../engine/rule.js';
import * as parameter from '../engine/parameter.js';

const schema = {
  handoverRejectedUnresolved: z.strictObject({
    severity: parameter.severity.default('high'),
    severityEarly: parameter.severity.default('low'),
    graceHours: parameter.hours
      .default(24)
      .describe('Hours with `severityEarly` after the rejection: goods are unloaded first'),
  }),
};
type Parameters = ValuesOf<typeof schema>;

const HOUR = 3_600_000;

type Receipt = JudgedOf<'custody.received'>;

/** Returns the time, ms, from which a rejection without a later event has its full severity. */
const rejectionDue = ({ event, recordedAt }: Receipt, { handoverRejectedUnresolved }: Parameters): number =>
  (recordedAt ?? event.occurredAtMs) + handoverRejectedUnresolved.graceHours * HOUR;

/** Lists the rejected lots of a receipt of which it is still the newest event. */
const unresolved = (receipt: Receipt, facts: Facts): string[] =>
  rejectedLots(receipt).filter((lot) => isHead(lot, receipt.event.id, facts));

export const handoverRejectedUnresolved: Rule<typeof schema> = {
  id: 'handover-rejected-unresolved',
  version: 2,
  group: 'custody',
  title: 'A delivery was rejected, and nothing has been done since',
  means: 'The receiver refused the lots; they are with the sender again, and no event has followed on their chains.',
  doesNotMean:
    'That the goods are bad: a wrong order is rejected too. It closes with the next event on the lots: a weighing, another dispatch, a closure.',
  causes: {
    innocent: 'a wrong order, and nobody has entered what came next',
    bad: 'goods that nobody wants are moved on without a record',
  },
  advice:
    'Ask the receiver why it refused, and the sender what it did with the goods it has again; a weighing in front of both settles most quarrels. It closes with the next event on the lots: a weighing, a new dispatch, a closure.',
  parameters: schema,
  describe: ({ handoverRejectedUnresolved: { severity, severityEarly, graceHours } }) =>
    `A rejected lot whose newest event still is the rejection: ${severityEarly}; ${graceHours} h after it was logged, by the log's time: ${severity}.`,
  standard: 'OECD Due Diligence Guidance, Annex I (chain of custody); ITSCI incident protocol',
  evidence: byRegistry,
  scope: ['chains'],
  subjects: (facts) => rejectionsToJudge(facts).map(({ event }) => event.id),
  evaluate: (facts, parameters) =>
    rejectionsToJudge(facts).flatMap((receipt) => {
      const lots = unresolved(receipt, facts);
      if (lots.length === 0) return [];
      const { severity, severityEarly } = parameters.handoverRejectedUnresolved;
      const early = facts.now === null || facts.now < rejectionDue(receipt, parameters);
      return [
        {
          severity: early ? severityEarly : severity,
          subject: receipt.event.id,
          cause: 'rejected',
          lots,
          events: [receipt.event.id],
          measured: `${lots.length} rejected`,
          threshold: 'an event since',
          detail: `${receipt.event.iss} rejected ${countOf(lots.length, 'lot')} of ${receipt.event.payload.from}; nothing has been logged on them since.`,
          firstIndex: receipt.index,
        },
      ];
    }),
  deadlines: (facts, parameters) =>
    rejectionsToJudge(facts)
      .filter((receipt) => unresolved(receipt, facts).length > 0)
      .map((receipt) => ({
        index: receipt.index,
        subject: receipt.event.id,
        at: rejectionDue(receipt, parameters),
      })),
};
