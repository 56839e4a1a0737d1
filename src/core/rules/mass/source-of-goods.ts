import type { Facts, JudgedOf } from '../engine/facts.js';
import { isType } from '../engine/facts.js';
import type { ValuesOf } from '../engine/rule.js';
import type { gradeUnusual } from './grade-unusual.js';

/** Whether goods were mined, are recycled, or are stock from before due diligence began (grandfathered). */
type Source = 'mined' | 'recycled' | 'grandfathered';

type Parameters = ValuesOf<typeof gradeUnusual.parameters>;

/** Returns the source that a declaration states: by `source`, else by words in its method. */
export function sourceOf(
  { event }: JudgedOf<'lot.declared'>,
  { gradeUnusual: { recycledMethods } }: Parameters,
): Source {
  const { source, method = '' } = event.payload;
  if (source !== undefined) return source;
  return recycledMethods.some((word) => method.toLowerCase().includes(word)) ? 'recycled' : 'mined';
}

/** Lists the sources of a lot: of its own declaration, or of those of all its ancestors, as far as they are loaded. */
export function sourcesBehind(lot: string, { chains, upstream }: Facts, parameters: Parameters): Set<Source> {
  const births = [lot, ...(upstream.get(lot) ?? [])].flatMap((one) => {
    const birth = chains.get(one)?.[0];
    return birth !== undefined && isType(birth, 'lot.declared') ? [birth] : [];
  });
  return new Set(births.map((birth) => sourceOf(birth, parameters)));
}
