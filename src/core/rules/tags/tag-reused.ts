import { byContradiction } from '../engine/evidence.js';
import { duplicateSchema, isClosedDuplicate } from '../engine/closed-duplicates.js';
import { MAX_SHARING, type NumberUse, isForeign } from '../engine/contested.js';
import { type Facts, type TagUse, isType } from '../engine/facts.js';
import type { Observation, Rule, ValuesOf } from '../engine/rule.js';
import * as parameter from '../engine/parameter.js';

const schema = { tagReused: parameter.severityOnly('critical'), ...duplicateSchema };
type Parameters = ValuesOf<typeof schema>;

/**
 * Returns whether one lot comes from the other: it may keep the tag (a bag that is only weighed again). Unrelated lots
 * cannot share one.
 */
function related(a: string, b: string, { ancestors }: Facts): boolean {
  return a === b || ancestors.get(a)?.has(b) === true || ancestors.get(b)?.has(a) === true;
}

/** Returns the site of a lot's declaration; null if it was made of others or imported, or is unknown. */
function declaredAt(lot: string, { chains }: Facts): string | null {
  const birth = chains.get(lot)?.[0];
  return birth !== undefined && isType(birth, 'lot.declared') ? (birth.event.place?.site ?? null) : null;
}

/** The use that is taken for the genuine one: the first, or the first at the site of the tag's issue where all before it were at others. */
function genuineUse(tag: string, clashing: readonly TagUse[], facts: Facts): TagUse | undefined {
  const issued = new Set((facts.tagIssues.get(tag) ?? []).map(({ site }) => site));
  const sites = clashing.slice(0, MAX_SHARING).map(({ lot }) => declaredAt(lot, facts));
  const inside = sites.findIndex((site) => site !== null && issued.has(site));
  const isElsewhere = inside > 0 && sites.slice(0, inside).every((site) => site !== null);
  return clashing[isElsewhere ? inside : 0];
}

/**
 * Lists the lots that have a tag by right, as far as is known: that of the genuine use and its descendants, if all
 * other uses are by strangers.
 */
function bearers(tag: string, clashing: readonly TagUse[], facts: Facts): { lots: Set<string>; signer: string } | null {
  const genuine = genuineUse(tag, clashing, facts);
  const isBorne = (use: TagUse): boolean =>
    clashing.every((other) => related(use.lot, other.lot, facts) || isForeign(numberUse(other), numberUse(use), facts));
  if (genuine === undefined || !isBorne(genuine)) return null;
  const family = clashing.filter((use) => related(use.lot, genuine.lot, facts) && isBorne(use));
  return { lots: new Set(family.map(({ lot }) => lot)), signer: genuine.signer };
}

const numberUse = ({ signer, lot, index }: TagUse): NumberUse => ({ signer, lots: [lot], index });

function observe(tag: string, all: readonly TagUse[], facts: Facts, parameters: Parameters): Observation[] {
  const users = [...new Set(all.map(({ lot }) => lot))];
  if (users.length < 2) return [];
  const uses = all.filter(({ lot }) => !isClosedDuplicate(lot, users, facts, parameters));
  const clashing = uses.filter((use) => uses.some((other) => !related(use.lot, other.lot, facts)));
  const [first, ...later] = clashing;
  if (first === undefined) return [];
  const lots = [...new Set([...later.map(({ lot }) => lot), first.lot])];
  const borne = bearers(tag, clashing, facts);
  return [
    {
      severity: parameters.tagReused.severity,
      subject: tag,
      cause: 'several-lots',
      lots: lots.filter((lot) => borne?.lots.has(lot) !== true),
      events: [...new Set(clashing.map(({ event }) => event))],
      measured: `${lots.length} lots`,
      threshold: '1 lot',
      detail: `Tag ${tag} is on ${lots.length} lots of which none comes from the other.${borne === null ? '' : ` As far as the ledger can tell it belongs to the lot of ${borne.signer}: the others used it without a part in that lot.`}`,
      firstIndex: later.find(({ lot }) => lot !== first.lot)?.index ?? first.index,
    },
  ];
}

export const tagReused: Rule<typeof schema> = {
  id: 'tag-reused',
  version: 3,
  group: 'tags',
  title: 'One tag is on two lots',
  means: 'The same tag number was put on lots of which neither was made from the other.',
  doesNotMean:
    'Which of the lots carries the genuine tag, or that a number was not simply misread. A bag that was recorded twice is settled by closing the second record with `duplicateOf`, before it is handed on.',
  causes: {
    innocent: 'a digit was misread, or one bag was recorded twice',
    bad: 'a tag was copied, to give foreign ore an origin',
  },
  advice:
    'Stop both lots, look at the tags on the bags, and ask the agent who issued the series for the tag book. A misread number is corrected by `event.corrected` on the lot that never carried it, which closes it; of one bag that was recorded twice, the holder closes the record that was not handed on by `lot.closed` with `duplicateOf`; a copied tag is reported as an incident, and a registrar or an authority closes the finding by `finding.answered`.',
  parameters: schema,
  describe: ({ tagReused: { severity }, duplicateRecord: { tolerance } }) =>
    'A tag in the use of more than one lot, lots made from one another not counted twice, nor a lot that its holder closed as ' +
    `a duplicate of the other (\`duplicateOf\`, or a reason that begins with "duplicate") without its ever having been ` +
    `handed on, where both are of one mineral and weigh the same within ${tolerance / 1e4} %: ${severity}. The first use, or the first at the site of the tag's issue where those before it were at others, is not counted, nor what was made of that lot, where all others are by actors who had no part in it.`,
  standard: 'ITSCI tagging procedures; ICGLR Regional Certification Mechanism, chain of custody',
  evidence: byContradiction,
  scope: ['tagUses', 'chains', 'about'],
  subjects: (facts) => [...facts.tagUses.keys()],
  evaluate: (facts, parameters) => [...facts.tagUses].flatMap(([tag, uses]) => observe(tag, uses, facts, parameters)),
};
