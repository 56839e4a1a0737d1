import * as z from 'zod';
import { byRegistry } from '../engine/evidence.js';
import { instantMs } from '../../event/primitives.js';
import { countOf, durationText } from '../../words.js';
import type { JudgedOf, Facts, JudgedEvent } from '../engine/facts.js';
import { isHead } from '../engine/judged-with.js';
import type { Observation, Rule, ValuesOf } from '../engine/rule.js';
import * as parameter from '../engine/parameter.js';

const graces = z.strictObject({ domestic: parameter.hours, international: parameter.hours });

const schema = {
  handoverOverdue: z.strictObject({
    graceHours: graces
      .default({ domestic: 24, international: 72 })
      .describe('Hours after the planned arrival, within one country and between two'),
    graceHoursByCountry: z
      .record(z.string().length(2), graces)
      .default({})
      .describe('Another grace for dispatches that leave a country, by its ISO 3166 code'),
    severity: parameter.severity.default('medium'),
    laterAfterGraces: z.int().min(2).default(3).describe('Multiple of the grace from which `severityLater` applies'),
    severityLater: parameter.severity.default('high'),
  }),
};
type Parameters = ValuesOf<typeof schema>;

const HOUR = 3_600_000;
/** Assumed travel time of a dispatch without a planned arrival, ms (wire.md, `custody.dispatched`). */
const DEFAULT_JOURNEY = 72 * HOUR;

type Dispatch = JudgedOf<'custody.dispatched'>;
type Actors = Facts['actors'];

const plannedArrival = ({ event }: Dispatch): number =>
  event.payload.plannedArrival === undefined
    ? event.occurredAtMs + DEFAULT_JOURNEY
    : (instantMs(event.payload.plannedArrival) ?? event.occurredAtMs + DEFAULT_JOURNEY);

/** Returns the grace, ms. An actor of unknown country may be abroad, and gets the longer grace. */
function graceOf({ event }: Dispatch, actors: Actors, { handoverOverdue }: Parameters): number {
  const from = actors.get(event.iss)?.country ?? null;
  const to = actors.get(event.payload.to)?.country ?? null;
  const hours = (from === null ? undefined : handoverOverdue.graceHoursByCountry[from]) ?? handoverOverdue.graceHours;
  return (from !== null && from === to ? hours.domestic : hours.international) * HOUR;
}

/** Returns the times, ms, at which an unanswered dispatch must be re-evaluated. */
export function handoverDeadlines(dispatch: Dispatch, actors: Actors, parameters: Parameters): number[] {
  const planned = plannedArrival(dispatch);
  const grace = graceOf(dispatch, actors, parameters);
  return [planned + grace, planned + grace * parameters.handoverOverdue.laterAfterGraces];
}

/** Lists the lots of the dispatch of which it is still the newest event. */
const lotsInTransit = ({ event }: Dispatch, chains: ReadonlyMap<string, readonly JudgedEvent[]>): string[] =>
  event.payload.lots.map(({ lot }) => lot).filter((lot) => isHead(lot, event.id, { chains }));

function observe(dispatch: Dispatch, facts: Facts, parameters: Parameters): Observation[] {
  const { now } = facts;
  const [due, later] = handoverDeadlines(dispatch, facts.actors, parameters);
  if (now === null || due === undefined || later === undefined || now < due) return [];
  const lots = lotsInTransit(dispatch, facts.chains);
  if (lots.length === 0) return [];
  const late = Math.floor((now - plannedArrival(dispatch)) / HOUR);
  const grace = Math.floor((due - plannedArrival(dispatch)) / HOUR);
  const { iss, payload, id } = dispatch.event;
  return [
    {
      severity: now < later ? parameters.handoverOverdue.severity : parameters.handoverOverdue.severityLater,
      subject: id,
      cause: 'not-received',
      lots,
      events: [id],
      measured: durationText(late * HOUR),
      threshold: `${grace} h`,
      detail: `${countOf(lots.length, 'lot')} that ${iss} sent to ${payload.to}: not received ${durationText(late * HOUR)} after the planned arrival.`,
      firstIndex: dispatch.index,
    },
  ];
}

export const handoverOverdue: Rule<typeof schema> = {
  id: 'handover-overdue',
  version: 1,
  group: 'custody',
  title: 'A dispatch has not been received',
  means:
    'The planned arrival and its grace have passed by the time of the log, and the receiver has logged no receipt.',
  doesNotMean:
    'That the goods are lost: the receiver may be offline, or the truck late. The finding closes itself when the receipt, or a recall, arrives.',
  causes: {
    innocent: 'the truck is late, or the receiver is offline',
    bad: 'the goods were sold to somebody else on the way',
  },
  advice:
    'Ask the receiver for its receipt and the carrier where the goods are; the waybill, or the gate book of the receiver, settles it. It closes with the late `custody.received`, with a `custody.recalled` by the sender, or with a corrected `plannedArrival`.',
  parameters: schema,
  describe: ({ handoverOverdue: { graceHours, severity, laterAfterGraces, severityLater } }) =>
    `Time of the log later than the planned arrival (else 72 h after the dispatch) plus ${graceHours.domestic} h, or ` +
    `${graceHours.international} h where sender and receiver are of different countries: ${severity}; after ` +
    `${laterAfterGraces} times that grace: ${severityLater}.`,
  standard: 'OECD Due Diligence Guidance, Annex I (chain of custody); ITSCI incident protocol',
  evidence: byRegistry,
  scope: ['chains', 'handovers'],
  subjects: (facts) => facts.handovers.map(({ event }) => event.id),
  evaluate: (facts, parameters) => facts.handovers.flatMap((dispatch) => observe(dispatch, facts, parameters)),
  deadlines: (facts, parameters) =>
    facts.handovers
      .filter((dispatch) => lotsInTransit(dispatch, facts.chains).length > 0)
      .flatMap((dispatch) =>
        handoverDeadlines(dispatch, facts.actors, parameters).map((at) => ({
          index: dispatch.index,
          subject: dispatch.event.id,
          at,
        })),
      ),
};
