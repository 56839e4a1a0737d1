import * as z from 'zod';
import { byCustom } from '../engine/evidence.js';
import { countOf } from '../../words.js';
import { entriesBefore } from '../engine/chain-states.js';
import { judgesEach } from '../engine/each-event.js';
import { type Facts, type JudgedEvent, isType } from '../engine/facts.js';
import { parentsOf } from '../engine/known-of-lots.js';
import { hasHeldBefore, stateBefore } from '../engine/lot-history.js';
import * as parameter from '../engine/parameter.js';
import { actorFacts } from '../engine/registry.js';
import type { Rule, ValuesOf } from '../engine/rule.js';
import { actorSubject } from '../engine/subjects.js';

const schema = {
  formerHolder: z.strictObject({
    severity: parameter.severity.default('medium'),
    between: z.int().min(2).default(2).describe('Holders in between who buy and sell'),
    servants: parameter.codes
      .default(['transporter', 'warehouse', 'processor', 'smelter', 'assayer', 'authority'])
      .describe('Roles of holders who keep or work the goods of others, and are not counted'),
  }),
};
type Parameters = ValuesOf<typeof schema>;

/** Lots back that are followed at most. */
const MOST = 100;

interface Holding {
  holder: string;
  lot: string;
  entry: JudgedEvent;
}

/** Lists the lots that make up a lot, and itself. */
function materialOf(lot: string, facts: Facts): ReadonlySet<string> {
  const lots = new Set([lot]);
  for (const one of lots) for (const parent of parentsOf(one, facts)) if (lots.size < MOST) lots.add(parent);
  return lots;
}

/**
 * Lists who held the material of a lot before an entry, the newest first, through parts and mixtures, as far back as an
 * actor held it; none if it never did.
 */
function holdersSince(actor: string, lot: string, index: number, facts: Facts): Holding[] {
  const chains = [...materialOf(lot, facts)].map((one) => ({ one, chain: facts.chains.get(one) ?? [] }));
  if (!chains.some(({ one, chain }) => hasHeldBefore(actor, chain, one, index))) return [];
  const holdings = chains.flatMap(({ one, chain }) => {
    const found: Holding[] = [];
    for (let i = entriesBefore(chain, index) - 1; i >= 0 && found.at(-1)?.holder !== actor; i -= 1) {
      const entry = chain[i] as JudgedEvent;
      const holder = stateBefore(chain, one, entry.index + 1)?.holder;
      if (holder !== undefined) found.push({ holder, lot: one, entry });
    }
    return found;
  });
  return holdings.toSorted((a, b) => b.entry.index - a.entry.index);
}

const isServant = (actor: string, facts: Facts, servants: readonly string[]): boolean =>
  actorFacts(facts, actor)?.roles.every((role) => servants.includes(role)) === true;

export const formerHolder: Rule<typeof schema> = {
  id: 'former-holder',
  version: 1,
  group: 'actors',
  title: 'Goods come back to one who had sold them',
  means: 'A holder receives goods that it held before, after two others or more have bought and sold them.',
  doesNotMean:
    'That anything is false: goods are bought back, and a rejected load may return by another way. Goods in a circle can also make turnover, or an age and a price, that they do not have.',
  causes: {
    innocent: 'goods were bought back, or returned another way',
    bad: 'a circle of sales makes turnover, age and price',
  },
  advice:
    'Ask the holder why it bought its own goods, and see the invoices and payments of the whole circle. It closes when a receipt that was recorded for the wrong lot is corrected; otherwise it is explained by `finding.answered` with the contract of the return.',
  parameters: schema,
  describe: ({ formerHolder: { severity, between, servants } }) =>
    `A receipt by an actor that held the lot, or one of which it is a part or a mixture, with at least ${between} other holders since then: ${severity}. Holders that only keep, carry or work goods (${servants.join(', ')}) are not counted, and a return from one buyer is none.`,
  standard: 'FATF, Money laundering risks of gold (circular trade); OECD Due Diligence Guidance, Annex II red flags',
  evidence: byCustom,
  scope: ['chains', 'about'],
  ...judgesEach(['custody.received'], (entry, facts, { formerHolder: { severity, between, servants } }: Parameters) => {
    const { iss, payload } = entry.event;
    const circles = payload.lots.flatMap(({ lot, outcome }) => {
      if (outcome === 'rejected') return [];
      const holdings = holdersSince(iss, lot, entry.index, facts);
      const before = holdings.findIndex(({ holder }) => holder === iss);
      const since = before < 0 ? [] : holdings.slice(0, before).map(({ holder }) => holder);
      const others = [...new Set(since)].filter((actor) => !isServant(actor, facts, servants));
      const held = holdings[before];
      return others.length < between || held === undefined ? [] : [{ lot, others: others.toReversed(), held }];
    });
    const [first] = circles;
    if (first === undefined) return [];
    const { held, others } = first;
    return [
      {
        severity,
        root: actorSubject(iss),
        lots: circles.map(({ lot }) => lot),
        events: [...new Set([...circles.map((circle) => circle.held.entry.event.id), entry.event.id])],
        measured: `${countOf(others.length, 'holder')} in between`,
        threshold: `${between}`,
        detail: `${iss} held this on ${held.entry.event.occurredAt.slice(0, 10)}${isType(held.entry, 'custody.dispatched') ? ', sent it away' : ''} and receives it again on ${entry.event.occurredAt.slice(0, 10)} from ${payload.from}; in between it went through ${others.join(', ')}. It may have been bought back or returned by another way; or the circle makes turnover and a history that the goods do not have. ${iss} and ${payload.from} can tell, by their invoices.`,
      },
    ];
  }),
};
