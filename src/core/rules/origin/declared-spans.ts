import type { JudgedEvent } from '../engine/facts.js';

/** Declarations of one mineral at one site within minutes, filed by spans of ten minutes. */

const SPAN = 10 * 60_000;

const spanSubject = (site: string, mineral: string, span: number): string => `span:${site}/${mineral}/${span}`;

/** Lists the subjects of a declaration in the spans that are so many after its own. */
export function spansOf(entry: Pick<JudgedEvent, 'event'>, spans: readonly number[]): string[] {
  const { event } = entry;
  const site = event.place?.site;
  if (event.type !== 'lot.declared' || site === undefined) return [];
  const own = Math.floor(event.occurredAtMs / SPAN);
  const minerals = new Set(event.payload.outputs.map(({ mineral }) => mineral));
  return [...minerals].flatMap((mineral) => spans.map((span) => spanSubject(site, mineral, own + span)));
}

/** Lists the subjects under which a declaration is filed. */
export const spansFiled = (entry: Pick<JudgedEvent, 'event'>): string[] => spansOf(entry, [0]);
/** Lists the subjects that a declaration reads: what was declared just before and after it. */
export const spansRead = (entry: Pick<JudgedEvent, 'event'>): string[] => spansOf(entry, [-1, 0, 1]);
