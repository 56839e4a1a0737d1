import type picocolors from 'picocolors';
import type { Report } from '../../core/api/report.js';
import type { AditClient } from '../../client/adit-client.js';
import { axisOfFinding } from '../../core/bundle/verdicts.js';
import { differenceText, likelyCause, massText } from '../../core/words.js';
import type { LotEvent } from '../../core/api/event.js';
import type { Verdicts } from '../../core/api/lot.js';
import { claimsOf, itemsAbout, statedMass, whatHappened } from './event-words.js';
import { shortId } from './lot-names.js';
import { type Column, table } from './table.js';

/** Ancestors whose chains are read at most. */
const MAX_LOTS = 200;
/** A difference below one part in so many needs no explanation. */
const WORTH_EXPLAINING = 100n;

export interface TimelineEntry {
  event: LotEvent;
  when: string;
  what: string;
  /** The ancestor that the event is about; "" for the lot itself. */
  lot: string;
  mass: string;
  /** How the mass differs from the former one, and the probable reason. */
  note: string;
}

/** How much of what it was a mass differs by. */
const shareOf = ({ was, is }: { was: bigint; is: bigint }): number =>
  was === 0n ? 0 : Math.abs(Number(is - was)) / Number(was);

/** The difference of two masses and, where it is large, what most likely made it; "" where they are the same. */
function explained(was: bigint, is: bigint, mineral: string): string {
  const difference = differenceText(was, is, mineral);
  if (difference === null) return '';
  const much = (is > was ? is - was : was - is) * WORTH_EXPLAINING > was;
  const cause = much ? likelyCause(was, is, mineral) : null;
  return cause === null ? difference : `${difference}; ${cause}`;
}

/** State of lots while their history is read. */
class ActorNames {
  private readonly masses = new Map<string, bigint>();
  private readonly names = new Map<string, string>();

  constructor(
    private readonly lot: string,
    private readonly mineral: string,
  ) {}

  entry(event: LotEvent, lots: ReadonlySet<string>): TimelineEntry {
    const claims = claimsOf(event.event);
    const family = itemsAbout(claims, lots);
    const own = family.filter(({ lot }) => lot === this.lot);
    const items = own.length > 0 ? own : family;
    for (const { lot, tags } of items) if (tags?.[0] !== undefined) this.names.set(lot, tags[0]);
    const mass = statedMass(items);
    const note = mass === null ? '' : this.compared(items, mass);
    for (const item of items) {
      const stated = statedMass([item]);
      if (stated !== null) this.masses.set(item.lot, stated);
    }
    return {
      event,
      when: event.occurredAt.slice(0, 16).replace('T', ' '),
      what: whatHappened(event, claims, items),
      lot: own.length > 0 ? '' : this.naming(items.map(({ lot }) => lot)),
      mass: mass === null ? '' : massText(mass, items[0]?.mineral ?? this.mineral),
      note,
    };
  }

  /** Returns the difference between the stated mass and the former one of the same lots. */
  private compared(items: Parameters<typeof statedMass>[0], mass: bigint): string {
    const before = items.map(({ lot }) => this.masses.get(lot));
    if (before.some((known) => known === undefined)) return '';
    const was = before.reduce<bigint>((sum, known) => sum + (known ?? 0n), 0n);
    const [worst] = items
      .flatMap((item, i) => {
        const stated = statedMass([item]);
        return stated === null ? [] : [{ lot: item.lot, was: before[i] ?? 0n, is: stated }];
      })
      .toSorted((a, b) => shareOf(b) - shareOf(a));
    const whole = explained(was, mass, this.mineral);
    if (worst === undefined || items.length === 1) return whole;
    // What explains the sum of several lots may explain none of them.
    const sum = differenceText(was, mass, this.mineral);
    const one = explained(worst.was, worst.is, this.mineral);
    if (one === '') return sum ?? '';
    return `${sum === null ? '' : `${sum}, `}most of it ${this.naming([worst.lot])}: ${one}`;
  }

  private naming([first = '', ...others]: readonly string[]): string {
    const name = this.names.get(first) ?? shortId(first);
    return others.length === 0 ? name : `${name} +${others.length}`;
  }
}

/** Returns every event on the chains of a lot and its ancestors, once each, in log order. */
export async function lotTimeline(client: AditClient, lot: string, mineral: string): Promise<TimelineEntry[]> {
  const { nodes } = await client.lineage(lot, 'upstream');
  const lots = new Set([lot, ...nodes.slice(-MAX_LOTS).map((node) => node.lot)]);
  const events = new Map<number, LotEvent>();
  for (const one of lots) for await (const event of client.lotEvents(one)) events.set(event.index, event);
  const known = new ActorNames(lot, mineral);
  return [...events.values()].sort((a, b) => a.index - b.index).map((event) => known.entry(event, lots));
}

const columns: readonly Column<TimelineEntry>[] = [
  { title: 'entry', value: ({ event }) => String(event.index), right: true, dropped: 2 },
  { title: 'when', value: ({ when }) => when },
  { title: 'what', value: ({ what }) => what, least: 16 },
  { title: 'lot', value: ({ lot }) => lot, least: 8, dropped: 1 },
  { title: 'mass', value: ({ mass }) => mass, right: true },
];

/** Formats a timeline as a table, with a difference below its event and without empty columns. */
export function timelineLines(timeline: readonly TimelineEntry[], width: number): string[] {
  const said = columns.filter(
    (column) => column.title === 'what' || timeline.some((entry) => column.value(entry) !== ''),
  );
  const [titles = '', ...lines] = table(timeline, said, width);
  const indent = ' '.repeat(Math.max(0, titles.indexOf('WHAT')) + 2);
  return [
    titles,
    ...lines.flatMap((line, i) => {
      const note = timeline[i]?.note ?? '';
      return note === '' ? [line] : [line, indent + note];
    }),
  ];
}

type Colours = ReturnType<typeof picocolors.createColors>;

/** Formats the three verdicts in one line; colour adds to the words. */
export function paintVerdicts({ record, custody, risk }: Verdicts, colour: Colours): string {
  const paint = (good: boolean, bad: boolean, word: string): string =>
    good ? colour.green(word) : bad ? colour.red(word) : colour.yellow(word);
  return [
    `record ${paint(record === 'intact', true, record)}`,
    `custody ${paint(custody === 'complete', custody === 'gaps', custody)}`,
    `risk ${paint(risk === 'none', risk === 'high' || risk === 'critical', risk)}`,
  ].join('   ');
}

/** Returns the findings behind each verdict that is not good: "custody gaps: handover-overdue". */
export function reasonsOf({ record, custody, risk }: Verdicts, findings: Report['findings']): string[] {
  const behind = (axis: string): string => {
    const counting = findings.filter(({ counts }) => counts);
    const weighing = counting.filter(
      ({ rule, severity }) => axisOfFinding({ rule, severity, status: 'open', official: false }) === axis,
    );
    return [...new Set(weighing.map(({ rule }) => rule))].join(', ');
  };
  const reasons = [
    { verdict: `record ${record}`, rules: behind('record') },
    { verdict: `custody ${custody}`, rules: behind('custody') },
    { verdict: `risk ${risk}`, rules: behind('risk') },
  ];
  return reasons.filter(({ rules }) => rules !== '').map(({ verdict, rules }) => `${verdict}: ${rules}`);
}
