import { type JudgedOf, type Facts, isType } from './facts.js';
import { hasPart } from './parties.js';

type Refusal = JudgedOf<'event.refused'>;

/** Refused attempts of one signer on one set of lots. */
export interface RefusedMoves {
  /** The first of the lots by id, which identifies the set. */
  subject: string;
  signer: string;
  lots: string[];
  attempts: Refusal[];
}

const subjectOf = (refusal: Refusal): string => refusal.event.payload.lots.toSorted()[0] ?? refusal.event.payload.event;

/**
 * Groups refusals by signer and lots, so that a repeated attempt extends one finding.
 * @param concerned returns the lots that a refusal is evidence about; none: skip it
 */
export function groupRefusals(facts: Facts, concerned: (refusal: Refusal) => readonly string[]): RefusedMoves[] {
  const subjects = new Set(refusalSubjects(facts));
  const groups = new Map<string, RefusedMoves>();
  for (const refusal of facts.refusals) {
    const { signer } = refusal.event.payload;
    const subject = subjectOf(refusal);
    const lots = subjects.has(subject) ? concerned(refusal) : [];
    if (lots.length === 0) continue;
    const key = `${subject} ${signer}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { subject, signer, lots: lots.toSorted(), attempts: [refusal] });
    else {
      group.attempts.push(refusal);
      group.lots = [...new Set([...group.lots, ...lots])].toSorted();
    }
  }
  return [...groups.values()];
}

/**
 * Lists the lots of a refused event in which its signer had a part. The event may name others, about which it is no
 * evidence.
 */
export const lotsWithPart = ({ index, event }: Refusal, facts: Facts): string[] =>
  event.payload.lots.filter((lot) => hasPart(event.payload.signer, lot, index, facts));

/** Lists the subjects of the refusals being judged; all refusals of these subjects are loaded. */
export const refusalSubjects = (facts: Facts): string[] => [
  ...new Set(facts.entries.flatMap((entry) => (isType(entry, 'event.refused') ? [subjectOf(entry)] : []))),
];

export const attemptsText = (count: number): string => (count === 1 ? '1 attempt' : `${count} attempts`);
