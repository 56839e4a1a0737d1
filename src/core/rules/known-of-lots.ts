import { gradeInPartsPerMillion } from '../custody/quantity.js';
import type { Grade } from '../custody/view.js';
import { type Facts, type JudgedEvent, type JudgedOf, MAX_UPSTREAM, isType } from './facts.js';
import { type LotMeasure, type Stated, dryGrade, gradeOfPartsPerMillion, remeasured, statedOf } from './lot-history.js';
import { dryMass, sum } from './mass-balance.js';
import { lotSubject } from './subjects.js';

/**
 * What is known of a lot: what its own chain says of it, what laboratories certified of it, and, where all of them are
 * silent, what is known of the lots that it was only put together or parted from. A heap is what was heaped up.
 */

type Chains = Facts['chains'];
/** Events that make lots of others. */
export type Transformation = 'lot.aggregated' | 'lot.split' | 'lot.processed';

/** Steps back to what was weighed and assayed that are followed at most. */
export const MAX_STEPS = 8;

/** Processes that take nothing out but water: what comes out whole has the dry grade of what went in. */
const KEEPS_GRADE = new Set(['dry', 'crush']);

/** The lots whose grade a lot has if nobody says otherwise, by the event that made it. */
export function madeWhollyOf(birth: JudgedEvent | undefined): string[] {
  if (birth === undefined || !('inputs' in birth.event.payload)) return [];
  const inputs = birth.event.payload.inputs.map(({ lot }) => lot);
  if (!isType(birth, 'lot.processed')) return inputs;
  const { process, outputs, residues } = birth.event.payload;
  return KEEPS_GRADE.has(process) && outputs.length === 1 && residues === undefined ? inputs : [];
}

/** Forms that have been molten: what is not said of their moisture is that there is none. */
const MOLTEN = new Set(['dore', 'metal']);

/** What a lot is before anything is measured of it, by the event that made it. */
function unmeasured(lot: string, birth: JudgedEvent, { lots }: Facts): LotMeasure {
  const form = lots.get(lot)?.form;
  const process = isType(birth, 'lot.processed') ? birth.event.payload.process : undefined;
  return { mass: 0n, moisture: form !== undefined && MOLTEN.has(form) ? 0 : null, grades: [], form, process };
}

/** What an event says of the lots that it makes, each by itself. */
export function measuresOfOutputs(entry: JudgedOf<Transformation>, facts: Facts): LotMeasure[] {
  return entry.event.payload.outputs.flatMap(
    (output) => remeasured(unmeasured(output.lot, entry, facts), output) ?? [],
  );
}

/** What a lot goes back to, by chains that are at hand. */
interface Ancestry {
  /** Lots whose chains are asked for next. */
  missing: string[];
  /** There are more lots or steps than rules read: nothing is said of what they were. */
  tooFar: boolean;
}

/** Followed by whoever loads chains and by whoever judges, so that both stop at the same lot. */
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
  measures: Map<string, LotMeasure | null>;
  grades: Map<string, KnownGrade[]>;
}

/** By chains, which are new with every piece of the log, what has been found out. */
const remembered = new WeakMap<Chains, Memory>();

function memoryOf({ chains }: Facts): Memory {
  let memory = remembered.get(chains);
  if (memory === undefined) {
    memory = { parents: new Map(), measures: new Map(), grades: new Map() };
    remembered.set(chains, memory);
  }
  return memory;
}

/** The lots that a lot has its make-up from; none where they go back too far. */
export function parentsOf(lot: string, facts: Facts): string[] {
  const { parents } = memoryOf(facts);
  let known = parents.get(lot);
  if (known === undefined) {
    known = ancestryOf(lot, facts.chains).tooFar ? [] : madeWhollyOf(facts.chains.get(lot)?.[0]);
    parents.set(lot, known);
  }
  return known;
}

/** The lots in which the matter of a lot came into being, with their births: itself, or those it is made wholly of. */
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

/** Everything that was said of one lot before an index, by its holders and by laboratories, in order. */
export function saidOf(lot: string, index: number, { chains, about }: Facts): { entry: JudgedEvent; said: Stated }[] {
  const all = (chains.get(lot) ?? []).flatMap((entry) => {
    const said = entry.index < index ? statedOf(entry, lot) : null;
    return said === null ? [] : [{ entry, said }];
  });
  for (const entry of about.get(lotSubject(lot)) ?? []) {
    if (entry.index >= index || !isType(entry, 'assay.certified') || entry.event.payload.lot !== lot) continue;
    const { grades, moisturePercent } = entry.event.payload;
    all.push({ entry, said: { grades, moisturePercent } });
  }
  return all.toSorted((a, b) => a.entry.index - b.entry.index);
}

/** A grade that was stated, and the moisture of the lot that it was stated of. */
export interface KnownGrade {
  grade: Grade;
  moisture: number | null;
}

/**
 * The newest grade of an analyte in a lot before an index; where it was only put together or parted, those of the lots
 * that it was made of. None: somebody has not said.
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
  const own = saidOf(lot, index, facts).reduce<LotMeasure | null>((so, { said }) => remeasured(so, said), null);
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

/** What is known of a lot before the entry at `index`; null if its birth is not in the chain. */
export function knownBefore(lot: string, index: number, facts: Facts): LotMeasure | null {
  const { measures } = memoryOf(facts);
  const key = `${lot} ${index}`;
  const known = measures.get(key);
  if (known !== undefined) return known;
  const birth = facts.chains.get(lot)?.[0];
  let measure: LotMeasure | null = null;
  if (birth !== undefined && birth.index < index) {
    const born = { ...unmeasured(lot, birth, facts), ...inherited(lot, birth, index, facts) };
    measure = saidOf(lot, index, facts).reduce<LotMeasure>((so, { said }) => remeasured(so, said) ?? so, born);
  }
  measures.set(key, measure);
  return measure;
}

/** A lot's moisture and grades by what it was made of; nothing where that is not known. */
function inherited(lot: string, birth: JudgedEvent, index: number, facts: Facts): Partial<LotMeasure> {
  const parents = parentsOf(lot, facts).map((parent) => knownBefore(parent, index, facts));
  const [first] = parents;
  if (first === null || first === undefined || !parents.every((parent) => parent !== null)) return {};
  // Drying takes the water, and crushing is done wet or dry: only the dry grade goes on.
  if (isType(birth, 'lot.processed')) return { grades: mixed(parents).grades.filter(({ basis }) => basis === 'dry') };
  const { moisture, grades } = parents.length === 1 ? first : mixed(parents);
  return { moisture, grades };
}

/** Sum of weights times values over the sum of weights, rounded down. */
function weighted(weights: readonly bigint[], values: readonly bigint[]): bigint {
  const total = sum(weights);
  return total === 0n ? 0n : sum(weights.map((weight, i) => weight * (values[i] ?? 0n))) / total;
}

/** Several lots as one: moisture by mass; grades by dry mass, or by mass where a moisture is not known. */
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
