import { milligrams } from '../../custody/quantity.js';
import type { AditEvent } from '../../event/event.js';
import { encodeBase64url } from '../../event/grammar.js';
import { defaultSha256 } from '../../log/tree.js';
import { type Facts, type JudgedEvent, type JudgedOf, isType } from '../engine/facts.js';
import type { AmountFiling, Filing } from '../engine/subjects.js';

/**
 * Persons below the level of an actor: a declaration names one by its pseudonym, or by the actor for which an authority
 * or a site's operator declares. Their production is filed by month, as sums and as entries.
 */

type Declaration = Extract<AditEvent, { type: 'lot.declared' }>;

const MONTHS_OF_YEAR = 12;

/** Formats a month: `2026-05`. */
export const monthOf = (ms: number): string => new Date(ms).toISOString().slice(0, 7);

/** Returns the month that is some months after another one. */
export function monthAfter(month: string, months: number): string {
  const [year, number] = month.split('-').map(Number);
  return new Date(Date.UTC(year ?? 0, (number ?? 1) - 1 + months, 1)).toISOString().slice(0, 7);
}

/** Returns the subject of the person that a declaration names; null: the signer declares its own. */
export function producerOf({ iss, payload: { person, holder } }: Pick<Declaration, 'iss' | 'payload'>): string | null {
  if (person !== undefined) return `person:${person.id}`;
  return holder === undefined || holder === iss ? null : `actor:${holder}`;
}

/** Returns a person's name for people: its pseudonym, or the id of the actor. */
export const nameOf = (producer: string): string => producer.slice(producer.indexOf(':') + 1);

/** What a person produced of one mineral in a month. */
export const producedSubject = (producer: string, mineral: string, month: string): string =>
  `produced:${producer}/${mineral}/${month}`;
/** What one signer declared for persons in a month. */
export const declaredForSubject = (signer: string, mineral: string, month: string): string =>
  `declared-for:${signer}/${mineral}/${month}`;
/** Receipts of a buyer from persons in a month. */
export const boughtSubject = (buyer: string, mineral: string, month: string): string =>
  `bought:${buyer}/${mineral}/${month}`;
/** Sales of a person in a month. */
const soldSubject = (producer: string, month: string): string => `sold:${producer}/${month}`;
/** Uses of a card in a month. Its number may be erased. */
const cardUseSubject = (card: string, month: string): string =>
  `card:${encodeBase64url(defaultSha256(new TextEncoder().encode(`card:${card}`)))}/${month}`;

/** Returns what one person of a team produced, mg, of one mineral in a declaration: a team shares its production. */
export function producedIn(
  { payload: { outputs, teamSize = 1 } }: Pick<Declaration, 'payload'>,
  mineral: string,
): bigint {
  const mass = outputs.reduce((sum, output) => (output.mineral === mineral ? sum + milligrams(output.mass) : sum), 0n);
  return mass / BigInt(teamSize);
}

export const mineralsIn = ({ payload: { outputs } }: Pick<Declaration, 'payload'>): string[] => [
  ...new Set(outputs.map(({ mineral }) => mineral)),
];

/** Lists what a declaration adds to the production of a person, mg. */
export function producedBy({ event }: Pick<JudgedEvent, 'event'>): AmountFiling[] {
  if (event.type !== 'lot.declared') return [];
  const producer = producerOf(event);
  if (producer === null) return [];
  const at = event.occurredAtMs;
  return mineralsIn(event).map((mineral) => ({
    subject: producedSubject(producer, mineral, monthOf(at)),
    at,
    amount: producedIn(event, mineral),
  }));
}

/** Lists the other subjects under which a declaration for a person is filed. */
export function declaredFor(event: AditEvent): string[] {
  if (event.type !== 'lot.declared' || producerOf(event) === null) return [];
  const month = monthOf(event.occurredAtMs);
  const card = event.payload.person?.card;
  return [
    ...mineralsIn(event).map((mineral) => declaredForSubject(event.iss, mineral, month)),
    ...(card === undefined ? [] : [cardUseSubject(card, month)]),
  ];
}

/** Lists what rules read to judge a declaration for a person: the months before and after it too. */
export function readsOfProducer(event: AditEvent): string[] {
  if (event.type !== 'lot.declared') return [];
  const producer = producerOf(event);
  if (producer === null) return [];
  const card = event.payload.person?.card;
  const month = monthOf(event.occurredAtMs);
  return [-1, 0, 1]
    .map((months) => monthAfter(month, months))
    .flatMap((one) => [
      ...mineralsIn(event).map((mineral) => producedSubject(producer, mineral, one)),
      soldSubject(producer, one),
      ...(card === undefined ? [] : [cardUseSubject(card, one)]),
    ])
    .concat(mineralsIn(event).map((mineral) => declaredForSubject(event.iss, mineral, month)));
}

/** Returns the uses of a card around a month, as far as they are loaded. */
export const cardUses = (card: string, month: string, { about }: Pick<Facts, 'about'>): JudgedEvent[] =>
  [-1, 0, 1].flatMap((months) => [...(about.get(cardUseSubject(card, monthAfter(month, months))) ?? [])]);

/** Returns the sales of a person around a month, as far as they are loaded. */
export const salesOf = (producer: string, month: string, { about }: Pick<Facts, 'about'>): JudgedEvent[] =>
  [-1, 0, 1].flatMap((months) => [...(about.get(soldSubject(producer, monthAfter(month, months))) ?? [])]);

/** Lists the months whose year a month belongs to, and those that belong to its year. */
export const monthsOfYears = (month: string): string[] =>
  Array.from({ length: 2 * MONTHS_OF_YEAR - 1 }, (_, i) => monthAfter(month, i - (MONTHS_OF_YEAR - 1)));

/** Lists the twelve months up to one. */
export const yearUpTo = (month: string): string[] =>
  Array.from({ length: MONTHS_OF_YEAR }, (_, i) => monthAfter(month, i - (MONTHS_OF_YEAR - 1)));

/** Returns the declarations that a receipt buys from the person that they name. */
export function boughtFrom(entry: JudgedEvent, { chains }: Pick<Facts, 'chains'>): JudgedOf<'lot.declared'>[] {
  if (!isType(entry, 'custody.received')) return [];
  const { from, lots } = entry.event.payload;
  return lots
    .filter(({ outcome }) => outcome !== 'rejected')
    .flatMap(({ lot }) => {
      const birth = chains.get(lot)?.[0];
      if (birth === undefined || !isType(birth, 'lot.declared')) return [];
      return producerOf(birth.event) === `actor:${from}` ? [birth] : [];
    });
}

/** Lists the subjects under which a purchase from a person is filed, once the chains of its lots are known. */
export function purchasesIn(entry: JudgedEvent, facts: Pick<Facts, 'chains'>): Filing[] {
  const births = boughtFrom(entry, facts);
  if (births.length === 0 || !isType(entry, 'custody.received')) return [];
  const { iss, occurredAtMs: at, payload } = entry.event;
  const minerals = new Set(births.flatMap(({ event }) => mineralsIn(event)));
  return [
    ...[...minerals].map((mineral) => ({ subject: boughtSubject(iss, mineral, monthOf(at)), at })),
    { subject: soldSubject(`actor:${payload.from}`, monthOf(at)), at },
  ];
}

/** Lists what is read of purchases, after they are filed: by the buyer, and of the same person around. */
export function readsOfPurchases(entry: JudgedEvent, facts: Pick<Facts, 'chains'>): string[] {
  const filed = purchasesIn(entry, facts).map(({ subject }) => subject);
  if (filed.length === 0 || !isType(entry, 'custody.received')) return [];
  const { occurredAtMs, payload } = entry.event;
  const producer = `actor:${payload.from}`;
  const around = [-1, 0, 1].map((months) => monthAfter(monthOf(occurredAtMs), months));
  const minerals = new Set(boughtFrom(entry, facts).flatMap(({ event }) => mineralsIn(event)));
  return [
    ...filed,
    ...around.map((month) => soldSubject(producer, month)),
    ...around.flatMap((month) => [...minerals].map((mineral) => producedSubject(producer, mineral, month))),
  ];
}
