import type { CorrectableClaim } from '../../core/event/correctable.js';
import { type Fault, type MassUnit, readTyped } from './typed.js';

/** A claim on the page of corrections, with its present value as people would type it. */
export interface ShownClaim extends CorrectableClaim {
  shown: string;
}

/** What the page of corrections works with. */
export interface CorrectData {
  event: string;
  claims: ShownClaim[];
}

/** A claim that was changed: the fault of what was typed, and the body of its correction but for the reason. */
export interface Change {
  claim: ShownClaim;
  fault: Fault | undefined;
  body: Record<string, unknown>;
}

const units: Readonly<Record<string, MassUnit>> = { KGM: 'kg', GRM: 'g', TNE: 't' };

/** Returns a value as people would type it, so that only what is changed is a correction. */
export function textOfClaim({ field: { kind }, value }: CorrectableClaim): string {
  if (value === undefined || value === null) return '';
  if (kind === 'mass') {
    const { value: amount, uom } = value as { value: string; uom: string };
    return `${amount} ${units[uom] ?? uom}`;
  }
  if (kind === 'grades')
    return (value as { analyte: string; value: string; uom: string; basis: string }[])
      .map(
        ({ analyte, value: part, uom, basis }) =>
          `${analyte} ${part} ${{ P1: '%', NX: '‰', '59': 'ppm' }[uom] ?? uom} ${basis}`,
      )
      .join('; ');
  const all: unknown[] = Array.isArray(value) ? value : [value];
  return all.map((each) => (typeof each === 'string' ? each : JSON.stringify(each))).join(', ');
}

/** Returns the unit of the mass that a claim has; null where it has none, so that the one who corrects must write it. */
function unitOf({ field, value }: CorrectableClaim): MassUnit | null {
  if (field.kind !== 'mass' || typeof value !== 'object' || value === null) return null;
  return units[(value as { uom: string }).uom] ?? null;
}

/**
 * Reads what was changed: each changed claim is one correction.
 * @param texts what was typed, by the pointer of its claim.
 * @param offset of the clock of this device from UTC.
 */
export const changesOf = (
  { event, claims }: CorrectData,
  texts: Readonly<Record<string, string>>,
  offset: string,
): Change[] =>
  claims.flatMap((claim) => {
    const text = (texts[claim.pointer] ?? claim.shown).trim();
    if (text === claim.shown) return [];
    const read = text === '' ? { value: undefined } : readTyped(claim.field, text, { unit: unitOf(claim), offset });
    const was = claim.value === undefined ? {} : { was: claim.value };
    const is = 'fault' in read || read.value === undefined ? {} : { is: read.value };
    const body = { event, field: claim.pointer, ...was, ...is };
    return [{ claim, fault: 'fault' in read ? read.fault : undefined, body }];
  });
