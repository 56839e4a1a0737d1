import { gradeInPartsPerMillion } from '../../custody/quantity.js';
import type { Grade } from '../../event/quantity-claims.js';
import { dryMass, sum } from '../mass/mass-balance.js';
import { collectedAlong, countBefore, keptWith } from './chain-states.js';
import { type Facts, type JudgedEvent, type JudgedOf, MAX_UPSTREAM, isType } from './facts.js';
import {
  type LotMeasure,
  type StatedMass,
  dryGrade,
  gradeOfPartsPerMillion,
  remeasured,
  statedOf,
} from './lot-history.js';
import { lotSubject } from './subjects.js';

/**
 * What is known of a lot: by its own chain, by laboratories, and if these state nothing, by the lots of which it is
 * only an aggregate or a part.
 */

type Chains = Facts['chains'];
/** Events that make lots of other lots. */
export type Transformation = 'lot.aggregated' | 'lot.split' | 'lot.processed';

/** Steps back to a weighed and assayed lot at most. */
export const MAX_STEPS = 8;

/** Processes that remove nothing but water: the output has the dry grade of the input. */
const KEEPS_GRADE = new Set(['dry', 'crush']);

/** Lists the lots whose grade a lot has unless another is stated, by the event that made it. */
function madeWhollyOf(birth: JudgedEvent | undefined): string[] {
  if (birth === undefined || !('inputs' in birth.event.payload)) return [];
  const inputs = birth.event.payload.inputs.map(({ lot }) => lot);
  if (!isType(birth, 'lot.processed')) return inputs;
  const { process, outputs, residues } = birth.event.payload;
  return KEEPS_GRADE.has(process) && outputs.length === 1 && residues === undefined ? inputs : [];
}

/** Forms that have been molten: if no moisture is stated, it is zero. */
const MOLTEN = new Set(['dore', 'metal']);

/** Returns what a lot is before any measurement, by the event that made it. */
function unmeasured(lot: string, birth: JudgedEvent, { lots }: Facts): LotMeasure {
  const form = lots.get(lot)?.form;
  const process = isType(birth, 'lot.processed') ? birth.event.payload.process : undefined;
  return { mass: 0n, moisture: form !== undefined && MOLTEN.has(form) ? 0 : null, grades: [], form, process };
}

/** Lists what an event states of each lot that it creates. */
export function measuresOfOutputs(entry: JudgedOf<Transformation>, facts: Facts): LotMeasure[] {
  return entry.event.payload.outputs.flatMap(
    (output) => remeasured(unmeasured(output.lot, entry, facts), output) ?? [],
  );
}

/** The sources of a lot, by the loaded chains. */
interface Ancestry {
  /** Lots whose chains must be loaded next. */
  missing: string[];
  /** True if there are more lots or steps than rules read: the source is unknown. */
  tooFar: boolean;
}

/** Finds the sources of a lot. The loader of chains and the rules both use it, so that both stop at the same lot. */
export function ancestryOf(lot: string, chains: Chains): Ancestry {
  const seen = new Set([lot]);
  let level = [lot];
  for (let steps = 0; level.length > 0; steps += 1) {
    if (steps > MAX_STEPS || seen.size > MAX_UPSTREAM) return { missing: [], tooFar: true };
    const missing = level.filter((one) => !chains.has(one));
    if (missing.length > 0) return { missing, tooFar: true };
    const next = new Set(level.flatMap((one) => madeWhollyOf(chains.get(one)?.[0])));
    level = [...next].filter((one) => !seen.has(one));
    for (const one of level) seen.add(one);
  }
  return { missing: [], tooFar: false };
}

interface Memory {
  parents: Map<string, string[]>;
  said: Map<string, readonly Statement[]>;
  measures: Map<string, LotMeasure | null>;
  grades: Map<string, KnownGrade[]>;
}

const NONE: readonly JudgedEvent[] = [];

/** Cache by chains, which are a new object for each piece of the log. */
const remembered = new WeakMap<Chains, Memory>();

function memoryOf({ chains }: Facts): Memory {
  let memory = remembered.get(chains);
  if (memory === undefined) {
    memory = { parents: new Map(), said: new Map(), measures: new Map(), grades: new Map() };
    remembered.set(chains, memory);
  }
  return memory;
}

/** Lists the lots from which a lot has its composition; none if they are too far back. */
export function parentsOf(lot: string, facts: Facts): string[] {
  const { parents } = memoryOf(facts);
  let known = parents.get(lot);
  if (known === undefined) {
    known = ancestryOf(lot, facts.chains).tooFar ? [] : madeWhollyOf(facts.chains.get(lot)?.[0]);
    parents.set(lot, known);
  }
  return known;
}

/** Lists the lots in which the material of a lot first appeared, with their births: itself, or those it consists of. */
export function sourcesOf(lot: string, facts: Facts): { lot: string; birth: JudgedEvent }[] {
  const seen = new Set([lot]);
  const sources: { lot: string; birth: JudgedEvent }[] = [];
  for (const one of seen) {
    const parents = parentsOf(one, facts);
    const birth = facts.chains.get(one)?.[0];
    if (parents.length === 0 && birth !== undefined) sources.push({ lot: one, birth });
    for (const parent of parents) seen.add(parent);
  }
  return sources;
}

/** What an entry states of a lot. */
export interface Statement {
  entry: JudgedEvent;
  said: StatedMass;
}

/** Lists what the entries of a chain state of its lot, in order: the same list, which grows with the chain. */
const statedOnChain = collectedAlong<Statement[]>(
  () => [],
  (statements, entry, lot) => {
    const said = statedOf(entry, lot);
    if (said !== null) statements.push({ entry, said });
  },
);

/** Lists everything that holders and laboratories stated about one lot, in order. */
export function saidOf(lot: string, facts: Facts): readonly Statement[] {
  const { said } = memoryOf(facts);
  let known = said.get(lot);
  if (known === undefined) {
    const assays = (facts.about.get(lotSubject(lot)) ?? []).flatMap((entry) => {
      if (!isType(entry, 'assay.certified') || entry.event.payload.lot !== lot) return [];
      const { grades, moisturePercent } = entry.event.payload;
      return [{ entry, said: { grades, moisturePercent } }];
    });
    const onChain = statedOnChain(facts.chains.get(lot) ?? NONE, lot);
    known = assays.length === 0 ? onChain : [...onChain, ...assays].toSorted((a, b) => a.entry.index - b.entry.index);
    said.set(lot, known);
  }
  return known;
}

/** Returns how many statements were logged before an index. */
export const statedBefore = (said: readonly Statement[], index: number): number =>
  countBefore(said, index, ({ entry }) => entry.index);

/** A stated grade, and the lot's moisture at that time. */
export interface KnownGrade {
  grade: Grade;
  moisture: number | null;
}

/**
 * Returns the newest grade of an analyte in a lot before an index; for a lot that was only aggregated or split, the
 * grades of its inputs. Empty: one of them is unknown.
 */
export function gradesKnown(lot: string, analyte: string, index: number, facts: Facts): KnownGrade[] {
  const { grades } = memoryOf(facts);
  const key = `${lot} ${index} ${analyte}`;
  let known = grades.get(key);
  if (known === undefined) {
    known = ownGrade(lot, analyte, index, facts) ?? gradesOfParents(lot, analyte, index, facts);
    grades.set(key, known);
  }
  return known;
}

function ownGrade(lot: string, analyte: string, index: number, facts: Facts): KnownGrade[] | null {
  const said = saidOf(lot, facts);
  const own = measureAlong(ownMeasures(said, lot), null, said, statedBefore(said, index));
  const grade = own?.grades.find((candidate) => candidate.analyte === analyte);
  return grade === undefined ? null : [{ grade, moisture: knownBefore(lot, index, facts)?.moisture ?? null }];
}

function gradesOfParents(lot: string, analyte: string, index: number, facts: Facts): KnownGrade[] {
  const all = parentsOf(lot, facts).map((parent) => gradesKnown(parent, analyte, index, facts));
  if (!all.every((known) => known.length > 0)) return [];
  const each = all
    .flat()
    .map((known): [string, KnownGrade] => [
      `${known.grade.value} ${known.grade.uom} ${known.grade.basis} ${known.moisture}`,
      known,
    ]);
  return [...new Map(each).values()];
}

/** The measures of a lot after each statement, computed from what it was before the first. */
type Measures = (LotMeasure | null)[];

const ownMeasures = keptWith<readonly Statement[], Measures>(() => []);

/** Returns the measure after the first `count` statements, and keeps it with those before. */
function measureAlong(
  measures: Measures,
  born: LotMeasure | null,
  said: readonly Statement[],
  count: number,
): LotMeasure | null {
  for (let i = measures.length; i < count; i += 1) {
    const before = measures[i - 1] ?? born;
    measures.push(remeasured(before, (said[i] as Statement).said) ?? before);
  }
  return measures[count - 1] ?? born;
}

/** The measures of a lot from its birth on, and those of its parents and its form, from which they were computed. */
interface Lifetime {
  parents: readonly (LotMeasure | null)[];
  form: string | undefined;
  born: LotMeasure;
  measures: Measures;
}

const lifetimes = keptWith<readonly Statement[], { now: Lifetime | null }>(() => ({ now: null }));

/** Returns what is known of a lot before the entry at `index`; null if its birth is not in the chain. */
export function knownBefore(lot: string, index: number, facts: Facts): LotMeasure | null {
  const birth = facts.chains.get(lot)?.[0];
  if (birth === undefined || birth.index >= index) return null;
  const ancestors = parentsOf(lot, facts);
  // Ancestors are reached on many ways.
  const { measures } = memoryOf(facts);
  const key = ancestors.length === 0 ? '' : `${lot} ${index}`;
  const known = key === '' ? undefined : measures.get(key);
  if (known !== undefined) return known;
  const parents = ancestors.map((parent) => knownBefore(parent, index, facts));
  const said = saidOf(lot, facts);
  const { born, measures: along } = lifetimeOf(lot, birth, parents, said, facts);
  const measure = measureAlong(along, born, said, statedBefore(said, index));
  if (key !== '') measures.set(key, measure);
  return measure;
}

function lifetimeOf(
  lot: string,
  birth: JudgedEvent,
  parents: readonly (LotMeasure | null)[],
  said: readonly Statement[],
  facts: Facts,
): Lifetime {
  const kept = lifetimes(said, lot);
  const form = facts.lots.get(lot)?.form;
  const isSame = kept.now?.form === form && kept.now?.parents.length === parents.length;
  if (kept.now === null || !isSame || !parents.every((parent, i) => parent === kept.now?.parents[i])) {
    const born = { ...unmeasured(lot, birth, facts), ...inherited(birth, parents) };
    kept.now = { parents, form, born, measures: [] };
  }
  return kept.now;
}

/** Computes a lot's moisture and grades from its inputs; nothing if they are unknown. */
function inherited(birth: JudgedEvent, parents: readonly (LotMeasure | null)[]): Partial<LotMeasure> {
  const [first] = parents;
  if (first === null || first === undefined || !parents.every((parent) => parent !== null)) return {};
  // Drying removes water, and crushing may be wet or dry: only the dry grade is inherited.
  if (isType(birth, 'lot.processed')) return { grades: mixed(parents).grades.filter(({ basis }) => basis === 'dry') };
  const { moisture, grades } = parents.length === 1 ? first : mixed(parents);
  return { moisture, grades };
}

/** Computes the weighted mean, rounded down. */
function weighted(weights: readonly bigint[], values: readonly bigint[]): bigint {
  const total = sum(weights);
  return total === 0n ? 0n : sum(weights.map((weight, i) => weight * (values[i] ?? 0n))) / total;
}

/** Combines several lots: moisture by mass; grades by dry mass, or by mass if a moisture is unknown. */
function mixed(parts: readonly LotMeasure[]): Pick<LotMeasure, 'moisture' | 'grades'> {
  const masses = parts.map(({ mass }) => mass);
  const moistures = parts.flatMap(({ moisture }) => (moisture === null ? [] : BigInt(moisture)));
  const dry = parts.flatMap((part) => dryMass(part) ?? []);
  const weights = dry.length === parts.length ? dry : masses;
  const grades = (parts[0]?.grades ?? []).flatMap(({ analyte }) => {
    const found = parts.map((part) => part.grades.find((grade) => grade.analyte === analyte));
    const known = found.flatMap((grade) => grade ?? []);
    if (known.length < parts.length) return [];
    const values = known.flatMap((grade, i) => dryGrade(grade, parts[i]?.moisture ?? null) ?? []);
    if (values.length === parts.length) return gradeOfPartsPerMillion(analyte, weighted(weights, values), 'dry');
    const wet = known.every(({ basis }) => basis === 'wet');
    return wet ? gradeOfPartsPerMillion(analyte, weighted(masses, known.map(gradeInPartsPerMillion)), 'wet') : [];
  });
  return { moisture: moistures.length === parts.length ? Number(weighted(masses, moistures)) : null, grades };
}
