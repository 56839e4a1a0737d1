import { type Quantity, kilograms } from './quantity.js';
import type { Grade, Lot, LotStatus, OriginBasis } from './view.js';

export interface Origin {
  site: string;
  mass: Quantity;
}

/** A lot as `GET /v1/lots/{id}` returns it and a bundle proves it. */
export interface LotState {
  id: string;
  status: LotStatus;
  holder: string;
  inTransitTo: string | null;
  onHold: boolean;
  head: string;
  mineral: string;
  form: string;
  mass: Quantity;
  moisturePercent: string | null;
  grades: Grade[];
  tags: string[];
  model: string | null;
  lotNumber: string | null;
  origins: Origin[];
  originsBy: OriginBasis;
}

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
