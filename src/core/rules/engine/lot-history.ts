import { percent } from '../../custody/lot-state.js';
import { WHOLE, gradeInPartsPerMillion, milligrams, partsPerMillion } from '../../custody/quantity.js';
import type { Grade } from '../../event/quantity-claims.js';
import { collectedAlong, entriesBefore, stateAlong } from './chain-states.js';
import type { Facts, JudgedEvent } from './facts.js';

/** Newest statements of a lot's mass (mg), moisture (parts per million) and grades (as written, one per analyte). */
export interface LotMeasure {
  mass: bigint;
  moisture: number | null;
  grades: readonly Grade[];
  /** Form (`ore`, `dore`), and the process that made it: they bound the moisture if none is stated. */
  form?: string | undefined;
  process?: string | undefined;
}

interface Quantity {
  value: string;
  uom: string;
}

/** The statements of one event about one lot or residue; every member may be absent. */
export interface StatedMass {
  mass?: Quantity | undefined;
  moisturePercent?: string | undefined;
  grades?: readonly Grade[] | undefined;
}

/** Converts a grade to parts per million of the dry mass; null if the needed moisture is unknown. */
export function dryGrade(grade: Grade, moisture: number | null): bigint | null {
  const value = gradeInPartsPerMillion(grade);
  if (grade.basis === 'dry') return value;
  return moisture === null || moisture >= WHOLE ? null : (value * BigInt(WHOLE)) / BigInt(WHOLE - moisture);
}

/** Formats a grade given in parts per million. */
export const gradeOfPartsPerMillion = (analyte: string, value: bigint, basis: Grade['basis']): Grade => ({
  analyte,
  value: percent(Number(value)),
  uom: 'P1',
  basis,
});

/** Merges grades: an assay of one analyte changes no other. A grade on wet mass applies at the moisture of its day. */
function regraded(before: LotMeasure | null, { grades = [], moisturePercent }: StatedMass): readonly Grade[] {
  const kept = (before?.grades ?? []).filter(({ analyte }) => !grades.some((grade) => grade.analyte === analyte));
  if (moisturePercent === undefined) return [...kept, ...grades];
  const dried = kept.map((grade) => {
    const value = grade.basis === 'wet' ? dryGrade(grade, before?.moisture ?? null) : null;
    return value === null ? grade : gradeOfPartsPerMillion(grade.analyte, value, 'dry');
  });
  return [...dried, ...grades];
}

/** Merges new statements into a measure; null while no mass is known. */
export function remeasured(before: LotMeasure | null, said: StatedMass): LotMeasure | null {
  const mass = said.mass === undefined ? before?.mass : milligrams(said.mass);
  if (mass === undefined) return null;
  return {
    ...before,
    mass,
    moisture: said.moisturePercent === undefined ? (before?.moisture ?? null) : partsPerMillion(said.moisturePercent),
    grades: regraded(before, said),
  };
}

/** Returns the statements of one event about one lot, as its output or its measurement; null: none. */
export function statedOf({ event }: JudgedEvent, lot: string): StatedMass | null {
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

/** Returns the newest statements about a lot before the entry at `index`; null if its birth is not in the chain. */
export const measureBefore = stateAlong<LotMeasure>((entry, lot, before) => {
  const said = statedOf(entry, lot);
  return said === null ? before : remeasured(before, said);
});

/** Returns the newest export on a chain before an index; null: there is none. */
export const exportBefore = stateAlong<JudgedEvent>((entry, _lot, before) =>
  entry.event.type === 'lot.exported' ? entry : before,
);

/** Returns the newest dispatch on a chain before an index; null: there is none. */
export const dispatchBefore = stateAlong<JudgedEvent>((entry, _lot, before) =>
  entry.event.type === 'custody.dispatched' ? entry : before,
);

/** Returns the entry before the one at `index` on a lot's chain; null if there is none, or the chain is not loaded. */
export function entryBefore({ chains }: Pick<Facts, 'chains'>, lot: string, index: number): JudgedEvent | null {
  const chain = chains.get(lot) ?? [];
  const count = entriesBefore(chain, index);
  return chain[count]?.index === index ? (chain[count - 1] ?? null) : null;
}

export interface LotState {
  status: 'held' | 'inTransit' | 'consumed' | 'closed';
  holder: string;
}

/** Returns a lot's state before the entry at `index`, by its chain alone; null if its birth is not in the chain. */
export const stateBefore = stateAlong<LotState>(stateAfter);

/** By actor: the index of the first entry after which it held the lot. */
const heldSince = collectedAlong<Map<string, number>>(
  () => new Map(),
  (since, { index }, lot, chain) => {
    const holder = stateBefore(chain, lot, index + 1)?.holder;
    if (holder !== undefined && !since.has(holder)) since.set(holder, index);
  },
);

/** Returns whether an actor has held a lot before the entry at `index`, by its chain alone. */
export const hasHeldBefore = (actor: string, chain: readonly JudgedEvent[], lot: string, index: number): boolean =>
  (heldSince(chain, lot).get(actor) ?? Infinity) < index;

function stateAfter({ event }: JudgedEvent, lot: string, before: LotState | null): LotState | null {
  if ('outputs' in event.payload && event.payload.outputs.some((output) => output.lot === lot)) {
    const declaredFor = event.type === 'lot.declared' ? event.payload.holder : undefined;
    return { status: 'held', holder: declaredFor ?? event.iss };
  }
  if (before === null) return null;
  switch (event.type) {
    case 'custody.dispatched':
      return { ...before, status: 'inTransit' };
    case 'custody.received': {
      const received = event.payload.lots.find((named) => named.lot === lot);
      return { status: 'held', holder: received?.outcome === 'rejected' ? before.holder : event.iss };
    }
    case 'custody.recalled':
      return { ...before, status: 'held' };
    case 'custody.assigned':
      return { status: 'held', holder: event.payload.to };
    case 'lot.closed':
      return { ...before, status: 'closed' };
    default:
      return 'inputs' in event.payload ? { ...before, status: 'consumed' } : before;
  }
}
