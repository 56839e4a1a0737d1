import * as z from 'zod';
import { countOf as counted } from '../../words.js';
import { byContradiction } from '../engine/evidence.js';
import type { Facts } from '../engine/facts.js';
import * as parameter from '../engine/parameter.js';
import type { Observation, Rule, ValuesOf } from '../engine/rule.js';
import { type CountPair, countOf, countsToJudge, daysOf, goneOn, issuedTo } from './tags-held.js';
import { actorSubject } from '../engine/subjects.js';

const schema = {
  tagStockDiffers: z.strictObject({
    severity: parameter.severity.default('medium'),
    tags: z.int().min(0).default(3).describe('Tags by which a count may differ: some break or are lost in the mud'),
    share: parameter.partsPerMillion
      .default(20_000)
      .describe('The same as a share of the tags used since the count before, parts per million'),
  }),
};
type Parameters = ValuesOf<typeof schema>;

/** The fewest and the most tags that an actor can have left; what happened on the day of a count is before or after it. */
interface Expected {
  least: number;
  most: number;
  issued: number;
  gone: number;
  since: string;
}

const dateOf = (day: number): string => new Date(day * 86_400_000).toISOString().slice(0, 10);

function expectedAt(pair: CountPair, facts: Facts): Expected | null {
  const days = daysOf(pair, facts);
  if (days === null) return null;
  const { actor, count, before } = pair;
  const base = before === null ? 0 : (countOf(before)?.stock ?? 0);
  const issues = issuedTo(actor, facts);
  // What is given back with the count has left the stock before it.
  const own = count.event.payload.tags.length;
  const result = { least: base, most: base, issued: 0, gone: 0, since: dateOf(days.from) };
  for (let day = days.from; day <= days.to; day += 1) {
    const isUncertain = (before !== null && day === days.from) || day === days.to;
    const got = issues.get(day) ?? 0;
    // What was given back with the count before had left its stock.
    const earlier = before !== null && day === days.from ? before.event.payload.tags.length : 0;
    const gone = Math.max(0, goneOn(actor, day, facts) - earlier);
    const sure = day === days.to ? Math.min(own, gone) : 0;
    result.most += got - (isUncertain ? sure : gone);
    result.least += (isUncertain ? 0 : got) - gone;
    result.issued += got;
    result.gone += gone;
  }
  return result;
}

function observe(pair: CountPair, facts: Facts, { tagStockDiffers: limits }: Parameters): Observation[] {
  const { actor, count, before } = pair;
  const stock = countOf(count)?.stock ?? 0;
  const expected = expectedAt(pair, facts);
  if (expected === null) return [];
  const { least, most, issued, gone, since } = expected;
  const allowed = Math.max(limits.tags, Math.floor((gone * limits.share) / 1e6));
  if (stock >= least - allowed && stock <= most + allowed) return [];
  const isMore = stock > most;
  const apart = isMore ? stock - most : least - stock;
  const nearest = Math.max(0, isMore ? most : least);
  return [
    {
      severity: limits.severity,
      subject: count.event.id,
      cause: 'stock',
      root: actorSubject(actor),
      lots: [],
      events: [...(before === null ? [] : [before.event.id]), count.event.id],
      measured: `${counted(stock, 'tag')} left`,
      threshold: `${counted(nearest, 'tag')} left`,
      detail: `${actor} has ${counted(stock, 'tag')} left on ${dateOf(Math.floor(count.event.occurredAtMs / 86_400_000))}; since ${since} ${counted(issued, 'tag')} were issued to it and ${counted(gone, 'tag')} were put on or given back, so ${counted(nearest, 'tag')} should be left: ${counted(apart, 'tag')} too ${isMore ? 'many' : 'few'}. Likeliest: a box was counted wrongly, or ${isMore ? 'a use was entered that did not happen' : 'bags were tagged and not yet entered'}; at worst ${isMore ? 'tags are used on paper for bags that do not exist' : 'tags are sold, and sit on mineral of another place'}. The tagging agent’s field book and a second count settle it.`,
      firstIndex: count.index,
    },
  ];
}

export const tagStockDiffers: Rule<typeof schema> = {
  id: 'tag-stock-differs',
  version: 1,
  group: 'tags',
  title: 'A count of unused tags does not add up',
  means:
    'An operator has more unused tags left than were issued to it less those put on and given back, or fewer: tags went somewhere, or came from somewhere, that the ledger does not know.',
  doesNotMean:
    'That tags were sold: some break, and bags that were tagged may be entered later, which closes it. Counts more than a year apart are not compared.',
  causes: {
    innocent: 'a box was counted wrongly, or bags are not entered yet',
    bad: 'tags are sold, or used on paper',
  },
  advice:
    'Ask the tagging agent for its field book and for a second count, and the operator which bags are tagged and not yet entered. It closes when the bags are entered, or when lost tags are logged by `tags.voided`; a miscount is explained by `finding.answered`.',
  parameters: schema,
  describe: ({ tagStockDiffers: { severity, tags, share } }) =>
    `\`tags.voided\` with \`returnedBy\` and \`stock\`: unused tags left, against the stock of the count before (of none, if all issues to sites that it operates are of the last year) plus those issued since less those put on for the first time or void; more than ${tags} tags and ${share / 1e4} % of those used apart: ${severity}. What happened on the days of the two counts may be before or after them.`,
  standard: 'ITSCI tag reconciliation',
  evidence: byContradiction,
  scope: ['tagUses', 'about', 'totals'],
  needs: 'whole',
  subjects: (facts) => countsToJudge(facts).map(({ count }) => count.event.id),
  evaluate: (facts, parameters) => countsToJudge(facts).flatMap((pair) => observe(pair, facts, parameters)),
};
