import * as z from 'zod';
import { byCustom } from '../engine/evidence.js';
import { neighbours } from './device-neighbours.js';
import { type NumberedEvent, numbered } from './device-numbers.js';
import type { Facts } from '../engine/facts.js';
import { lotsConcerned } from '../engine/parties.js';
import type { Observation, Rule, ValuesOf } from '../engine/rule.js';
import { deviceSubject } from '../engine/subjects.js';
import * as parameter from '../engine/parameter.js';

const schema = {
  deviceSequenceGap: z.strictObject({
    severity: parameter.severity.default('high'),
    hours: parameter.hours.default(72).describe('Hours for which a number may be missing'),
  }),
};
type Parameters = ValuesOf<typeof schema>;

const HOUR = 3_600_000;

/**
 * Lists the numbered entries, and their successors on the devices: a late entry closes the gap before its successor.
 */
function toJudge(facts: Facts): NumberedEvent[] {
  const judged = new Map<string, NumberedEvent>();
  for (const entry of facts.entries) {
    const own = numbered(entry);
    if (own === null) continue;
    const next = neighbours(own, facts)
      .filter(({ seq }) => seq > own.seq)
      .toSorted((a, b) => a.seq - b.seq);
    for (const one of [own, ...next.slice(0, 1)]) judged.set(one.entry.event.id, one);
  }
  return [...judged.values()];
}

/**
 * Returns the number before the gap that ends at this entry; null if there is no gap, or no earlier number is known.
 */
function lastBefore(own: NumberedEvent, facts: Facts): number | null {
  const before = neighbours(own, facts)
    .map(({ seq }) => seq)
    .filter((seq) => seq < own.seq);
  const last = Math.max(...before, -1);
  return last < 0 || last === own.seq - 1 ? null : last;
}

const dueAt = ({ entry }: NumberedEvent, { deviceSequenceGap }: Parameters): number | null =>
  entry.recordedAt === null ? null : entry.recordedAt + deviceSequenceGap.hours * HOUR;

function observe(own: NumberedEvent, facts: Facts, parameters: Parameters): Observation[] {
  const last = lastBefore(own, facts);
  const due = dueAt(own, parameters);
  if (last === null || due === null || facts.now === null || facts.now < due) return [];
  const missing = own.seq - last - 1;
  const { event, index } = own.entry;
  return [
    {
      severity: parameters.deviceSequenceGap.severity,
      subject: event.id,
      cause: 'gap',
      root: deviceSubject(own.actor, own.device),
      lots: lotsConcerned(own.entry, facts),
      events: [event.id],
      measured: `${missing} missing`,
      threshold: 'running numbers without a hole',
      detail: `Device ${own.device} of ${own.actor} went from number ${last} to ${own.seq}; what it recorded in between has not come within ${parameters.deviceSequenceGap.hours} h.`,
      firstIndex: index,
    },
  ];
}

export const deviceSequenceGap: Rule<typeof schema> = {
  id: 'device-sequence-gap',
  version: 3,
  group: 'custody',
  title: 'Something that a device recorded is being kept back',
  means: 'The running numbers of a device have a hole: it recorded events that have not reached the ledger.',
  doesNotMean:
    'What the missing events say: they may be lost with the device, or wait in its store. It closes when they arrive. A number under which an event was refused and kept is none that is missing. A device that starts anew at its first number opens no hole.',
  causes: {
    innocent: 'the device is offline, or was lost',
    bad: 'a record is kept back that would contradict another',
  },
  advice:
    'Ask the owner of the device to connect it and send its stored events, and to show its own list of records. It closes when the missing numbers arrive; a device that is lost is explained by `finding.answered`, and its key revoked.',
  parameters: schema,
  describe: ({ deviceSequenceGap: { severity, hours } }) =>
    `A number missing below one that reached the log ${hours} h ago: ${severity}.`,
  standard: 'ITSCI tag log numbering; OECD Due Diligence Guidance, Annex I (chain of custody)',
  evidence: byCustom,
  scope: ['chains', 'about'],
  needs: 'whole',
  subjects: (facts) => toJudge(facts).map(({ entry }) => entry.event.id),
  evaluate: (facts, parameters) => toJudge(facts).flatMap((own) => observe(own, facts, parameters)),
  deadlines: (facts, parameters) =>
    toJudge(facts).flatMap((own) => {
      const at = dueAt(own, parameters);
      return at === null || lastBefore(own, facts) === null
        ? []
        : [{ index: own.entry.index, subject: own.entry.event.id, at }];
    }),
};
