import * as z from 'zod';
import { byCustom } from '../engine/evidence.js';
import { dayOf } from '../engine/day.js';
import { judgesEach } from '../engine/each-event.js';
import { type Facts, type JudgedOf, isType } from '../engine/facts.js';
import * as parameter from '../engine/parameter.js';
import type { Rule, ValuesOf } from '../engine/rule.js';
import { actorSubject } from '../engine/subjects.js';

const schema = {
  relatedParties: z.strictObject({
    severity: parameter.severity.default('low'),
    severityHidden: parameter.severity
      .default('medium')
      .describe('If the relation existed at the handover and was logged only after it'),
  }),
};
type Parameters = ValuesOf<typeof schema>;

type Relation = JudgedOf<'actor.related'>;

/** Lists the relations of an actor that were in force on a day. */
const relationsOf = (actor: string, day: string, { about }: Facts): Relation[] =>
  (about.get(actorSubject(actor)) ?? []).filter((entry): entry is Relation => {
    if (!isType(entry, 'actor.related')) return false;
    const { from, until } = entry.event.payload;
    return (from ?? dayOf(entry.event)) <= day && (until === undefined || day <= until);
  });

/** Returns the relations that tie two actors, none if they are not related: declared, or by one person behind both. */
function tiesOf(one: string, other: string, day: string, facts: Facts): Relation[] {
  const [ofOne, ofOther] = [relationsOf(one, day, facts), relationsOf(other, day, facts)];
  const declared = ofOne.find(({ event: { payload } }) => payload.actor === other || payload.other === other);
  if (declared !== undefined) return [declared];
  for (const first of ofOne) {
    const { person } = first.event.payload;
    const second = ofOther.find(({ event: { payload } }) => person !== undefined && payload.person === person);
    if (second !== undefined) return [first, second];
  }
  return [];
}

export const relatedParties: Rule<typeof schema> = {
  id: 'related-parties',
  version: 1,
  group: 'actors',
  title: 'Sender and receiver are related',
  means:
    'A handover between actors that one owns, that share an owner, a family or premises: both weights serve one interest.',
  doesNotMean: 'That anything is wrong: groups of firms trade among themselves, and those who declare it hide nothing.',
  causes: {
    innocent: 'a group of firms trades among itself',
    bad: 'prices and weights are agreed within one family',
  },
  advice:
    'Ask both parties for a weighing by a third one, and for the price that was paid. A relation that was declared wrongly is corrected by `event.corrected`, which closes it; one that was declared late is explained by `finding.answered`.',
  parameters: schema,
  describe: ({ relatedParties: { severity, severityHidden } }) =>
    `A receipt from an actor to which the receiver is related by an \`actor.related\` in force on that day, or with which it shares a person: ${severity}; if the relation was logged only after the receipt: ${severityHidden}.`,
  standard: 'OECD Due Diligence Guidance, Annex I (beneficial ownership); EITI Requirement 2.5',
  evidence: byCustom,
  scope: ['chains', 'about'],
  ...judgesEach(['custody.received'], (entry, facts, { relatedParties: { severity, severityHidden } }: Parameters) => {
    const { iss, payload } = entry.event;
    const ties = tiesOf(payload.from, iss, dayOf(entry.event), facts);
    const [first] = ties;
    if (first === undefined) return [];
    const isHidden = ties.some(({ index }) => index > entry.index);
    const kinds = [...new Set(ties.map(({ event }) => event.payload.relation ?? 'undisclosed'))].join(', ');
    const by =
      first.event.payload.person === undefined ? '' : `, by one person behind both, ${first.event.payload.person}`;
    return [
      {
        severity: isHidden ? severityHidden : severity,
        root: actorSubject(iss),
        events: [...ties.map(({ event }) => event.id), entry.event.id],
        measured: kinds,
        threshold: 'not related',
        detail: `${payload.from} and ${iss} are related (${kinds}${by})${isHidden ? ', which was logged only after this handover' : ''}. Firms of one group trade among themselves; at worst one hand weighs and buys from itself. Both, and the registrar, can tell.`,
      },
    ];
  }),
};
