import { type Facts, type JudgedEvent, type JudgedOf, isType } from './facts.js';
import { type LotMeasure, type Stated, measureBefore, remeasured } from './lot-history.js';
import { dryMass, metalIn, sum, totalDryMass } from './mass-balance.js';
import type { Parameters } from './parameters.js';

type Transformation = JudgedOf<'lot.aggregated'> | JudgedOf<'lot.split'> | JudgedOf<'lot.processed'>;

/** How two amounts stand to each other; each kind has tolerances of its own. */
export type ComparisonKind = 'reweighed' | 'handedOver' | 'imported' | 'closure' | 'processed' | 'metal';

/** An amount that went in, or was there before, and the one that came out, or was found; both in mg. */
export interface Pair {
  in: bigint;
  out: bigint;
}

/**
 * One comparison that an entry allows. `pairs` are the same matter reckoned in several ways (by the scale, and dry):
 * only what all of them show has been gained or lost.
 */
export interface Comparison {
  kind: ComparisonKind;
  cause: string;
  lots: string[];
  mineral: string;
  pairs: readonly Pair[];
  what: string;
}

export class MassComparisons {
  /** @param processes those that add matter or water to what is worked, as the parameters name them */
  constructor(
    private readonly facts: Facts,
    private readonly processes: Pick<Parameters['massGained'], 'addsMatter' | 'addsWater'>,
  ) {}

  of(entry: JudgedEvent): Comparison[] {
    if (isType(entry, 'custody.received')) return this.receipt(entry);
    if (isType(entry, 'custody.dispatched') || isType(entry, 'lot.measured') || isType(entry, 'lot.exported'))
      return entry.event.payload.lots.flatMap((said) => this.weighing(entry, said, 'reweighed', 'weighed again'));
    if (isType(entry, 'lot.imported'))
      return entry.event.payload.lots.flatMap((said) => this.weighing(entry, said, 'imported', 'imported'));
    if (isType(entry, 'lot.aggregated') || isType(entry, 'lot.split')) return this.closure(entry);
    if (isType(entry, 'lot.processed')) return this.process(entry);
    return [];
  }

  private chain(lot: string): readonly JudgedEvent[] {
    return this.facts.chains.get(lot) ?? [];
  }

  private mineral(lot: string): string {
    return this.facts.lots.get(lot)?.mineral ?? '';
  }

  /** Two masses of one lot: by the scale, and, where both moistures are known, dry. */
  private sameLot(
    lot: string,
    { before, after }: { before: LotMeasure; after: LotMeasure },
    kind: ComparisonKind,
    what: string,
  ): Comparison {
    const [dryIn, dryOut] = [dryMass(before), dryMass(after)];
    const pairs = [{ in: before.mass, out: after.mass }];
    if (dryIn !== null && dryOut !== null) pairs.push({ in: dryIn, out: dryOut });
    return { kind, cause: `${what}:${lot}`, lots: [lot], mineral: this.mineral(lot), pairs, what };
  }

  private weighing(
    entry: JudgedEvent,
    said: Stated & { lot: string },
    kind: ComparisonKind,
    what: string,
  ): Comparison[] {
    const before = measureBefore(this.chain(said.lot), said.lot, entry.index);
    const after = before === null ? null : remeasured(before, said);
    return said.mass === undefined || before === null || after === null
      ? []
      : [this.sameLot(said.lot, { before, after }, kind, what)];
  }

  /** The receiver's own weight against the sender's; if the receiver then says how wet it is, by that moisture. */
  private receipt(entry: JudgedOf<'custody.received'>): Comparison[] {
    return entry.event.payload.lots.flatMap((said) => {
      if (said.mass === undefined || said.outcome === 'rejected') return [];
      const chain = this.chain(said.lot);
      const position = chain.findIndex(({ index }) => index === entry.index);
      const dispatch = chain[position - 1];
      const known = measureBefore(chain, said.lot, entry.index);
      if (known === null || dispatch === undefined || !isType(dispatch, 'custody.dispatched')) return [];
      const sent = dispatch.event.payload.lots.find(({ lot }) => lot === said.lot);
      const before = remeasured(known, { mass: sent?.mass }) ?? known;
      const next = chain[position + 1];
      const measured =
        next !== undefined && isType(next, 'lot.measured')
          ? next.event.payload.lots.find(({ lot }) => lot === said.lot)
          : undefined;
      const after = remeasured(before, { mass: said.mass, moisturePercent: measured?.moisturePercent });
      return after === null ? [] : [this.sameLot(said.lot, { before, after }, 'handedOver', 'handed over')];
    });
  }

  private inputs(entry: Transformation): { measures: LotMeasure[]; comparisons: Comparison[]; complete: boolean } {
    const all = entry.event.payload.inputs.map((said) => {
      const before = measureBefore(this.chain(said.lot), said.lot, entry.index);
      return {
        measure: before === null ? null : remeasured(before, { mass: said.mass }),
        comparisons: this.weighing(entry, { lot: said.lot, mass: said.mass }, 'reweighed', 'weighed in'),
      };
    });
    return {
      measures: all.flatMap(({ measure }) => measure ?? []),
      comparisons: all.flatMap(({ comparisons }) => comparisons),
      complete: all.every(({ measure }) => measure !== null),
    };
  }

  private outputs(entry: Transformation): { lots: string[]; measures: LotMeasure[] } {
    const { outputs } = entry.event.payload;
    return {
      lots: outputs.map(({ lot }) => lot),
      measures: outputs.flatMap((output) => remeasured(null, output) ?? []),
    };
  }

  private closure(entry: JudgedOf<'lot.aggregated'> | JudgedOf<'lot.split'>): Comparison[] {
    const { measures, comparisons, complete } = this.inputs(entry);
    const { lots, measures: made } = this.outputs(entry);
    if (!complete) return comparisons;
    const pairs = [{ in: sum(measures.map(({ mass }) => mass)), out: sum(made.map(({ mass }) => mass)) }];
    const [dryIn, dryOut] = [totalDryMass(measures), totalDryMass(made)];
    if (dryIn !== null && dryOut !== null) pairs.push({ in: dryIn, out: dryOut });
    const mineral = this.mineral(lots[0] ?? '');
    return [...comparisons, { kind: 'closure', cause: 'closure', lots, mineral, pairs, what: 'made of the inputs' }];
  }

  private process(entry: JudgedOf<'lot.processed'>): Comparison[] {
    const { measures, comparisons, complete } = this.inputs(entry);
    if (!complete) return comparisons;
    const { lots, measures: made } = this.outputs(entry);
    const residues = (entry.event.payload.residues ?? []).flatMap((residue) => remeasured(null, residue) ?? []);
    return [
      ...comparisons,
      ...this.processedMass(entry.event.payload.process, lots, measures, made, residues),
      ...this.processedMetal(lots, measures, [...made, ...residues]),
    ];
  }

  /** Dry against dry; where the inputs' moisture is not known, against their wet mass, which is not less. */
  private processedMass(
    process: string,
    lots: string[],
    from: LotMeasure[],
    made: LotMeasure[],
    residues: LotMeasure[],
  ): Comparison[] {
    const { addsMatter, addsWater } = this.processes;
    const out = addsMatter.includes(process) ? made : [...made, ...residues];
    const mineral = this.mineral(lots[0] ?? '');
    const wetIn = sum(from.map(({ mass }) => mass));
    const dryOut = totalDryMass(out);
    const known = from.some(({ moisture }) => moisture !== null) || made.some(({ moisture }) => moisture !== null);
    const compare = (amountIn: bigint, amountOut: bigint, what: string): Comparison[] => [
      {
        kind: 'processed',
        cause: 'processed',
        lots,
        mineral,
        pairs: [{ in: amountIn, out: amountOut }],
        what,
      },
    ];
    if (dryOut !== null) return compare(totalDryMass(from) ?? wetIn, dryOut, 'made of the inputs, dry');
    if (known || addsWater.includes(process)) return [];
    return compare(wetIn, sum(out.map(({ mass }) => mass)), 'made of the inputs');
  }

  /** At least this much metal came out; at most that much went in. */
  private processedMetal(lots: string[], from: LotMeasure[], out: LotMeasure[]): Comparison[] {
    const analytes = new Set(out.flatMap(({ grades }) => grades.map(({ analyte }) => analyte)));
    return [...analytes].toSorted().flatMap((analyte) => {
      const metals = from.map((measure) => metalIn(measure, analyte, 'most'));
      if (!metals.every((metal) => metal !== null)) return [];
      const least = sum(out.map((measure) => metalIn(measure, analyte, 'least') ?? 0n));
      const pairs = [{ in: sum(metals), out: least }];
      const what = `of ${analyte} made of the inputs`;
      return [
        {
          kind: 'metal',
          cause: `metal:${analyte}`,
          lots,
          mineral: this.mineral(lots[0] ?? ''),
          pairs,
          what,
        },
      ];
    });
  }
}

/** The entries, and the receipts that a weighing among them lets us judge anew. */
export function weighingsToJudge({ entries, chains }: Facts): JudgedEvent[] {
  const judged = new Map(entries.map((entry) => [entry.index, entry]));
  for (const entry of entries)
    if (isType(entry, 'lot.measured'))
      for (const { lot } of entry.event.payload.lots) {
        const chain = chains.get(lot) ?? [];
        const before = chain[chain.findIndex(({ index }) => index === entry.index) - 1];
        if (before !== undefined && isType(before, 'custody.received')) judged.set(before.index, before);
      }
  return [...judged.values()].toSorted((a, b) => a.index - b.index);
}
