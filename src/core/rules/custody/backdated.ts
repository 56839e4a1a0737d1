import * as z from 'zod';
import { byDistance } from '../engine/evidence.js';
import { custodyTypes, judgesEach, ofTypes } from '../engine/each-event.js';
import { lotsOf } from '../engine/facts.js';
import type { Rule, ValuesOf } from '../engine/rule.js';
import { recorderSubject } from '../engine/subjects.js';
import * as parameter from '../engine/parameter.js';

const schema = {
  backdated: z.strictObject({
    severity: parameter.severity.default('medium'),
    allowanceMinutes: parameter.minutes.default(10).describe('Minutes by which clocks of devices may be wrong'),
  }),
};
type Parameters = ValuesOf<typeof schema>;

const MINUTE = 60_000;

export const backdated: Rule<typeof schema> = {
  id: 'backdated',
  version: 1,
  group: 'custody',
  weighs: 'risk',
  title: 'Signed at another time than it says',
  means:
    'The stated time of the signature is older than the newest state of the log that its signer had seen, or older than the event itself.',
  doesNotMean: 'That the event did not happen: a phone with a wrong clock signs like this too.',
  causes: {
    innocent: 'a clock that was set wrongly',
    bad: 'an event was signed under an older date, to come before another',
  },
  advice:
    'Ask the signer to show the clock of the device and what it saw when it signed. Where `occurredAt` was mistyped an `event.corrected` closes it; a clock that was wrong is explained by `finding.answered`, and set right.',
  timed: true,
  parameters: schema,
  describe: ({ backdated: { severity, allowanceMinutes } }) =>
    `Custody events whose \`iat\` is more than ${allowanceMinutes} min before the log's time at their \`seen\`, or before their own \`occurredAt\`: ${severity}.`,
  standard: 'OECD Due Diligence Guidance, Annex I (chain of custody)',
  evidence: byDistance,
  scope: ['seen'],
  ...judgesEach(custodyTypes, ({ event }, { seenAt }, { backdated: { severity, allowanceMinutes } }: Parameters) => {
    const signed = event.iat * 1_000;
    const seen = event.seen === undefined ? null : (seenAt.get(event.seen.size) ?? null);
    const bounds = [
      { at: seen, what: 'the state of the log that it names' },
      { at: event.occurredAtMs, what: 'what it tells of' },
    ];
    return bounds
      .flatMap(({ at, what }) => (at !== null && signed < at - allowanceMinutes * MINUTE ? [{ at, what }] : []))
      .slice(0, 1)
      .map(({ at, what }) => ({
        severity,
        root: recorderSubject(event),
        measured: new Date(signed).toISOString(),
        threshold: new Date(at).toISOString(),
        detail: `${event.type} of ${event.iss} says it was signed ${Math.round((at - signed) / MINUTE)} min before ${what}.`,
      }));
  }),
  // Entry 0 precedes the first `log.clock`.
  undecided: ({ entries, seenAt }) =>
    ofTypes(entries, custodyTypes).flatMap((entry) => {
      const size = entry.event.seen?.size ?? 0;
      if (size < 2 || seenAt.has(size)) return [];
      return [
        {
          subject: entry.event.id,
          lots: lotsOf(entry),
          reason: `The log's time as of ${size} entries, which its signer had seen, is not known.`,
        },
      ];
    }),
};
