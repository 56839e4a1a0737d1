import { type Severity, rankOf } from './rule.js';

/**
 * How sure a finding of a rule is. *Impossible*: what was entered cannot all be true and in order. *Very unlikely*: chance and
 * honest error make it less than once in a thousand times. *Unusual*: honest work looks so now and then.
 */
export const certainties = ['impossible', 'veryUnlikely', 'unusual'] as const;

/** Evidence of a rule: how sure a finding is, and by what. */
export interface Evidence {
  certainty: (typeof certainties)[number];
  basis: string;
}

const evidence = (certainty: Evidence['certainty'], basis: string): Evidence => ({ certainty, basis });

export const byBytes = evidence('impossible', 'signatures and hashes');
export const byRegistry = evidence('impossible', 'what the registry and the signed entries state');
export const byContradiction = evidence('impossible', 'two signed entries that contradict each other');
export const byChemistry = evidence('impossible', 'chemistry: the pure mineral has no more');
export const byDistance = evidence('impossible', 'distance over time, by the places and clocks that are stated');
export const byMassBalance = evidence('veryUnlikely', 'conservation of mass, and the errors of scales and assays');
export const byRunningSum = evidence('veryUnlikely', 'a running sum with a stated rate of false alarms');
export const byChance = evidence('veryUnlikely', 'the chance of equal figures, which is stated');
export const byCapacity = evidence('veryUnlikely', 'what workers and machines can do, as registered');
export const byMeasurement = evidence('veryUnlikely', 'a position and its accuracy, or a laboratory');
export const byPapers = evidence('veryUnlikely', 'customs and papers that are missing or differ');
export const byTrade = evidence('unusual', 'what the trade knows, which has exceptions');
export const byHistory = evidence('unusual', 'the site’s or the district’s own history');
export const byCustom = evidence('unusual', 'a custom of the trade that may have good reasons');
export const byListedName = evidence('veryUnlikely', 'names and numbers in a list, which coincide now and then');

const MEDIUM = rankOf('medium');

/** Returns the rank of a severity in the verdict on risk: what is only unusual raises it to medium at most. */
export function riskRankOf(severity: Severity, { certainty }: Evidence): number {
  const rank = rankOf(severity);
  return certainty === 'unusual' ? Math.min(rank, MEDIUM) : rank;
}

const words: Readonly<Record<Evidence['certainty'], string>> = {
  impossible: 'impossible',
  veryUnlikely: 'very unlikely',
  unusual: 'unusual',
};

/** Formats a certainty: "very unlikely". */
export const certaintyText = (certainty: Evidence['certainty']): string => words[certainty];

/** Formats evidence: "unusual without a fault, by what the trade knows". */
export const evidenceText = ({ certainty, basis }: Evidence): string =>
  `${certaintyText(certainty)} without a fault, by ${basis}`;
