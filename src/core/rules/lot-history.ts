import { milligrams, partsPerMillion } from '../custody/quantity.js';
import type { Grade } from '../custody/view.js';
import type { JudgedEvent } from './facts.js';

/** What was last said of a lot's mass and make-up: mg, parts per million of moisture, grades as written. */
export interface LotMeasure {
  mass: bigint;
  moisture: number | null;
  grades: readonly Grade[];
}

interface Quantity {
  value: string;
  uom: string;
}

/** What an event says of one lot or residue; every member may be missing. */
export interface Stated {
  mass?: Quantity | undefined;
  moisturePercent?: string | undefined;
  grades?: readonly Grade[] | undefined;
}

/** A measure with what was said anew; null while no mass is known. */
export function remeasured(before: LotMeasure | null, said: Stated): LotMeasure | null {
  const mass = said.mass === undefined ? before?.mass : milligrams(said.mass);
  if (mass === undefined) return null;
  return {
    mass,
    moisture: said.moisturePercent === undefined ? (before?.moisture ?? null) : partsPerMillion(said.moisturePercent),
    grades: said.grades ?? before?.grades ?? [],
  };
}

/** What one event says of one lot: as an output it makes, or as a lot it weighs. Nothing: null. */
export function statedOf({ event }: JudgedEvent, lot: string): Stated | null {
  switch (event.type) {
    case 'lot.declared':
    case 'lot.aggregated':
    case 'lot.split':
    case 'lot.processed':
      return event.payload.outputs.find((output) => output.lot === lot) ?? null;
    case 'custody.received': {
      const received = event.payload.lots.find((named) => named.lot === lot);
      return received === undefined || received.outcome === 'rejected' ? null : received;
    }
    case 'lot.measured':
    case 'lot.exported':
    case 'lot.imported':
      return event.payload.lots.find((named) => named.lot === lot) ?? null;
    default:
      return null;
  }
}

/** What was last said of a lot before the entry at `index`; null if its birth is not in the chain. */
export function measureBefore(chain: readonly JudgedEvent[], lot: string, index: number): LotMeasure | null {
  let measure: LotMeasure | null = null;
  for (const entry of chain) {
    if (entry.index >= index) break;
    const said = statedOf(entry, lot);
    if (said !== null) measure = remeasured(measure, said);
  }
  return measure;
}
