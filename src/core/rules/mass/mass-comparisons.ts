import { percent } from '../../custody/lot-state.js';
import { type Facts, type JudgedEvent, type JudgedOf, isType } from '../engine/facts.js';
import { knownBefore, measuresOfOutputs, saidOf, statedBefore } from '../engine/known-of-lots.js';
import { entriesBefore } from '../engine/chain-states.js';
import { type LotMeasure, type StatedMass, entryBefore, remeasured } from '../engine/lot-history.js';
import { type Bound, type Moistures, dryMass, dryMassBound, metalIn, sum, totalDryMass } from './mass-balance.js';

/** The parameters of a comparison through a process. */
interface ProcessParameters {
  moistureAtMost: Moistures;
  massGained: { addsMatter: readonly string[]; addsWater: readonly string[] };
}

type Transformation = JudgedOf<'lot.aggregated'> | JudgedOf<'lot.split'> | JudgedOf<'lot.processed'>;

/** The kind of a comparison; each kind has its own tolerances. */
export type ComparisonKind = 'reweighed' | 'handedOver' | 'imported' | 'dried' | 'closure' | 'processed' | 'metal';

/** An input or earlier amount, and an output or later amount; both in mg. */
interface Pair {
  in: bigint;
  out: bigint;
}

/**
 * One comparison that an entry allows. `pairs` are the same material computed in several ways (by the scale, and dry):
 * a gain or loss counts only if all of them show it.
 */
export interface Comparison {
  kind: ComparisonKind;
  cause: string;
  lots: string[];
  mineral: string;
  pairs: readonly Pair[];
  what: string;
  /** The likeliest causes in a sentence, if the amounts alone do not show them. */
  likely?: string;
}

/** The comparisons of one set of facts, which several rules weigh. */
const comparisonsOf = new WeakMap<Facts, { by: ProcessParameters; comparisons: MassComparisons }>();

/** Returns the comparisons that the facts allow; each is computed once. */
export function massComparisons(facts: Facts, parameters: ProcessParameters): MassComparisons {
  const known = comparisonsOf.get(facts);
  if (known?.by === parameters) return known.comparisons;
  const comparisons = new MassComparisons(facts, parameters);
  comparisonsOf.set(facts, { by: parameters, comparisons });
  return comparisons;
}

export class MassComparisons {
  private readonly known = new Map<JudgedEvent, readonly Comparison[]>();

  constructor(
    private readonly facts: Facts,
    private readonly parameters: ProcessParameters,
  ) {}

  of(entry: JudgedEvent): readonly Comparison[] {
    const known = this.known.get(entry) ?? this.compare(entry);
    this.known.set(entry, known);
    return known;
  }

  private compare(entry: JudgedEvent): Comparison[] {
    if (isType(entry, 'custody.received')) return this.receipt(entry);
    if (isType(entry, 'lot.measured'))
      return entry.event.payload.lots.flatMap((said) => [
        ...this.weighing(entry, said, 'reweighed', 'weighed again'),
        ...this.drying(entry, said),
        ...this.sinceExplained(entry, said),
      ]);
    if (isType(entry, 'assay.certified')) return this.drying(entry, entry.event.payload);
    if (isType(entry, 'custody.dispatched') || isType(entry, 'lot.exported'))
      return entry.event.payload.lots.flatMap((said) => this.weighing(entry, said, 'reweighed', 'weighed again'));
    if (isType(entry, 'lot.imported'))
      return entry.event.payload.lots.flatMap((said) => this.weighing(entry, said, 'imported', 'imported'));
    if (isType(entry, 'lot.aggregated') || isType(entry, 'lot.split')) return this.closure(entry);
    if (isType(entry, 'lot.processed')) return this.process(entry);
    return [];
  }

  private mineral(lot: string): string {
    return this.facts.lots.get(lot)?.mineral ?? '';
  }

  /** Compares two masses of one lot: by the scale and, if both moistures are known, dry. */
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
    said: StatedMass & { lot: string },
    kind: ComparisonKind,
    what: string,
  ): Comparison[] {
    const before = knownBefore(said.lot, entry.index, this.facts);
    const after = before === null ? null : remeasured(before, said);
    return said.mass === undefined || before === null || after === null
      ? []
      : [this.sameLot(said.lot, { before, after }, kind, what)];
  }

  /**
   * Compares the dry mass by a stated moisture with that by the moisture known before. Water comes and goes with its
   * weight: a moisture that changes the dry mass contradicts the other one, whatever the scale shows.
   */
  private drying(
    entry: JudgedEvent,
    said: Pick<StatedMass, 'moisturePercent'> & { lot: string; mass?: StatedMass['mass'] },
  ): Comparison[] {
    const { lot, mass, moisturePercent } = said;
    const before = moisturePercent === undefined ? null : knownBefore(lot, entry.index, this.facts);
    const after = before === null ? null : remeasured(before, { mass, moisturePercent });
    if (before === null || after === null) return [];
    const [dryIn, dryOut] = [dryMass(before), dryMass(after)];
    if (dryIn === null || dryOut === null) return [];
    const [known, stated] = [percent(before.moisture ?? 0), percent(after.moisture ?? 0)];
    return [
      {
        kind: 'dried',
        cause: `dried:${lot}`,
        lots: [lot],
        mineral: this.mineral(lot),
        pairs: [{ in: dryIn, out: dryOut }],
        what: `dry, by a moisture of ${stated} %, after ${known} %`,
        likely:
          'Most likely one of the two moistures is wrong, such as by its decimal point; at worst it was stated so that the masses agree.',
      },
    ];
  }

  /**
   * Compares a lot that is weighed again, with its moisture, with what was sent, if a moisture after an earlier receipt explained
   * the difference of weights there. A later moisture may contradict the explanation.
   */
  private sinceExplained(entry: JudgedEvent, said: StatedMass & { lot: string }): Comparison[] {
    const { lot, mass, moisturePercent } = said;
    if (mass === undefined || moisturePercent === undefined) return [];
    const now = remeasured(null, { mass, moisturePercent });
    return receiptsBefore(lot, entry.index, this.facts).flatMap((receipt) => {
      const sent = weighedAtReceipt(receipt, this.facts).find((one) => one.lot === lot);
      if (sent === undefined || now === null || !isExplainedByMoisture(sent)) return [];
      const [by, then] = [percent(now.moisture ?? 0), percent(sent.after.moisture ?? 0)];
      const what = `weighed at a moisture of ${by} %, where ${then} % had explained the difference at a receipt`;
      const compared = this.sameLot(lot, { before: sent.before, after: now }, 'handedOver', what);
      return [{ ...compared, cause: `explained:${lot}` }];
    });
  }

  /** Compares the receiver's weight with the sender's; with the receiver's moisture, if it then states one. */
  private receipt(entry: JudgedOf<'custody.received'>): Comparison[] {
    return weighedAtReceipt(entry, this.facts).map(({ lot, ...measures }) =>
      this.sameLot(lot, measures, 'handedOver', 'handed over'),
    );
  }

  private inputs(entry: Transformation): { measures: LotMeasure[]; comparisons: Comparison[]; complete: boolean } {
    const all = entry.event.payload.inputs.map((said) => {
      const before = knownBefore(said.lot, entry.index, this.facts);
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

  private closure(entry: JudgedOf<'lot.aggregated'> | JudgedOf<'lot.split'>): Comparison[] {
    const { measures, comparisons, complete } = this.inputs(entry);
    if (!complete) return comparisons;
    const lots = entry.event.payload.outputs.map(({ lot }) => lot);
    const made = measuresOfOutputs(entry, this.facts);
    const pairs = [{ in: sum(measures.map(({ mass }) => mass)), out: sum(made.map(({ mass }) => mass)) }];
    const [dryIn, dryOut] = [totalDryMass(measures), totalDryMass(made)];
    if (dryIn !== null && dryOut !== null) pairs.push({ in: dryIn, out: dryOut });
    const mineral = this.mineral(lots[0] ?? '');
    return [...comparisons, { kind: 'closure', cause: 'closure', lots, mineral, pairs, what: 'made of the inputs' }];
  }

  private process(entry: JudgedOf<'lot.processed'>): Comparison[] {
    const { measures, comparisons, complete } = this.inputs(entry);
    if (!complete) return comparisons;
    const lots = entry.event.payload.outputs.map(({ lot }) => lot);
    const made = measuresOfOutputs(entry, this.facts);
    const residues = (entry.event.payload.residues ?? []).flatMap((residue) => remeasured(null, residue) ?? []);
    return [
      ...comparisons,
      ...this.processedMass(entry.event.payload.process, lots, measures, made, residues),
      ...this.processedMetal(lots, measures, [...made, ...residues]),
    ];
  }

  /**
   * Compares the least dry mass of the outputs with the most of the inputs. If no moisture is stated and no water is
   * added, only the scale counts.
   */
  private processedMass(
    process: string,
    lots: string[],
    from: LotMeasure[],
    made: LotMeasure[],
    residues: LotMeasure[],
  ): Comparison[] {
    const { moistureAtMost, massGained } = this.parameters;
    const out = massGained.addsMatter.includes(process) ? made : [...made, ...residues];
    const told = [...from, ...made].some(({ moisture }) => moisture !== null);
    const byScale = !told && !massGained.addsWater.includes(process);
    const total = (measures: readonly LotMeasure[], bound: Bound): bigint =>
      sum(measures.map((one) => (byScale ? one.mass : dryMassBound(one, bound, moistureAtMost))));
    return [
      {
        kind: 'processed',
        cause: 'processed',
        lots,
        mineral: this.mineral(lots[0] ?? ''),
        pairs: [{ in: total(from, 'most'), out: total(out, 'least') }],
        what: byScale ? 'made of the inputs' : 'made of the inputs, dry',
      },
    ];
  }

  /** Compares the least metal of the outputs with the most of the inputs. */
  private processedMetal(lots: string[], from: LotMeasure[], out: LotMeasure[]): Comparison[] {
    const { moistureAtMost } = this.parameters;
    const analytes = new Set(out.flatMap(({ grades }) => grades.map(({ analyte }) => analyte)));
    return [...analytes].toSorted().flatMap((analyte) => {
      const metals = from.map((measure) => metalIn(measure, analyte, 'most', moistureAtMost));
      if (!metals.every((metal) => metal !== null)) return [];
      const least = sum(out.map((measure) => metalIn(measure, analyte, 'least', moistureAtMost) ?? 0n));
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

/** Returns the receipt by which the holder of a lot received it; null if there is none, or other holders followed. */
function receiptBefore(lot: string, index: number, { chains }: Pick<Facts, 'chains'>): JudgedEvent | null {
  const handed = (chains.get(lot) ?? []).findLast(
    (entry) => entry.index < index && entry.event.type.startsWith('custody.'),
  );
  return handed !== undefined && isType(handed, 'custody.received') ? handed : null;
}

/** Receipts of one lot that are looked at for differences that were explained, the newest. */
const MOST_RECEIPTS = 4;
/** Entries of a chain among which they are looked for. */
const MOST_ENTRIES = 40;

/** Lists the newest receipts of a lot before an index. */
function receiptsBefore(lot: string, index: number, { chains }: Pick<Facts, 'chains'>): JudgedOf<'custody.received'>[] {
  const chain = chains.get(lot) ?? [];
  const until = entriesBefore(chain, index);
  return chain
    .slice(Math.max(0, until - MOST_ENTRIES), until)
    .filter((entry) => isType(entry, 'custody.received'))
    .slice(-MOST_RECEIPTS);
}

/** Differences of weights beyond this need an explanation; dry masses within it agree. Parts per million. */
const NOTED = 25_000n;

const isNear = (one: bigint, other: bigint): boolean =>
  (one > other ? one - other : other - one) * 1_000_000n <= other * NOTED;

/** Returns whether sender and receiver weighed otherwise, and agree dry by another moisture. */
function isExplainedByMoisture({ before, after }: Handover): boolean {
  const [sent, received] = [dryMass(before), dryMass(after)];
  if (sent === null || received === null || before.moisture === after.moisture) return false;
  return !isNear(after.mass, before.mass) && isNear(received, sent);
}

/** What the sender and the receiver of a lot state of it. */
export interface Handover {
  lot: string;
  before: LotMeasure;
  after: LotMeasure;
}

/** Lists the accepted lots of a receipt whose weights at dispatch and receipt are known. */
export function weighedAtReceipt(entry: JudgedOf<'custody.received'>, facts: Facts): Handover[] {
  return entry.event.payload.lots.flatMap((said) => {
    if (said.mass === undefined || said.outcome === 'rejected') return [];
    const dispatch = entryBefore(facts, said.lot, entry.index);
    const known = knownBefore(said.lot, entry.index, facts);
    if (known === null || dispatch === null || !isType(dispatch, 'custody.dispatched')) return [];
    const sent = dispatch.event.payload.lots.find(({ lot }) => lot === said.lot);
    const before = remeasured(known, { mass: sent?.mass }) ?? known;
    const moisturePercent = moistureAtReceipt(said.lot, entry, facts);
    const after = remeasured(before, { mass: said.mass, moisturePercent });
    return after === null ? [] : [{ lot: said.lot, before, after }];
  });
}

/** Returns the moisture first stated for a lot after its receipt, while the receiver has it unchanged. */
function moistureAtReceipt(lot: string, receipt: JudgedEvent, facts: Facts): string | undefined {
  const all = saidOf(lot, facts);
  const since = statedBefore(all, receipt.index + 1);
  const first = all
    .slice(since, statedBefore(all, facts.end))
    .find(({ said: { moisturePercent } }) => moisturePercent !== undefined);
  return first !== undefined && receiptBefore(lot, first.entry.index, facts) === receipt
    ? first.said.moisturePercent
    : undefined;
}

/** Lists the entries, and the receipts that a moisture in one of them lets rules re-evaluate. */
export function weighingsToJudge(facts: Pick<Facts, 'entries' | 'chains'>): JudgedEvent[] {
  const judged = new Map(facts.entries.map((entry) => [entry.index, entry]));
  for (const entry of facts.entries) {
    const lots = isType(entry, 'lot.measured')
      ? entry.event.payload.lots.map(({ lot }) => lot)
      : isType(entry, 'assay.certified')
        ? [entry.event.payload.lot]
        : [];
    for (const lot of lots) {
      const receipt = receiptBefore(lot, entry.index, facts);
      if (receipt !== null) judged.set(receipt.index, receipt);
    }
  }
  return [...judged.values()].toSorted((a, b) => a.index - b.index);
}
