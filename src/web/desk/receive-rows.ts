import type { Quantity } from '../../core/event/quantity-claims.js';
import { type Difference, type Limits, compareMasses } from './balance.js';
import type { SheetColumn, SheetRow } from './sheet.js';
import { type Fault, type MassUnit, readMassIn, readNumbers } from './typed.js';

/** Orders names as people count: T-9 before T-10. */
export const byNumber = new Intl.Collator('en', { numeric: true });

/** A lot on its way to the reader, as the page of receipts has it. */
export interface IncomingLot {
  id: string;
  /** Its newest event: the dispatch, which the receipt follows. */
  head: string;
  called: string;
  tags: string[];
  lotNumber: string | null;
  mineral: string;
  goods: string;
  mass: Quantity;
  unit: MassUnit;
  from: string;
  /** Seals that the dispatch names. */
  seals: string[];
}

/** Returns by what the texts of a lot are kept: a lot that comes back later is weighed again. */
export const keyOf = ({ id, head }: Pick<IncomingLot, 'id' | 'head'>): string => `${head} ${id}`;

type ReceiptField = 'mass' | 'seals' | 'sealState' | 'outcome' | 'reason';
/** What the receiver typed for one lot. */
export type ReceiptTexts = Readonly<Partial<Record<ReceiptField, string>>>;

export const sealStates = ['intact', 'broken', 'missing'] as const;
export const outcomes = ['accepted', 'rejected'] as const;

/** Words for an outcome in tables. */
const REJECTED = new Set([
  'rejected',
  'reject',
  'no',
  'refused',
  'refusé',
  'rejeté',
  'non',
  'imekataliwa',
  'hapana',
  'rechazado',
]);

export interface JudgedReceipt {
  /** `empty`: nothing is typed; `fault`: something is to be corrected; `look`: beyond a tolerance; `ready`. */
  state: 'empty' | 'fault' | 'look' | 'ready';
  faults: Partial<Record<ReceiptField, Fault>>;
  difference: Difference | null;
  mass: Quantity | null;
  claims: Record<string, unknown>;
}

/** Judges what was typed for one lot: faults by field, and the difference to what was sent. */
export function judgeReceipt(lot: IncomingLot, texts: ReceiptTexts, limits: Limits): JudgedReceipt {
  const faults: JudgedReceipt['faults'] = {};
  const typed = (field: ReceiptField): string => texts[field]?.trim() ?? '';
  const rejected = typed('outcome') === 'rejected';
  const mass = typed('mass') === '' ? null : readMassIn(typed('mass'), lot.unit);
  if (mass !== null && 'fault' in mass) faults.mass = mass.fault;
  const seals = typed('seals') === '' ? null : readNumbers(typed('seals'));
  if (seals !== null && 'fault' in seals) faults.seals = seals.fault;
  const state = typed('sealState');
  if (state !== '' && !sealStates.some((each) => each === state)) faults.sealState = { code: 'choice' };
  if (rejected && typed('reason') === '') faults.reason = { code: 'empty' };
  const weighed = mass !== null && 'value' in mass ? mass.value : null;
  const difference = weighed === null || rejected ? null : compareMasses([lot.mass], [weighed], limits, lot.mineral);
  const claims = {
    lot: lot.id,
    prev: lot.head,
    outcome: rejected ? 'rejected' : 'accepted',
    ...(weighed === null ? {} : { mass: weighed }),
    ...(seals !== null && 'value' in seals ? { seals: seals.value } : {}),
    ...(state === '' ? {} : { sealState: state }),
    ...(typed('reason') === '' ? {} : { reason: typed('reason') }),
  };
  const empty = !rejected && typed('mass') === '';
  const kind =
    Object.keys(faults).length > 0
      ? 'fault'
      : empty
        ? 'empty'
        : difference?.band === 'ok' || rejected
          ? 'ready'
          : 'look';
  return { state: kind, faults, difference, mass: weighed, claims };
}

/** A receipt to be signed: one event for the lots of one dispatch. */
export interface Receipt {
  type: 'custody.received';
  body: { from: string; lots: Record<string, unknown>[] };
  called: string[];
  lots: string[];
}

/** Lots of one event at most, so that its payload stays far below the limit. */
const MOST = 100;

/** Groups lots into receipts, because one receipt follows one dispatch. */
export function receiptsOf(rows: readonly { lot: IncomingLot; claims: Record<string, unknown> }[]): Receipt[] {
  const receipts: Receipt[] = [];
  const open = new Map<string, Receipt>();
  for (const { lot, claims } of rows) {
    let receipt = open.get(lot.head);
    if (receipt === undefined || receipt.lots.length === MOST) {
      receipt = { type: 'custody.received', body: { from: lot.from, lots: [] }, called: [], lots: [] };
      open.set(lot.head, receipt);
      receipts.push(receipt);
    }
    receipt.body.lots.push(claims);
    receipt.called.push(lot.called);
    receipt.lots.push(lot.id);
  }
  return receipts;
}

/** Why a row of a table fits no lot; its text is `desk.row.<code>`. */
type RowFault = 'noLot' | 'unknown' | 'repeated' | 'ambiguous';

export interface MatchedRow extends SheetRow {
  lot: IncomingLot | null;
  fault: RowFault | null;
}

const PREFIX = 8;

const isCalled = ({ id, tags, lotNumber }: IncomingLot, name: string): boolean =>
  id === name.toLowerCase() ||
  tags.includes(name) ||
  lotNumber === name ||
  (name.length >= PREFIX && id.startsWith(name.toLowerCase()));

/** Finds the lot of each row of a table; the second row of a lot is a fault, and the first counts. */
export function matchRows(rows: readonly SheetRow[], lots: readonly IncomingLot[]): MatchedRow[] {
  const met = new Set<string>();
  return rows.map((row) => {
    const name = row.cells.lot?.trim() ?? '';
    if (name === '') return { ...row, lot: null, fault: 'noLot' };
    const found = lots.filter((lot) => isCalled(lot, name));
    const [lot] = found;
    if (lot === undefined) return { ...row, lot: null, fault: 'unknown' };
    if (found.length > 1) return { ...row, lot: null, fault: 'ambiguous' };
    if (met.has(lot.id)) return { ...row, lot: null, fault: 'repeated' };
    met.add(lot.id);
    return { ...row, lot, fault: null };
  });
}

/** Returns the texts of a row of a table, as a person would have typed them. */
export function textsOfRow({ cells }: SheetRow): ReceiptTexts {
  const said = (column: SheetColumn): string => cells[column]?.trim() ?? '';
  const outcome = REJECTED.has(said('outcome').toLowerCase()) ? 'rejected' : 'accepted';
  return {
    mass: said('mass'),
    seals: said('seals'),
    sealState: said('sealState').toLowerCase(),
    outcome,
    reason: said('reason'),
  };
}
