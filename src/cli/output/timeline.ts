import type picocolors from 'picocolors';
import type { AditClient } from '../../client/adit-client.js';
import type { LotEvent, Mass, Verdicts } from '../../client/shapes.js';
import { decodeBase64url, decodeUtf8 } from '../../core/event/grammar.js';

/** Ancestors whose chains are read at most; beyond it the timeline would be no line any more. */
const MAX_LOTS = 200;

interface Payload {
  to?: string;
  from?: string;
  place?: { site?: string; facility?: string };
  lots?: { mass?: Mass }[];
  inputs?: unknown[];
  outputs?: { mass: Mass }[];
  process?: string;
}

export interface TimelineEntry {
  event: LotEvent;
  line: string;
}

const payloadOf = (event: string): Payload =>
  JSON.parse(decodeUtf8(decodeBase64url(event.split('.')[1] ?? ''))) as Payload;

/** What the masses of one event add up to, in the unit in which they were written; null where there are none or several. */
function total(masses: (Mass | undefined)[]): string | null {
  const given = masses.filter((mass) => mass !== undefined);
  const [first] = given;
  if (first === undefined || given.some(({ uom }) => uom !== first.uom)) return null;
  const sum = given.reduce((all, { value }) => all + Number(value), 0);
  return `${Number(sum.toFixed(6))} ${first.uom === 'KGM' ? 'kg' : first.uom === 'GRM' ? 'g' : 't'}`;
}

function describe({ type, iss }: LotEvent, payload: Payload): string {
  const mass = total([...(payload.outputs ?? []), ...(payload.lots ?? [])].map((item) => item.mass));
  const place = payload.place?.site ?? payload.place?.facility;
  return [
    type.padEnd(18),
    iss.padEnd(12),
    payload.to === undefined ? '' : `→ ${payload.to}`,
    payload.from === undefined ? '' : `← ${payload.from}`,
    payload.process ?? '',
    payload.inputs === undefined ? '' : `${payload.inputs.length} → ${payload.outputs?.length ?? 0} lots`,
    mass ?? '',
    place === undefined ? '' : `at ${place}`,
  ]
    .filter((part) => part !== '')
    .join(' ');
}

/** Every event on a lot's chain and on those of all it was made of, once each, in the order of the log. */
export async function lotTimeline(client: AditClient, lot: string): Promise<TimelineEntry[]> {
  const { nodes } = await client.lineage(lot, 'upstream');
  const events = new Map<number, LotEvent>();
  for (const node of nodes.slice(-MAX_LOTS))
    for await (const event of client.lotEvents(node.lot)) events.set(event.index, event);
  return [...events.values()]
    .sort((a, b) => a.index - b.index)
    .map((event) => ({
      event,
      line: `${String(event.index).padStart(5)}  ${event.occurredAt.slice(0, 16).replace('T', ' ')}  ${describe(event, payloadOf(event.event))}`,
    }));
}

type Colours = ReturnType<typeof picocolors.createColors>;

/** The three verdicts on one line: words first, colour second. */
export function paintVerdicts({ record, custody, risk }: Verdicts, colour: Colours): string {
  const paint = (good: boolean, bad: boolean, word: string): string =>
    good ? colour.green(word) : bad ? colour.red(word) : colour.yellow(word);
  return [
    `record ${paint(record === 'intact', true, record)}`,
    `custody ${paint(custody === 'complete', custody === 'gaps', custody)}`,
    `risk ${paint(risk === 'none', risk === 'high' || risk === 'critical', risk)}`,
  ].join('   ');
}
