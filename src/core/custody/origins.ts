import type { Grade } from '../event/quantity-claims.js';
import { WHOLE, gradeInPartsPerMillion, shareOut } from './quantity.js';
import type { Lot, OriginBasis } from './view.js';

/** The analyte of each mineral that counts as its contained metal. */
const MAIN_ANALYTE: Readonly<Record<string, string>> = {
  cassiterite: 'Sn',
  coltan: 'Ta2O5',
  wolframite: 'WO3',
  gold: 'Au',
  cobalt: 'Co',
};

/** Strongest first: the basis of a share is the weakest that any step used. */
const STRENGTH: readonly OriginBasis[] = ['containedMetal', 'dryMass', 'wetMass'];

const weakest = (bases: readonly OriginBasis[]): OriginBasis =>
  STRENGTH[Math.max(0, ...bases.map((basis) => STRENGTH.indexOf(basis)))] ?? 'wetMass';

type Substance = Pick<Lot, 'mineral' | 'mass' | 'moisture' | 'grades'>;

/** mass · (1 − moisture), in milligrams · 10^6. Null if the moisture is unknown. */
const dryMass = ({ mass, moisture }: Substance): bigint | null =>
  moisture === null ? null : mass * BigInt(WHOLE - moisture);

/** Metal (or oxide) in a lot, in milligrams · 10^12. Null if the grade, or the moisture that it needs, is unknown. */
function containedMetal(lot: Substance): bigint | null {
  const analyte = MAIN_ANALYTE[lot.mineral];
  const grade = lot.grades.find((candidate: Grade) => candidate.analyte === analyte);
  if (grade === undefined) return null;
  const base = grade.basis === 'dry' ? dryMass(lot) : lot.mass * BigInt(WHOLE);
  return base === null ? null : base * gradeInPartsPerMillion(grade);
}

/**
 * Returns the strongest basis that is known for all these lots, and each lot's amount on it. A grade below one part per
 * million counts as unknown: otherwise the lot and its site would vanish from the mix.
 */
function contents(lots: readonly Substance[]): { basis: OriginBasis; amounts: bigint[] } {
  const known = (amounts: (bigint | null)[]): amounts is bigint[] =>
    amounts.every((amount) => amount !== null && amount > 0n);
  const metal = lots.map(containedMetal);
  const sameMineral = lots.every(({ mineral }) => mineral === lots[0]?.mineral);
  if (sameMineral && known(metal)) return { basis: 'containedMetal', amounts: metal };
  const dry = lots.map(dryMass);
  if (known(dry)) return { basis: 'dryMass', amounts: dry };
  return { basis: 'wetMass', amounts: lots.map(({ mass }) => mass) };
}

export interface Origins {
  origins: Lot['origins'];
  originsBy: OriginBasis;
}

/** Returns the mass of each site in a lot of `mass` milligrams, sorted by site, without zeros. */
function inMass(mass: bigint, weights: ReadonlyMap<string, bigint>): Lot['origins'] {
  const shares = shareOut(
    mass,
    [...weights].map(([id, weight]) => ({ id, weight })),
  );
  return shares.filter(({ share }) => share > 0n).map(({ id, share }) => ({ site: id, mass: share }));
}

/** Returns the origins of a declared lot: its site alone. */
export const declaredOrigins = (site: string, lot: Substance): Origins => ({
  origins: [{ site, mass: lot.mass }],
  originsBy: contents([lot]).basis,
});

/** Scales origins to another mass, after the lot was weighed again. */
export const rescaled = (origins: Lot['origins'], mass: bigint): Lot['origins'] =>
  inMass(mass, new Map(origins.map(({ site, mass: part }) => [site, part])));

/**
 * Returns the origins of each output of a mix. Inputs contribute by contained metal if all grades are known, else by
 * dry mass, else by wet mass; each input keeps its own shares. A single input passes on its shares and their basis
 * unchanged.
 */
export function mixedOrigins(
  inputs: readonly Lot[],
  masses: readonly bigint[],
): { outputs: Lot['origins'][]; originsBy: OriginBasis } {
  const { basis, amounts } = contents(inputs);
  const weights = new Map<string, bigint>();
  inputs.forEach((input, i) => {
    const parts = shareOut(
      amounts[i] ?? 0n,
      input.origins.map(({ site, mass }) => ({ id: site, weight: mass })),
    );
    for (const { id, share } of parts) weights.set(id, (weights.get(id) ?? 0n) + share);
  });
  const bases = inputs.map(({ originsBy }) => originsBy);
  return {
    outputs: masses.map((mass) => inMass(mass, weights)),
    originsBy: weakest(inputs.length === 1 ? bases : [...bases, basis]),
  };
}

/** Splits an output's mass over its inputs: the masses on the edges of the lineage, which sum to the output. */
export function flows(inputs: readonly Lot[], mass: bigint): { from: string; mass: bigint }[] {
  const { amounts } = contents(inputs);
  return shareOut(
    mass,
    inputs.map(({ id }, i) => ({ id, weight: amounts[i] ?? 0n })),
  ).map(({ id, share }) => ({ from: id, mass: share }));
}
