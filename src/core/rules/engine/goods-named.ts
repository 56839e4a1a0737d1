import type { AditEvent } from '../../event/event.js';
import type { CommonClaims } from '../../event/types/event-type.js';

export const sealSubject = (seal: string): string => `seal:${seal}`;
export const containerSubject = (container: string): string => `container:${container}`;

/** Claims about seals, of the goods of an event or of one of its lots. */
interface Sealed {
  lot?: string;
  seals?: readonly string[] | undefined;
  sealsOn?: readonly string[] | undefined;
  sealsOff?: readonly string[] | undefined;
}

/** The claims by which events name seals and containers; the names are the same in all types. */
interface Claims extends Sealed {
  container?: string | undefined;
  lots?: readonly (string | Sealed)[] | undefined;
}

/** Lists the seals and the container that an event names, as subjects: people search by them. */
export function goodsNamed({ payload }: Pick<AditEvent, 'payload'>): string[] {
  const { container, lots = [], ...whole }: CommonClaims & Claims = payload;
  const sealed: Sealed[] = [whole, ...lots.flatMap((lot) => (typeof lot === 'string' ? [] : [lot]))];
  const seals = sealed.flatMap(({ seals: seen = [], sealsOn = [], sealsOff = [] }) => [
    ...seen,
    ...sealsOn,
    ...sealsOff,
  ]);
  return [...seals.map(sealSubject), ...(container === undefined ? [] : [containerSubject(container)])];
}
