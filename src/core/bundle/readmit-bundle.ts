import { namedLots } from '../custody/check-lots.js';
import { linksOf } from '../custody/links.js';
import { type ReadmissionFault, readmit, signatureFault } from '../custody/readmit.js';
import { type LedgerView, type Lot, emptyView } from '../custody/view.js';
import type { AditEvent } from '../event/event.js';
import type { SignatureCheck } from '../event/keys.js';
import { references } from '../event/references.js';
import { type AnswerGiven, answerGiven } from './answers.js';
import type { BundledEvent } from './events.js';

/** The first fault in the events of a bundle, and its entry. */
export interface Flaw {
  step: 'signatures' | 'admission' | 'disclosures' | 'chains';
  index: number;
  detail: string;
}

/** The ledger after the events of a bundle. */
export interface ReadmittedEvent {
  /** The ledger after the last event. */
  view: LedgerView;
  /** Answers to findings, in the order of the log. */
  answers: AnswerGiven[];
  flaw: Flaw | null;
}

/**
 * Admits the events of a bundle again, each at its index, by the same rules as the service, with the keys in force at
 * that index. Lots outside the bundle are known only from its events: each gets the state that an event needs, so that
 * the rest of the event can be judged.
 * @param scope lots whose state is never assumed
 */
export async function readmitBundle(
  events: readonly BundledEvent[],
  scope: ReadonlySet<string>,
  check: SignatureCheck,
): Promise<ReadmittedEvent> {
  const [opening] = events;
  const view = emptyView(opening?.event.log ?? '');
  const answers: AnswerGiven[] = [];
  if (opening === undefined || opening.event.type !== 'ledger.opened' || opening.index !== 0)
    return {
      view,
      answers,
      flaw: { step: 'admission', index: 0, detail: 'Entry 0, ledger.opened, is not in the bundle.' },
    };
  for (const entry of events) {
    const { index, event } = entry;
    const flaw = (step: Flaw['step'], detail: string) => ({ view, answers, flaw: { step, index, detail } });
    const unsigned = await signatureFault(event, entry, view, check);
    if (unsigned !== null) return flaw('signatures', signatureText(unsigned, event));
    const before = view.events.get(event.id);
    standIn(event, view, scope);
    if (event.type === 'finding.answered') answers.push(answerGiven(index, event, view));
    const fault = readmit(event, index, view, before?.event === undefined ? null : before.index);
    if (fault !== null) return flaw(fault.kind === 'waiting' ? 'chains' : 'admission', admissionText(fault));
  }
  return { view, answers, flaw: null };
}

function signatureText({ kind, detail }: ReadmissionFault, { iss, kid }: AditEvent): string {
  if (kind === 'key') return `Key ${kid} was not registered before this entry.`;
  return kind === 'possession' ? detail : `The signature of ${iss} does not verify.`;
}

function admissionText({ kind, detail, code, missing }: ReadmissionFault): string {
  if (kind === 'waiting') return `It follows ${missing.join(', ')}, which is not in the bundle before it.`;
  return kind === 'replay' ? `It ${detail}.` : `It ${detail} (${code})`;
}

/** Gives lots outside the bundle the state that an event requires. */
function standIn(event: AditEvent, view: LedgerView, scope: ReadonlySet<string>): void {
  const links = linksOf(event);
  const own = links.map(({ lot }) => view.lots.get(lot)).find((lot) => lot !== undefined && scope.has(lot.id));
  for (const { lot, prev } of links) {
    if (scope.has(lot)) continue;
    view.lots.set(lot, asFound(event, lot, prev, own));
    if (!view.events.has(prev)) view.events.set(prev, { index: 0 });
  }
  for (const [, lot] of namedLots(event))
    if (!scope.has(lot) && !view.lots.has(lot)) view.lots.set(lot, asFound(event, lot, '', undefined));
  const chained = new Set(links.map(({ prev }) => prev));
  for (const id of references(event).events)
    if (!chained.has(id) && !view.events.has(id)) view.events.set(id, { index: 0 });
}

function asFound(event: AditEvent, lot: string, prev: string, like: Lot | undefined): Lot {
  const held: Lot = {
    id: lot,
    seq: 1,
    head: prev,
    bornIndex: 0,
    headIndex: 0,
    status: 'held',
    holder: event.iss,
    inTransitTo: null,
    plannedArrival: null,
    recalledFrom: null,
    holds: [],
    mineral: like?.mineral ?? 'cassiterite',
    form: like?.form ?? 'concentrate',
    mass: 1n,
    moisture: null,
    grades: [],
    tags: [],
    model: null,
    lotNumber: null,
    site: null,
    bornAt: 0,
    origins: [],
    originsBy: 'wetMass',
    assayed: false,
  };
  switch (event.type) {
    case 'custody.received':
      return { ...held, status: 'inTransit', holder: event.payload.from, inTransitTo: event.iss, plannedArrival: 0 };
    case 'custody.recalled':
      return { ...held, status: 'inTransit', inTransitTo: event.iss, plannedArrival: 0 };
    case 'custody.assigned':
    case 'lot.released':
      return { ...held, holds: [event.iss] };
    default:
      return held;
  }
}
