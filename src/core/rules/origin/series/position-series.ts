import { defaultSha256 } from '../../../log/tree.js';
import { type JudgedEvent, isType } from '../../engine/facts.js';
import { type AmountFiling, seriesSubject } from '../../engine/subjects.js';

/** Kind of series of positions at which a device declares at one site: by signer, site and device. */
export const POSITIONS = 'positions';

/** Decimals of a degree below which a position is written too coarsely: 0.00001° is one metre. */
const DECIMALS = 5;
/** Bytes of the hash that represents a position: a bigint of the database has eight. */
const BYTES = 7;

const decimalsOf = (degrees: string): number => degrees.split('.')[1]?.length ?? 0;

/** Returns a number that equal positions have in common, so that a series shows no coordinates in plain. */
function numberOf(lat: string, lon: string): bigint {
  const hash = defaultSha256(new TextEncoder().encode(`position:${lat},${lon}`));
  return hash.subarray(0, BYTES).reduce((number, byte) => number * 256n + BigInt(byte), 0n);
}

/** Lists the position that an entry adds to the series of its device at a site; only places that are no facility. */
export function positionSeries(entry: JudgedEvent): AmountFiling[] {
  if (!isType(entry, 'lot.declared')) return [];
  const { iss, occurredAtMs: at, place, payload } = entry.event;
  const { site, facility, lat, lon } = place ?? {};
  if (site === undefined || facility !== undefined || lat === undefined || lon === undefined) return [];
  if (Math.min(decimalsOf(lat), decimalsOf(lon)) < DECIMALS) return [];
  return [{ subject: seriesSubject(POSITIONS, iss, site, payload.device ?? ''), at, amount: numberOf(lat, lon) }];
}
