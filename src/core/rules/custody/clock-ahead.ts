import * as z from 'zod';
import { byDistance } from '../engine/evidence.js';
import { durationText } from '../../words.js';
import { custodyTypes, judgesEach } from '../engine/each-event.js';
import type { Rule, ValuesOf } from '../engine/rule.js';
import { recorderSubject } from '../engine/subjects.js';
import * as parameter from '../engine/parameter.js';

const schema = {
  clockAhead: z.strictObject({
    severity: parameter.severity.default('medium'),
    minutes: parameter.minutes.default(10).describe('Minutes by which clocks of devices may be wrong'),
  }),
};
type Parameters = ValuesOf<typeof schema>;

const MINUTE = 60_000;

export const clockAhead: Rule<typeof schema> = {
  id: 'clock-ahead',
  version: 1,
  group: 'custody',
  weighs: 'risk',
  title: 'Entered before it is said to have happened',
  means: 'The date of the event was still in the future when the event reached the ledger.',
  doesNotMean: 'More than that a clock is wrong, or a date was mistyped; the order of the log is not affected.',
  causes: {
    innocent: 'a clock that was set wrongly, or a date that was mistyped',
    bad: 'goods are declared before they exist',
  },
  advice:
    'Ask the signer for the date that it meant and have the clock of its device set. A mistyped `occurredAt` is corrected by `event.corrected`, which closes it; a signature whose own time lies ahead is explained by `finding.answered`.',
  parameters: schema,
  describe: ({ clockAhead: { severity, minutes } }) =>
    `Custody events whose \`occurredAt\` or \`iat\` is more than ${minutes} min after the log's time of entry: ${severity}.`,
  standard: 'OECD Due Diligence Guidance, Annex I (chain of custody)',
  evidence: byDistance,
  scope: [],
  ...judgesEach(custodyTypes, ({ event, recordedAt }, _facts, { clockAhead: { severity, minutes } }: Parameters) => {
    const said = Math.max(event.occurredAtMs, event.iat * 1_000);
    if (recordedAt === null || said <= recordedAt + minutes * MINUTE) return [];
    const ahead = durationText(said - recordedAt);
    return [
      {
        severity,
        root: recorderSubject(event),
        measured: `${ahead} ahead`,
        threshold: `${minutes} min`,
        detail: `${event.type} of ${event.iss} is dated ${ahead} after the time at which it was entered.`,
      },
    ];
  }),
};
