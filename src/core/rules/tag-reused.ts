import { isClosedDuplicate } from './closed-duplicates.js';
import type { Facts, TagUse } from './facts.js';
import type { Parameters } from './parameters.js';
import type { Observation, Rule } from './rule.js';

/**
 * Returns whether one lot comes from the other: it may keep the tag (a bag that is only weighed again). Unrelated lots
 * cannot share one.
 */
function related(a: string, b: string, { ancestors }: Facts): boolean {
  return a === b || ancestors.get(a)?.has(b) === true || ancestors.get(b)?.has(a) === true;
}

function observe(tag: string, all: readonly TagUse[], facts: Facts, parameters: Parameters): Observation[] {
  const users = [...new Set(all.map(({ lot }) => lot))];
  if (users.length < 2) return [];
  const uses = all.filter(({ lot }) => !isClosedDuplicate(lot, users, facts, parameters));
  const clashing = uses.filter((use) => uses.some((other) => !related(use.lot, other.lot, facts)));
  const [first, ...later] = clashing;
  if (first === undefined) return [];
  const lots = [...new Set([...later.map(({ lot }) => lot), first.lot])];
  return [
    {
      severity: parameters.tagReused.severity,
      subject: tag,
      cause: 'several-lots',
      lots,
      events: [...new Set(clashing.map(({ event }) => event))],
      measured: `${lots.length} lots`,
      threshold: '1 lot',
      detail: `Tag ${tag} is on ${lots.length} lots of which none comes from the other.`,
      firstIndex: later.find(({ lot }) => lot !== first.lot)?.index ?? first.index,
    },
  ];
}

export const tagReused: Rule = {
  id: 'tag-reused',
  version: 2,
  group: 'tags',
  title: 'One tag is on two lots',
  means: 'The same tag number was put on lots of which neither was made from the other.',
  doesNotMean:
    'Which of the lots carries the genuine tag, or that a number was not simply misread. A bag that was recorded twice is settled by closing the second record with `duplicateOf`, before it is handed on.',
  describe: ({ tagReused: { severity }, duplicateRecord: { tolerance } }) =>
    'A tag in the use of more than one lot, lots made from one another not counted twice, nor a lot that its holder closed as ' +
    `a duplicate of the other (\`duplicateOf\`, or a reason that begins with "duplicate") without its ever having been ` +
    `handed on, where both are of one mineral and weigh the same within ${tolerance / 1e4} %: ${severity}.`,
  standard: 'ITSCI tagging procedures; ICGLR Regional Certification Mechanism, chain of custody',
  scope: ['tagUses', 'chains'],
  subjects: (facts) => [...facts.tagUses.keys()],
  evaluate: (facts, parameters) => [...facts.tagUses].flatMap(([tag, uses]) => observe(tag, uses, facts, parameters)),
};
