import type { LotState } from '../api/lot.js';
import { kilograms } from './quantity.js';
import type { Lot } from './view.js';

/** Formats parts per million as a percentage without trailing zeros: 60000 is "6". */
export function percent(ppm: number): string {
  const fraction = String(ppm % 10_000)
    .padStart(4, '0')
    .replace(/0+$/, '');
  return `${Math.floor(ppm / 10_000)}${fraction === '' ? '' : `.${fraction}`}`;
}

export const stateOf = (lot: Lot): LotState => ({
  id: lot.id,
  status: lot.status,
  holder: lot.holder,
  inTransitTo: lot.inTransitTo,
  onHold: lot.holds.length > 0,
  head: lot.head,
  mineral: lot.mineral,
  form: lot.form,
  mass: kilograms(lot.mass),
  moisturePercent: lot.moisture === null ? null : percent(lot.moisture),
  grades: lot.grades,
  tags: lot.tags,
  model: lot.model,
  lotNumber: lot.lotNumber,
  origins: lot.origins.map(({ site, mass }) => ({ site, mass: kilograms(mass) })),
  originsBy: lot.originsBy,
});
