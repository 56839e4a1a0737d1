import type { Facts, JudgedEvent } from '../engine/facts.js';
import { type Filing, mixedFromSubject } from '../engine/subjects.js';

/** Lists the subjects of a mix: the sites that its lots come from, whose inspections may be entered after it. */
export function mixedFrom({ event }: JudgedEvent, { lots }: Pick<Facts, 'lots'>): Filing[] {
  if (event.type !== 'lot.aggregated' && event.type !== 'lot.processed') return [];
  if (event.payload.inputs.length < 2) return [];
  const origins = event.payload.outputs.flatMap(({ lot }) => lots.get(lot)?.origins ?? []);
  const sites = new Set(origins.map(({ site }) => site));
  return [...sites].map((site) => ({ subject: mixedFromSubject(site), at: event.occurredAtMs }));
}
