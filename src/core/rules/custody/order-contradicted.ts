import * as z from 'zod';
import { byDistance } from '../engine/evidence.js';
import { durationText } from '../../words.js';
import { stateAlong } from '../engine/chain-states.js';
import { custodyTypes, judgesEach } from '../engine/each-event.js';
import { type Facts, type JudgedEvent, type JudgedOf, isType } from '../engine/facts.js';
import type { Rule, ValuesOf } from '../engine/rule.js';
import * as parameter from '../engine/parameter.js';

const schema = {
  orderContradicted: z.strictObject({
    toleranceMinutes: parameter.minutes
      .default(120)
      .describe('Minutes by which clocks and their offsets may differ between two devices'),
    severity: parameter.severity.default('medium'),
    zonesHours: parameter.hours
      .default(26)
      .describe('Hours between the outermost time zones: a larger contradiction is no mistake of an offset'),
    severityBeyondZones: parameter.severity.default('high'),
  }),
};
type Parameters = ValuesOf<typeof schema>;

const MINUTE = 60_000;

type JudgedType = Exclude<(typeof custodyTypes)[number], 'lot.declared'>;
type Judged = JudgedOf<JudgedType>;

/** Steps that follow another one. */
const judgedTypes = custodyTypes.filter((type): type is JudgedType => type !== 'lot.declared');

/** Entries of a chain whose times later ones must not precede. */
interface Latest {
  birth: JudgedEvent;
  /** The latest by their own times; measurements and imports are often entered after what followed them. */
  step: JudgedEvent;
  exported: JudgedEvent | null;
}

const later = (one: JudgedEvent, other: JudgedEvent): JudgedEvent =>
  other.event.occurredAtMs > one.event.occurredAtMs ? other : one;

const isNote = (entry: JudgedEvent): boolean => isType(entry, 'lot.measured') || isType(entry, 'lot.imported');

const latestBefore = stateAlong<Latest>((entry, _lot, before) => {
  if (before === null) return { birth: entry, step: entry, exported: null };
  const { birth, step, exported } = before;
  const out = isType(entry, 'lot.exported') ? (exported === null ? entry : later(exported, entry)) : exported;
  return { birth, step: isNote(entry) ? step : later(step, entry), exported: out };
});

/** Returns the entry that must not be later than another one of its lot; null: there is none. */
function boundOf(entry: Judged, lot: string, { chains }: Facts): JudgedEvent | null {
  const latest = latestBefore(chains.get(lot) ?? [], lot, entry.index);
  if (latest === null) return null;
  if (isType(entry, 'lot.imported')) return later(latest.birth, latest.exported ?? latest.birth);
  return isType(entry, 'lot.measured') || isType(entry, 'lot.sealed') ? latest.birth : latest.step;
}

interface Contradiction {
  lot: string;
  earlier: JudgedEvent;
  by: number;
}

/** Lists the lots of an entry that, by its time, it precedes a step of theirs that comes before it on their chains. */
function contradictions(entry: Judged, facts: Facts, { orderContradicted }: Parameters): Contradiction[] {
  const { payload, occurredAtMs } = entry.event;
  const lots = 'inputs' in payload ? payload.inputs : payload.lots;
  return lots.flatMap(({ lot }) => {
    const earlier = boundOf(entry, lot, facts);
    const by = earlier === null ? 0 : earlier.event.occurredAtMs - occurredAtMs;
    return earlier !== null && by > orderContradicted.toleranceMinutes * MINUTE ? [{ lot, earlier, by }] : [];
  });
}

/** Returns what the contradiction means for the two kinds of step. */
function meaningOf(entry: Judged, earlier: JudgedEvent): string {
  if (isType(earlier, 'lot.sealed'))
    return 'The seals do not show what was loaded. Likeliest: the dispatch was written down from memory; or the bags were opened and sealed again on the way.';
  if (isType(entry, 'custody.received') && isType(earlier, 'custody.dispatched'))
    return 'Nothing arrives before it leaves. Likeliest: a mistyped day, or a device with a wrong date; or the handover was made up afterwards.';
  return 'Both cannot be so. Likeliest: a mistyped time, or a device with a wrong date; or a step that was made up afterwards.';
}

export const orderContradicted: Rule<typeof schema> = {
  id: 'order-contradicted',
  version: 1,
  group: 'custody',
  title: 'A step before the one that it follows',
  means:
    'By its own time a step of a lot happened before one that comes before it on the chain: dispatched before it was sealed, received before it was sent, mixed before it arrived.',
  doesNotMean:
    'That the step did not happen: devices have wrong clocks, and what was entered late is written down from memory. Measurements and imports that are entered late are not meant.',
  causes: {
    innocent: 'a clock or an offset of time was wrong',
    bad: 'the papers were written at a desk, after the fact',
  },
  advice:
    'Ask the signers of both steps for what they wrote at the time: the waybill, the book of the scale, photographs. It closes when the signer of a wrong time corrects it by `event.corrected` and names such a paper; without one, have the lot weighed and its seals seen again.',
  parameters: schema,
  describe: ({ orderContradicted: { toleranceMinutes, severity, zonesHours, severityBeyondZones } }) =>
    `The time of a step is more than ${toleranceMinutes} min before that of any earlier step on the lot's chain (a measurement or a sealing: before its birth; an import: before its export): ${severity}; more than ${zonesHours} h, which no mistaken time zone explains: ${severityBeyondZones}.`,
  standard: 'OECD Due Diligence Guidance, Supplement on Tin, Tantalum and Tungsten, step 1 C (chain of custody data)',
  evidence: byDistance,
  scope: ['chains'],
  ...judgesEach(judgedTypes, (entry, facts, parameters: Parameters) => {
    const all = contradictions(entry, facts, parameters);
    if (all.length === 0) return [];
    const worst = all.reduce((one, other) => (other.by > one.by ? other : one));
    const { severity, zonesHours, severityBeyondZones } = parameters.orderContradicted;
    const { event } = entry;
    const before = worst.earlier.event;
    return [
      {
        severity: worst.by > zonesHours * 60 * MINUTE ? severityBeyondZones : severity,
        lots: all.map(({ lot }) => lot),
        events: [...new Set(all.map(({ earlier }) => earlier.event.id)), event.id],
        measured: event.occurredAt,
        threshold: before.occurredAt,
        detail: `${event.type} of ${event.iss} follows ${before.type} of ${before.iss} on the chain and is dated ${durationText(worst.by)} before it. ${meaningOf(entry, worst.earlier)}`,
      },
    ];
  }),
};
