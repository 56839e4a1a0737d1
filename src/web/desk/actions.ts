import type { Signers } from '../../core/event/types/event-type.js';
import { type EventTypeName, eventTypes } from '../../core/event/types/index.js';

/** What a person does at the desk, as data: one form serves all. What each event needs is in the schema of its type. */
export interface Action {
  type: EventTypeName;
  /** How many lots it takes: those that the reader holds. */
  lots: 'one' | 'many';
  /** Claims that the form shows first, in this order; the others are folded away. */
  first: readonly string[];
  /** Rows of new lots or residues that the form begins with. */
  rows?: Readonly<Record<string, number>>;
  /** Whether lots for which nothing is typed are left out. */
  skipsEmpty?: boolean;
  /** Which tolerances compare its masses with those before. */
  compared?: 'closure' | 'processed' | 'reweighed';
}

const LOT = ['tags', 'lotNumber'];

export const actions = {
  dispatch: {
    type: 'custody.dispatched',
    lots: 'many',
    first: ['to', 'carrier', 'vehicle', 'seals', 'plannedArrival', 'lots.mass'],
    compared: 'reweighed',
  },
  recall: { type: 'custody.recalled', lots: 'many', first: ['reason'] },
  split: {
    type: 'lot.split',
    lots: 'one',
    first: ['outputs.mass', ...LOT.map((claim) => `outputs.${claim}`)],
    rows: { outputs: 2 },
    compared: 'closure',
  },
  aggregate: {
    type: 'lot.aggregated',
    lots: 'many',
    first: ['outputs.mass', ...LOT.map((claim) => `outputs.${claim}`)],
    rows: { outputs: 1 },
    compared: 'closure',
  },
  process: {
    type: 'lot.processed',
    lots: 'many',
    first: [
      'process',
      'inputs.mass',
      'outputs.form',
      'outputs.mass',
      'outputs.tags',
      'outputs.lotNumber',
      'residues.kind',
      'residues.mass',
    ],
    rows: { outputs: 1, residues: 1 },
    compared: 'processed',
  },
  measure: {
    type: 'lot.measured',
    lots: 'many',
    skipsEmpty: true,
    first: ['lots.mass', 'lots.moisturePercent', 'lots.grades', 'method', 'laboratory'],
    compared: 'reweighed',
  },
  seal: {
    type: 'lot.sealed',
    lots: 'many',
    skipsEmpty: true,
    first: ['lots.sealsOn', 'lots.sealsOff', 'lots.tagsOn', 'lots.tagsOff'],
  },
  export: {
    type: 'lot.exported',
    lots: 'many',
    first: ['certificate', 'container', 'seals', 'portOfLoading', 'portOfDischarge', 'destination', 'lots.mass'],
    compared: 'reweighed',
  },
  import: {
    type: 'lot.imported',
    lots: 'many',
    first: ['certificate', 'container', 'sealState', 'portOfDischarge', 'lots.mass'],
  },
  close: { type: 'lot.closed', lots: 'many', first: ['reason'] },
} as const satisfies Readonly<Record<string, Action>>;

export type ActionName = keyof typeof actions;
export const actionNames = Object.keys(actions) as [ActionName, ...ActionName[]];

/** Whether an actor with these roles may sign events of a type, as far as roles decide. */
export function maySign(type: EventTypeName, roles: readonly string[]): boolean {
  const signers: Signers | undefined = eventTypes.get(type)?.signers;
  const needed = signers !== undefined && 'roles' in signers ? signers.roles : undefined;
  return needed === undefined || needed.some((role) => roles.includes(role));
}
