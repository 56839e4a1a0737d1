import type { ListedLot, Verdicts } from '../../core/api/lot.js';
import type { Field } from '../../core/event/fields.js';
import type { ActionName } from './actions.js';
import type { Limits } from './balance.js';
import type { ExtendedLot } from './compose.js';
import type { IncomingLot } from './receive-rows.js';
import type { MassUnit } from './typed.js';

/** A lot on the desk, with its verdicts. */
export interface DeskLot extends ListedLot {
  judged: Verdicts;
}

export type DeskListName = 'incoming' | 'stock' | 'outgoing';

/** A part of one list of the desk. */
export interface DeskList {
  lots: DeskLot[];
  /** Lots of the list that are known of; `more`: it has others. */
  count: number;
  more: boolean;
  /** Cursor of the part after this one; null: it is the last. */
  next: string | null;
}

/** What the desk of an actor shows. */
export interface DeskData extends Readonly<Record<DeskListName, DeskList>> {
  actor: string;
  actions: readonly ActionName[];
}

/** One dispatch on its way to the reader. */
export interface IncomingDispatch {
  id: string;
  from: string;
  occurredAt: string;
  vehicle: string | null;
  seals: string[];
}

/** What the page of receipts works with. */
export interface ReceiveData {
  lots: IncomingLot[];
  dispatches: IncomingDispatch[];
  limits: Limits;
}

/** A lot on a form, as people know it. */
export interface FormLot extends ExtendedLot {
  called: string;
  goods: string;
  mineral: string;
  mass: { value: string; uom: string };
  shown: string;
}

/** What a form of the desk works with. */
export interface FormData {
  type: string;
  fields: Field[];
  first: readonly string[];
  rows: Readonly<Record<string, number>>;
  lots: FormLot[];
  unit: MassUnit;
  /** Tolerances of the masses that it compares; null: it compares none. */
  limits: Limits | null;
  /** Whether new lots are compared with the inputs, and not each lot with itself. */
  balances: boolean;
  /** Whether lots for which nothing is typed are left out. */
  skipsEmpty: boolean;
  /** Claims that the page brings, such as the event that is disputed. */
  fixed: Readonly<Record<string, unknown>>;
}
