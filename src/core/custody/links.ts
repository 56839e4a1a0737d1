import type { AditEvent } from '../event/event.js';

/** A lot whose chain an event extends or ends, with the `prev` that the event names. */
export interface Link {
  lot: string;
  prev: string;
  /** RFC 6901 pointer to the element in the payload. */
  pointer: string;
}

/** Lists the lots whose chains an event extends (`lots`) or ends (`inputs`), in array order. */
export function linksOf(event: AditEvent): Link[] {
  const links: Link[] = [];
  const add = (list: readonly (string | { lot: string; prev?: string | undefined })[], at: string): void => {
    for (const [i, item] of list.entries())
      if (typeof item !== 'string' && item.prev !== undefined)
        links.push({ lot: item.lot, prev: item.prev, pointer: `${at}/${i}` });
  };
  const { payload } = event;
  if ('inputs' in payload) add(payload.inputs, '/inputs');
  if ('lots' in payload) add(payload.lots ?? [], '/lots');
  return links;
}

/** Lists every lot whose chain an event extends, ends or begins. */
export const lotsOf = (event: AditEvent): string[] => [
  ...linksOf(event).map(({ lot }) => lot),
  ...('outputs' in event.payload ? event.payload.outputs.map(({ lot }) => lot) : []),
];
