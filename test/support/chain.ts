import type { Lot } from '../../src/core/custody/view.js';
import { kilograms as inKilograms } from '../../src/core/custody/quantity.js';
import { CoreLedger, tin } from './core-ledger.js';

/** Numbers in [0, limit) that follow from the seed alone (mulberry32): a chain that fails can be told again. */
export function numbersFrom(seed: number): (limit: number) => number {
  let state = seed >>> 0;
  return (limit) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit);
  };
}

/** The same things in an order that follows from the seed. */
export function shuffled<T>(things: readonly T[], seed: number): T[] {
  const below = numbersFrom(seed);
  const ordered = things.map((thing) => ({ thing, at: below(2 ** 32) }));
  return ordered.toSorted((a, b) => a.at - b.at).map(({ thing }) => thing);
}

const SITES = ['hill', 'ridge', 'valley'] as const;
const TRADERS = ['trader', 'rival', 'abroad', 'plant'] as const;
/** Living lots beyond which no more are declared, so that chains grow long and not only many. */
const MANY = 12;

/** What honest actors do in `steps` steps: goods are mined, sent, received, weighed, mixed, parted, worked and exported. */
export function honestChain(seed: number, steps: number): CoreLedger {
  const ledger = CoreLedger.opened();
  for (const site of SITES.slice(1))
    ledger.must('registrar', 'site.registered', { site, country: 'RW', operator: 'coop', minerals: ['cassiterite'] });
  const below = numbersFrom(seed);
  for (let step = 0; step < steps; step += 1) honestStep(ledger, below);
  return ledger;
}

type Numbers = (limit: number) => number;

const mass = (milligrams: bigint): { mass: { value: string; uom: string } } => ({ mass: inKilograms(milligrams) });
const living = (ledger: CoreLedger): Lot[] =>
  [...ledger.view.lots.values()].filter(({ status }) => status === 'held' || status === 'inTransit');

function honestStep(ledger: CoreLedger, below: Numbers): void {
  const lots = living(ledger);
  const lot = lots[below(lots.length)];
  if (lot === undefined || (lots.length < MANY && below(4) === 0)) declare(ledger, below);
  else if (lot.status === 'inTransit') receive(ledger, lot, below);
  else moves[below(moves.length)]?.(ledger, lot, below);
}

function declare(ledger: CoreLedger, below: Numbers): void {
  const known = [
    {},
    { moisturePercent: `${below(12)}.5` },
    {
      moisturePercent: '6.0',
      grades: [{ analyte: 'Sn', value: `${20 + below(50)}`, uom: 'P1', basis: 'dry' }],
    },
  ][below(3)];
  const output = tin('1', { ...mass(BigInt(1 + below(90_000_000))), ...known });
  ledger.must('coop', 'lot.declared', { place: { site: SITES[below(SITES.length)] }, outputs: [output] });
}

/** Scales differ a little; one in eight receivers sends the goods back. */
function receive(ledger: CoreLedger, lot: Lot, below: Numbers): void {
  const weighed = lot.mass - (lot.mass * BigInt(below(4))) / 1_000n;
  const said = below(8) === 0 ? { outcome: 'rejected' } : mass(weighed);
  ledger.must(lot.inTransitTo ?? '', 'custody.received', { from: lot.holder, lots: [{ lot: lot.id, ...said }] });
}

type Move = (ledger: CoreLedger, lot: Lot, below: Numbers) => void;

const dispatch: Move = (ledger, { id, holder }, below) => {
  const others = TRADERS.filter((trader) => trader !== holder);
  ledger.dispatch(holder, others[below(others.length)] ?? 'trader', [id]);
};

const weigh: Move = (ledger, lot, below) => {
  const weighed = lot.mass - (lot.mass * BigInt(below(3))) / 1_000n;
  ledger.must(lot.holder, 'lot.measured', { lots: [{ lot: lot.id, ...mass(weighed) }] });
};

const mix: Move = (ledger, lot) => {
  const inputs = living(ledger).filter(({ status, holder }) => status === 'held' && holder === lot.holder);
  const total = inputs.reduce((sum, input) => sum + input.mass, 0n);
  ledger.must(lot.holder, 'lot.aggregated', {
    inputs: inputs.map(({ id }) => id),
    outputs: [{ form: 'concentrate', ...mass(total) }],
  });
};

const part: Move = (ledger, lot, below) => {
  if (lot.mass < 2n) return;
  const first = 1n + BigInt(below(Number(lot.mass - 1n)));
  ledger.must(lot.holder, 'lot.split', { inputs: [lot.id], outputs: [mass(first), mass(lot.mass - first)] });
};

const work: Move = (ledger, lot) => {
  if (lot.holder !== 'plant' && lot.holder !== 'coop') return;
  const kept = (lot.mass + 1n) / 2n;
  ledger.must(lot.holder, 'lot.processed', {
    process: 'gravity',
    inputs: [lot.id],
    outputs: [{ form: 'concentrate', ...mass(kept) }],
  });
};

const exportOut: Move = (ledger, lot) => {
  if (lot.holder === 'plant') ledger.must('plant', 'lot.exported', { lots: [lot.id] });
};

/** Sending is what happens most. */
const moves: readonly Move[] = [dispatch, dispatch, dispatch, weigh, mix, part, work, exportOut];
