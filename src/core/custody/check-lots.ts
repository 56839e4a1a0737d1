import type { AditError } from '../errors.js';
import type { AditEvent } from '../event/event.js';
import { lotId } from '../event/ids.js';
import type { Admission } from './admit.js';
import { checkTarget, targetOf } from './check-target.js';
import { parentRefused, refusal } from './refusal.js';
import { isFork } from './fork.js';
import { type Link, linksOf } from './links.js';
import { type LedgerView, type Lot, successorKey } from './view.js';

const HOUR = 3_600_000;
/** Grace after the planned arrival before a sender may recall a dispatch, ms: in one country, and across a border. */
const GRACE = 24 * HOUR;
const GRACE_INTERNATIONAL = 72 * HOUR;

/** Event types that a hold allows: goods that arrive are received, and may be weighed and sealed. */
const ALLOWED_UNDER_HOLD: ReadonlySet<AditEvent['type']> = new Set(['custody.received', 'lot.measured', 'lot.sealed']);

/** Result of a check. Null: no fault. `missing`: ids of events that are not in the log yet. */
export type Verdict = { error: AditError; evidence: boolean } | { missing: string } | null;

/** Checks every lot that an event creates, extends, consumes or names, in array order. A refusal precedes a wait. */
export function checkLots(event: AditEvent, view: LedgerView): Admission {
  const missing: string[] = [];
  for (const verdict of verdicts(event, view)) {
    if (verdict === null) continue;
    if ('error' in verdict) return { outcome: 'refused', ...verdict };
    if (!missing.includes(verdict.missing)) missing.push(verdict.missing);
  }
  return missing.length > 0 ? { outcome: 'waiting', missing } : { outcome: 'admitted' };
}

function* verdicts(event: AditEvent, view: LedgerView): Generator<Verdict> {
  yield* checkOutputs(event, view);
  for (const link of linksOf(event)) yield checkLink(event, link, view);
  yield* checkNamed(event, view);
  yield checkTarget(event, view);
  yield checkInheritance(event, view);
}

const plain = (error: AditError): Verdict => ({ error, evidence: false });

function* checkOutputs(event: AditEvent, view: LedgerView): Generator<Verdict> {
  if (!('outputs' in event.payload)) return;
  for (const [i, { lot }] of event.payload.outputs.entries()) {
    if (lot !== lotId(event.log, event.iss, event.jti, i) || view.lots.has(lot))
      yield plain(
        refusal(
          'lot-id-invalid',
          `A new lot's id derives from log, iss, jti and its number, here ${i}, and a jti is used once.`,
          `/outputs/${i}/lot`,
        ),
      );
  }
}

function checkLink(event: AditEvent, link: Link, view: LedgerView): Verdict {
  const { lot: id, prev, pointer } = link;
  const lot = view.lots.get(id);
  // An event in the log was not refused, even if an invalid copy of it was refused in the same batch.
  const absent = view.events.has(prev) ? null : missingParent(link, view);
  if (lot === undefined) {
    if (absent !== null) return absent;
    return plain(refusal('lot-unknown', `There is no lot ${id}.`, `${pointer}/lot`));
  }
  const evidence = isEvidence(event, link, lot, view);
  const ended = checkEnded(event, lot, pointer);
  // A refusal because of a hold is evidence: the log records the attempt.
  if (ended !== null)
    return { error: ended, evidence: evidence || (ended.code === 'lot-on-hold' && event.type !== 'custody.assigned') };
  if (prev !== lot.head) {
    if (absent !== null) return absent;
    return { error: refusal('head-moved', `The newest event of lot ${id} is another.`, `${pointer}/prev`), evidence };
  }
  const error = checkTransit(event, lot, pointer, view) ?? checkRight(event, lot, pointer);
  return error === null ? null : { error, evidence: evidence || error.code === 'not-holder' };
}

const missingParent = (link: Link, view: LedgerView): Verdict =>
  view.refused.has(link.prev) ? plain(parentRefused(link.prev, `${link.pointer}/prev`)) : { missing: link.prev };

/** Returns the refusal of a waiting event whose parent has been refused since; null if no parent was refused. */
export function refusedWithParent(event: AditEvent, refused: ReadonlySet<string>): AditError | null {
  const link = linksOf(event).find(({ prev }) => refused.has(prev));
  if (link !== undefined) return parentRefused(link.prev, `${link.pointer}/prev`);
  const target = targetOf(event);
  return target !== null && refused.has(target.id) ? parentRefused(target.id, target.pointer) : null;
}

/**
 * Returns whether a refused event is evidence: a second sale of the same goods, or a receipt that conflicts with a
 * recall. Both parties must be able to prove it.
 */
function isEvidence(event: AditEvent, { lot, prev }: Link, state: Lot, view: LedgerView): boolean {
  if (isSoldInTransit(event, state)) return true;
  if (state.head === prev) return false;
  const successor = view.successors.get(successorKey(lot, prev));
  if (event.type === 'custody.received' && state.recalledFrom === event.iss)
    return successor?.type === 'custody.recalled';
  return isFork(event, successor);
}

/**
 * Returns whether a sender dispatches goods in transit to another receiver. The sender may only recall them, so this is
 * a second sale even if the event names the first dispatch as `prev`.
 */
const isSoldInTransit = (event: AditEvent, { status, holder, inTransitTo }: Lot): boolean =>
  event.type === 'custody.dispatched' &&
  status === 'inTransit' &&
  holder === event.iss &&
  inTransitTo !== event.payload.to;

function checkEnded(event: AditEvent, lot: Lot, pointer: string): AditError | null {
  if (lot.status === 'consumed') return refusal('lot-consumed', `Lot ${lot.id} has been consumed.`, `${pointer}/lot`);
  if (lot.status === 'closed') return refusal('lot-closed', `Lot ${lot.id} is closed.`, `${pointer}/lot`);
  if (event.type === 'custody.assigned') return checkOwnHold(event.iss, lot, pointer);
  if (lot.holds.length > 0 && !ALLOWED_UNDER_HOLD.has(event.type))
    return refusal('lot-on-hold', `Lot ${lot.id} is held by ${lot.holds.join(', ')}.`, `${pointer}/lot`);
  return null;
}

/** Refuses an authority's decision on a lot that this authority does not hold. */
function checkOwnHold(authority: string, lot: Lot, pointer: string): AditError | null {
  if (lot.holds.includes(authority)) return null;
  if (lot.holds.length > 0)
    return refusal('lot-on-hold', `Lot ${lot.id} is held by ${lot.holds.join(', ')}.`, `${pointer}/lot`);
  return refusal('not-holder', `${authority} does not hold lot ${lot.id} back.`, `${pointer}/lot`);
}

function checkTransit(event: AditEvent, lot: Lot, pointer: string, view: LedgerView): AditError | null {
  if (event.type === 'custody.assigned') return null;
  const inTransit = lot.status === 'inTransit';
  if (event.type !== 'custody.received' && event.type !== 'custody.recalled')
    return inTransit ? refusal('lot-in-transit', `Lot ${lot.id} is in transit.`, `${pointer}/lot`) : null;
  if (!inTransit) return refusal('lot-not-in-transit', `Lot ${lot.id} is not in transit.`, `${pointer}/lot`);
  if (event.type === 'custody.received') return null;
  const until = (lot.plannedArrival ?? 0) + graceOf(lot, view);
  if (view.clock !== null && view.clock > until) return null;
  const detail = `The dispatch may be recalled after ${new Date(until).toISOString()} of the log's time.`;
  return refusal('recall-too-early', detail, `${pointer}/lot`);
}

/** Returns the grace after the planned arrival, ms; longer if sender and receiver are in different countries. */
function graceOf(lot: Lot, view: LedgerView): number {
  const [sender, receiver] = [view.actors.get(lot.holder), view.actors.get(lot.inTransitTo ?? '')];
  return sender?.country === receiver?.country ? GRACE : GRACE_INTERNATIONAL;
}

function checkRight(event: AditEvent, lot: Lot, pointer: string): AditError | null {
  if (event.type === 'custody.assigned') return null;
  if (event.type === 'custody.received') {
    if (lot.inTransitTo !== event.iss)
      return refusal('not-holder', `Lot ${lot.id} was not dispatched to ${event.iss}.`, `${pointer}/lot`);
    return lot.holder === event.payload.from
      ? null
      : refusal('schema-invalid', `Lot ${lot.id} was not dispatched by ${event.payload.from}.`, '/from');
  }
  return lot.holder === event.iss
    ? null
    : refusal('not-holder', `${event.iss} does not hold lot ${lot.id}.`, `${pointer}/lot`);
}

/** Checks the lots that an attestation names without extending their chains. */
function* checkNamed(event: AditEvent, view: LedgerView): Generator<Verdict> {
  const named = namedLots(event);
  for (const [pointer, id] of named) {
    const lot = view.lots.get(id);
    if (lot === undefined) yield plain(refusal('lot-unknown', `There is no lot ${id}.`, pointer));
    else if (event.type === 'lot.held') yield held(lot, pointer);
    else if (event.type === 'lot.released' && releasable(lot, event.iss) === null)
      yield plain(refusal('not-holder', `${event.iss} does not hold lot ${id} back.`, pointer));
  }
}

function held(lot: Lot, pointer: string): Verdict {
  if (lot.status === 'consumed')
    return plain(refusal('lot-consumed', `Lot ${lot.id} has been consumed; hold what was made of it.`, pointer));
  if (lot.status === 'closed') return plain(refusal('lot-closed', `Lot ${lot.id} is closed.`, pointer));
  return null;
}

/** Returns the hold that an authority may lift: its own, else the ledger's; null: none. */
export function releasable(lot: Lot, authority: string): string | null {
  return [authority, 'ledger'].find((holder) => lot.holds.includes(holder)) ?? null;
}

/** Lists the lots that an attestation names, each with the pointer to its name. */
export function namedLots(event: AditEvent): [string, string][] {
  switch (event.type) {
    case 'lot.held':
    case 'lot.released':
    case 'certificate.issued':
    case 'incident.reported':
    case 'transit.checked':
    case 'payment.recorded':
      return (event.payload.lots ?? []).map((lot, i) => [`/lots/${i}`, lot]);
    case 'stock.counted':
      return [
        ...event.payload.lots.map(({ lot }, i): [string, string] => [`/lots/${i}/lot`, lot]),
        ...(event.payload.missing ?? []).map((lot, i): [string, string] => [`/missing/${i}`, lot]),
      ];
    case 'assay.certified':
    case 'origin.tested':
      return [['/lot', event.payload.lot]];
    default:
      return [];
  }
}

/** Checks that a claim which an output inherits is equal in all inputs, or is written in the output. */
function checkInheritance(event: AditEvent, view: LedgerView): Verdict {
  if (event.type !== 'lot.aggregated' && event.type !== 'lot.split' && event.type !== 'lot.processed') return null;
  const inputs = event.payload.inputs.flatMap(({ lot }) => view.lots.get(lot) ?? []);
  for (const [i, output] of event.payload.outputs.entries())
    for (const name of ['mineral', 'form'] as const) {
      if (output[name] !== undefined || inputs.every((input) => input[name] === inputs[0]?.[name])) continue;
      const detail = `The inputs differ in ${name}, so the output must say its own.`;
      return plain(refusal('schema-invalid', detail, `/outputs/${i}/${name}`));
    }
  return null;
}
