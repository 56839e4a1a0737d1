import { type JudgedOf, type Facts, type JudgedEvent, isType } from './facts.js';
import { type LotMeasure, measureBefore, remeasured, type Stated } from './lot-history.js';
import { type Gain, dryMass, gainOf, massTexts, metalIn, smallest, sum, totalDryMass } from './mass-balance.js';
import { type Parameters, type Tolerance, type Tolerances, toleranceFor } from './parameters.js';
import type { Observation, Rule } from './rule.js';

type Transformation = JudgedOf<'lot.aggregated'> | JudgedOf<'lot.split'> | JudgedOf<'lot.processed'>;

/** One comparison that an entry allows: what went in, what came out, and how much more may come out. */
interface Comparison {
  cause: string;
  lots: string[];
  gain: Gain;
  tolerance: Tolerance;
  what: string;
}

class MassBalance {
  constructor(
    private readonly facts: Facts,
    private readonly parameters: Parameters,
  ) {}

  comparisons(entry: JudgedEvent): Comparison[] {
    const { massGained } = this.parameters;
    if (isType(entry, 'custody.received')) return this.receipt(entry);
    if (isType(entry, 'custody.dispatched') || isType(entry, 'lot.measured') || isType(entry, 'lot.exported'))
      return entry.event.payload.lots.flatMap((said) =>
        this.weighing(entry, said, massGained.reweighed, 'weighed again'),
      );
    if (isType(entry, 'lot.imported'))
      return entry.event.payload.lots.flatMap((said) => this.weighing(entry, said, massGained.imported, 'imported'));
    if (isType(entry, 'lot.aggregated') || isType(entry, 'lot.split')) return this.closure(entry);
    if (isType(entry, 'lot.processed')) return this.process(entry);
    return [];
  }

  private chain(lot: string): readonly JudgedEvent[] {
    return this.facts.chains.get(lot) ?? [];
  }

  private tolerance(all: Tolerances, lot: string): Tolerance {
    return toleranceFor(all, this.facts.lots.get(lot)?.mineral ?? '');
  }

  /** Two masses of one lot: more by the scale, and, where both moistures are known, more when dry. */
  private sameLot(
    lot: string,
    before: LotMeasure,
    after: LotMeasure,
    tolerances: Tolerances,
    what: string,
  ): Comparison[] {
    const tolerance = this.tolerance(tolerances, lot);
    const [dryIn, dryOut] = [dryMass(before), dryMass(after)];
    const gains = [gainOf(before.mass, after.mass, tolerance)];
    if (dryIn !== null && dryOut !== null) gains.push(gainOf(dryIn, dryOut, tolerance));
    const gain = smallest(gains);
    return gain === null ? [] : [{ cause: `${what}:${lot}`, lots: [lot], gain, tolerance, what }];
  }

  private weighing(
    entry: JudgedEvent,
    said: Stated & { lot: string },
    tolerances: Tolerances,
    what: string,
  ): Comparison[] {
    const before = measureBefore(this.chain(said.lot), said.lot, entry.index);
    const after = before === null ? null : remeasured(before, said);
    return said.mass === undefined || before === null || after === null
      ? []
      : this.sameLot(said.lot, before, after, tolerances, what);
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
      return after === null
        ? []
        : this.sameLot(said.lot, before, after, this.parameters.massGained.handedOver, 'handed over');
    });
  }

  private inputs(entry: Transformation): { measures: LotMeasure[]; comparisons: Comparison[]; complete: boolean } {
    const all = entry.event.payload.inputs.map((said) => {
      const before = measureBefore(this.chain(said.lot), said.lot, entry.index);
      return {
        measure: before === null ? null : remeasured(before, { mass: said.mass }),
        comparisons: this.weighing(
          entry,
          { lot: said.lot, mass: said.mass },
          this.parameters.massGained.reweighed,
          'weighed in',
        ),
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
    const tolerance = this.tolerance(this.parameters.massGained.closure, lots[0] ?? '');
    const gains = [gainOf(sum(measures.map(({ mass }) => mass)), sum(made.map(({ mass }) => mass)), tolerance)];
    const [dryIn, dryOut] = [totalDryMass(measures), totalDryMass(made)];
    if (dryIn !== null && dryOut !== null) gains.push(gainOf(dryIn, dryOut, tolerance));
    const gain = smallest(gains);
    if (!complete || gain === null) return comparisons;
    return [...comparisons, { cause: 'closure', lots, gain, tolerance, what: 'made of the inputs' }];
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
    const { addsMatter, addsWater, processed } = this.parameters.massGained;
    const out = addsMatter.includes(process) ? made : [...made, ...residues];
    const tolerance = this.tolerance(processed, lots[0] ?? '');
    const wetIn = sum(from.map(({ mass }) => mass));
    const dryOut = totalDryMass(out);
    const known = from.some(({ moisture }) => moisture !== null) || made.some(({ moisture }) => moisture !== null);
    const compare = (amountIn: bigint, amountOut: bigint, what: string): Comparison[] => [
      { cause: 'processed', lots, gain: gainOf(amountIn, amountOut, tolerance), tolerance, what },
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
      const tolerance = this.tolerance(this.parameters.massGained.metal, lots[0] ?? '');
      const least = sum(out.map((measure) => metalIn(measure, analyte, 'least') ?? 0n));
      const gain = gainOf(sum(metals), least, tolerance);
      return [{ cause: `metal:${analyte}`, lots, gain, tolerance, what: `of ${analyte} made of the inputs` }];
    });
  }
}

/** The entries, and the receipts that a weighing among them lets us judge anew. */
function entriesToJudge({ entries, chains }: Facts): JudgedEvent[] {
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

function observe(entry: JudgedEvent, balance: MassBalance, { massGained }: Parameters): Observation[] {
  return balance.comparisons(entry).flatMap(({ cause, lots, gain, tolerance, what }) => {
    if (gain.band === 'ok') return [];
    const { measured, threshold } = massTexts(gain, tolerance);
    return [
      {
        severity: gain.band === 'warn' ? massGained.severityWarn : massGained.severity,
        subject: entry.event.id,
        cause,
        lots,
        events: [entry.event.id],
        measured,
        threshold,
        detail: `${measured} ${what}, where at most ${threshold} can be.`,
        firstIndex: entry.index,
      },
    ];
  });
}

const percent = (partsPerMillion: number): string => `${partsPerMillion / 1e4} %`;

function tolerancesText(name: string, { default: usual, byMineral }: Tolerances): string {
  const minerals = Object.entries(byMineral).map(
    ([mineral, { ok, warn }]) => `; ${mineral} ${percent(ok)}, ${percent(warn)}`,
  );
  return `${name} ${percent(usual.ok)}, ${percent(usual.warn)}${minerals.join('')}`;
}

export const massGained: Rule = {
  id: 'mass-gained',
  version: 1,
  group: 'mass',
  title: 'More came out than went in',
  means: 'Dry mass or contained metal grew in an event or a handover, by more than scales and assays can err.',
  doesNotMean:
    'That somebody added ore: a wrong unit, a misread scale or two lots mixed up look the same. Rain is not meant by it where moisture is told.',
  describe: ({ massGained: { reweighed, handedOver, imported, closure, processed, metal, severityWarn, severity } }) =>
    `Gain up to the first figure is measurement error, up to the second ${severityWarn}, above it ${severity}: ` +
    [
      tolerancesText('weighed again', reweighed),
      tolerancesText('dispatch to receipt', handedOver),
      tolerancesText('export to import', imported),
      tolerancesText('aggregate or split', closure),
      tolerancesText('dry mass through a process', processed),
      tolerancesText('contained metal through a process', metal),
    ].join(' · ') +
    '. Where a moisture is not known, the bound that favours the holder is taken.',
  standard: 'OECD Due Diligence Guidance, Annex II red flags; ITSCI mass balance',
  scope: ['chains'],
  subjects: (facts) => entriesToJudge(facts).map(({ event }) => event.id),
  evaluate: (facts, parameters) => {
    const balance = new MassBalance(facts, parameters);
    return entriesToJudge(facts).flatMap((entry) => observe(entry, balance, parameters));
  },
};
