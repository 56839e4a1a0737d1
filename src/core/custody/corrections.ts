import { AditError } from '../errors.js';
import { type AditEvent, readPayload } from '../event/event.js';
import { instantMs } from '../event/primitives.js';
import { eventTypes } from '../event/types/index.js';
import { lotsOf } from './links.js';
import { rescaled } from './origins.js';
import { milligrams, partsPerMillion } from './quantity.js';
import { refusal } from './refusal.js';
import type { LedgerView, Lot } from './view.js';

/** A corrected claim of an event, by its signer. Readers apply the corrections in force to the signed event. */
export interface Correction {
  /** Id of the `event.corrected`. */
  id: string;
  index: number;
  /** Id of the corrected event. */
  target: string;
  /** RFC 6901 pointer to the claim. */
  field: string;
  /** The new value; null removes the claim. */
  value: unknown;
  /** Index from which it is in force: its own entry, or the endorsement that it needs; null while that is missing. */
  inForceIndex: number | null;
}

type CorrectionEvent = Extract<AditEvent, { type: 'event.corrected' }>;

/** Lists the corrections in force, in the order in which they came into force. */
export const inForce = (corrections: readonly Correction[]): Correction[] =>
  corrections
    .filter(({ inForceIndex }) => inForceIndex !== null)
    .toSorted((a, b) => (a.inForceIndex ?? 0) - (b.inForceIndex ?? 0) || a.index - b.index);

/** Returns the event with the corrections in force applied. */
export function corrected(event: AditEvent, corrections: readonly Correction[]): AditEvent {
  return mended(event, inForce(corrections));
}

/** Returns the event with these corrections applied in order. */
export function mended(event: AditEvent, corrections: readonly Pick<Correction, 'field' | 'value'>[]): AditEvent {
  if (corrections.length === 0) return event;
  const payload = structuredClone(event.payload);
  for (const { field, value } of corrections) setAt(payload, field, value ?? undefined);
  const { occurredAt, place } = payload;
  // Admission validated every corrected payload against the schema of the type, so the cast is safe.
  return {
    ...event,
    payload,
    occurredAt,
    place,
    occurredAtMs: instantMs(occurredAt) ?? event.occurredAtMs,
  } as AditEvent;
}

const stepsOf = (pointer: string): string[] => pointer.split('/').slice(1);

function valueAt(root: unknown, pointer: string): unknown {
  let value = root;
  for (const step of stepsOf(pointer)) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Record<string, unknown>)[step];
  }
  return value;
}

/** Sets the value at a pointer, or removes the member there; false if the pointer leads nowhere. */
function setAt(root: unknown, pointer: string, value: unknown): boolean {
  const steps = stepsOf(pointer);
  const last = steps.pop() ?? '';
  const holder = steps.length === 0 ? root : valueAt(root, `/${steps.join('/')}`);
  if (typeof holder !== 'object' || holder === null) return false;
  if (Array.isArray(holder)) {
    if (value === undefined || !Object.hasOwn(holder, last)) return false;
    holder[Number(last)] = value;
  } else if (value === undefined) Reflect.deleteProperty(holder, last);
  else Object.defineProperty(holder, last, { value, enumerable: true, configurable: true, writable: true });
  return true;
}

/** Returns whether a pointer names a claim, or a part of one, that the event type allows to be corrected. */
function isCorrectable(event: AditEvent, pointer: string): boolean {
  const steps = stepsOf(pointer);
  return (eventTypes.get(event.type)?.correctable ?? []).some((pattern) => {
    const wanted = stepsOf(pattern);
    return (
      wanted.length <= steps.length &&
      wanted.every((step, i) => step === steps[i] || (step === '*' && /^(0|[1-9][0-9]*)$/.test(steps[i] ?? '')))
    );
  });
}

/** Compares two JSON values, regardless of the order of members. */
function same(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b;
  const [left, right] = [Object.entries(a), new Map<string, unknown>(Object.entries(b))];
  return (
    Array.isArray(a) === Array.isArray(b) &&
    left.length === right.size &&
    left.every(([key, value]) => right.has(key) && same(value, right.get(key)))
  );
}

/** Checks a correction: a correctable claim, `was` equal to the value in force, and a corrected event that is valid. */
export function checkCorrection(
  event: CorrectionEvent,
  target: AditEvent,
  earlier: readonly Correction[],
): AditError | null {
  const { field, was, is } = event.payload;
  if (!isCorrectable(target, field))
    return refusal('schema-invalid', `${field} of ${target.type} is not a claim that may be corrected.`, '/field');
  const { payload } = corrected(target, earlier);
  if (!same(valueAt(payload, field), was))
    return refusal('schema-invalid', 'This is not what is in force; read it again and correct that.', '/was');
  const claims = structuredClone(payload) as unknown as Record<string, unknown>;
  if (!setAt(claims, field, is)) return refusal('schema-invalid', `There is nothing at ${field} to correct.`, '/field');
  const eventType = eventTypes.get(target.type);
  try {
    if (eventType !== undefined) readPayload(claims, eventType);
  } catch (error) {
    if (!(error instanceof AditError)) throw error;
    return refusal(error.code, `With this, the event would not be valid: ${error.message}`, '/is');
  }
  return null;
}

/** Lists the lots that a corrected claim concerns: that of its array element, else all that the event touches. */
function lotsConcerned(target: AditEvent, field: string): string[] {
  const [list = '', at = ''] = stepsOf(field);
  if (list !== 'lots' && list !== 'inputs' && list !== 'outputs') return lotsOf(target);
  const lot = valueAt(target.payload, `/${list}/${at}/lot`);
  return typeof lot === 'string' ? [lot] : lotsOf(target);
}

/** Records a correction. It is in force at once while its signer holds the goods, later if the holder endorses it. */
export function applyCorrection(event: CorrectionEvent, view: LedgerView, index: number): void {
  const { event: id, field, is } = event.payload;
  const target = view.events.get(id)?.event;
  if (target === undefined) return;
  const lots = lotsConcerned(target, field).map((lot) => view.lots.get(lot));
  const own = lots.every((lot) => lot?.holder === event.iss && lot.status !== 'consumed');
  const correction = { id: event.id, index, target: id, field, value: is ?? null, inForceIndex: own ? index : null };
  store(view, correction);
  if (own) correctLots(view, target, correction, index);
}

function store(view: LedgerView, correction: Correction): void {
  const others = (view.corrections.get(correction.target) ?? []).filter(({ id }) => id !== correction.id);
  view.corrections.set(correction.target, [...others, correction]);
  for (const changed of view.changes.corrections)
    if (changed.id === correction.id) view.changes.corrections.delete(changed);
  view.changes.corrections.add(correction);
}

/** Puts corrections in force that the holder of all lots concerned, or an authority, endorses. */
export function endorseCorrections(
  event: Extract<AditEvent, { type: 'event.endorsed' }>,
  view: LedgerView,
  index: number,
): void {
  const authority = view.actors.get(event.iss)?.roles.includes('authority') === true;
  for (const correction of [...view.corrections.values()].flat()) {
    if (correction.inForceIndex !== null || !event.payload.events.includes(correction.id)) continue;
    const target = view.events.get(correction.target)?.event;
    if (target === undefined || target.iss === event.iss) continue;
    const lots = lotsConcerned(target, correction.field).map((lot) => view.lots.get(lot));
    if (!authority && !lots.every((lot) => lot?.holder === event.iss && lot.status !== 'consumed')) continue;
    store(view, { ...correction, inForceIndex: index });
    correctLots(view, target, correction, index);
  }
}

/**
 * Applies a correction to the lot's mass, moisture, grades and tags if the corrected event is still the newest on its
 * chain: later events state their own values.
 */
function correctLots(view: LedgerView, target: AditEvent, { field }: Correction, index: number): void {
  const { payload } = corrected(target, view.corrections.get(target.id) ?? []);
  const elements: readonly (string | Element)[] =
    'outputs' in payload ? payload.outputs : 'lots' in payload ? (payload.lots ?? []) : [];
  const [, at, claim] = stepsOf(field);
  for (const [i, element] of elements.entries()) {
    if (typeof element === 'string') continue;
    const { lot: id, tags } = element;
    // A tag added by a correction counts as used from this entry on.
    if (claim === 'tags' && String(i) === at)
      for (const tag of tags ?? [])
        if (!tagsAt(target, id).includes(tag)) view.changes.tagUses.push({ tag, lot: id, index });
    const lot = view.lots.get(id);
    // A rejected lot keeps the mass that its sender measured.
    if (lot?.head !== target.id || element.outcome === 'rejected') continue;
    view.lots.set(id, { ...lot, ...restated(element, target, lot) });
    view.changes.lots.add(id);
  }
}

const tagsAt = (event: AditEvent, lot: string): readonly string[] =>
  'outputs' in event.payload ? (event.payload.outputs.find((output) => output.lot === lot)?.tags ?? []) : [];

type Element = Partial<Extract<AditEvent, { type: 'lot.measured' }>['payload']['lots'][number]> & {
  lot: string;
  tags?: string[] | undefined;
  outcome?: string | undefined;
};

/** Returns the claims of an event that describe the lot itself. The mass of a dispatch or export does not. */
function restated(claim: Element, target: AditEvent, lot: Lot): Partial<Lot> {
  const changes: Partial<Lot> = {};
  const weighs = 'outputs' in target.payload || target.type === 'lot.measured' || target.type === 'custody.received';
  if (weighs && claim.mass !== undefined) {
    changes.mass = milligrams(claim.mass);
    changes.origins = rescaled(lot.origins, changes.mass);
  }
  if (claim.moisturePercent !== undefined) changes.moisture = partsPerMillion(claim.moisturePercent);
  if (claim.grades !== undefined) changes.grades = claim.grades.map((grade) => ({ ...grade }));
  if ('outputs' in target.payload) changes.tags = [...(claim.tags ?? [])];
  return changes;
}
