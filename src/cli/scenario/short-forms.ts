/** The short forms of values, wherever they stand in a scenario; docs/scenarios.md has the table. */

export type Body = Record<string, unknown>;

const QUANTITY = /^([0-9]+(?:\.[0-9]+)?) (KGM|GRM|TNE)$/;
/** Where only a mass can stand, one that is not acceptable becomes a quantity too, so that the server says what is wrong. */
const ANY_QUANTITY = /^(\S+) (\S+)$/;
const MASS_CLAIMS = new Set(['mass', 'tare', 'gross', 'capacityPerMonth']);

/** Claims whose numbers are signed as decimal strings, whole ones too; counts, numbers and sizes stay numbers. */
const DECIMAL_CLAIMS = new Set([
  'lat',
  'lon',
  'accuracyM',
  'moisturePercent',
  'value',
  'uncertainty',
  'amount',
  'kilogramsPerWorkerMonth',
  'point',
  'coordinates',
  'route',
]);
/** A correction says of which claim `was` and `is` are. */
const CORRECTED = new Set(['was', 'is']);

export const decimal = (value: number): string => value.toFixed(6).replace(/\.?0+$/, '');

function textOf(text: string, claim: string): unknown {
  const match = (MASS_CLAIMS.has(claim) ? ANY_QUANTITY : QUANTITY).exec(text);
  return match === null ? text : { value: match[1], uom: match[2] };
}

/**
 * `"48.6 KGM"` anywhere, and numbers where decimals are strings.
 * @param asDecimal whether this stands in a claim of decimals, as the corners of a polygon do.
 */
export function expandValue(value: unknown, claim = '', asDecimal = false): unknown {
  const decimals = asDecimal || DECIMAL_CLAIMS.has(claim);
  if (typeof value === 'string') return textOf(value, claim);
  if (typeof value === 'number') return decimals || !Number.isInteger(value) ? decimal(value) : value;
  if (Array.isArray(value)) return value.map((item) => expandValue(item, claim, decimals));
  if (typeof value !== 'object' || value === null) return value;
  const { field } = value as { field?: unknown };
  const corrected = typeof field === 'string' ? field.slice(field.lastIndexOf('/') + 1) : '';
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name,
      expandValue(inner, CORRECTED.has(name) && corrected !== '' ? corrected : name, decimals),
    ]),
  );
}
