/** Expands the short forms of values anywhere in a scenario; docs/scenarios.md has the table. */

export type Body = Record<string, unknown>;

const QUANTITY = /^([0-9]+(?:\.[0-9]+)?) (KGM|GRM|TNE)$/;
/** In a claim of a mass, also an invalid one becomes a quantity, so that the server reports the fault. */
const ANY_QUANTITY = /^(\S+) (\S+)$/;
const MASS_CLAIMS = new Set(['mass', 'tare', 'gross', 'capacityPerMonth']);

/** Claims whose numbers are signed as decimal strings; counts and sizes stay numbers. */
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
/** In a correction, the corrected claim decides about `was` and `is`. */
const CORRECTED = new Set(['was', 'is']);

export const decimal = (value: number): string => value.toFixed(6).replace(/\.?0+$/, '');

function textOf(text: string, claim: string): unknown {
  const match = (MASS_CLAIMS.has(claim) ? ANY_QUANTITY : QUANTITY).exec(text);
  return match === null ? text : { value: match[1], uom: match[2] };
}

/**
 * Expands `"48.6 KGM"` anywhere, and numbers in claims of decimals.
 * @param asDecimal whether the value is inside such a claim, as a polygon's corners are.
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
