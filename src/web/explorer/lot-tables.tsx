import type { VNode } from 'preact';
import type { LotState } from '../../core/api/lot.js';
import type { Report } from '../../core/api/report.js';
import type { Say } from '../say.js';
import { Actor, Event, Lot, Site, Time } from '../ui/chips.js';
import type { Column } from '../ui/table.js';
import type { Story, StoryEvent } from './story.js';

const kilograms = (value: number): { value: string; uom: string } => ({ value: String(value), uom: 'KGM' });

/** Events at which the goods were weighed against what they had weighed before. */
export const handsOf = ({ events }: Story): StoryEvent[] =>
  events.filter(({ before, after, type }) => before !== null && after !== null && type !== 'lot.split').toReversed();

/** Columns of what the goods weighed from hand to hand. */
export const handColumns = (say: Say, mineral: string): Column<StoryEvent>[] => [
  {
    title: say.word('column.when'),
    text: ({ occurredAt }) => occurredAt,
    cell: ({ occurredAt }) => <Time at={occurredAt} />,
  },
  {
    title: say.word('column.what'),
    text: ({ type }) => say.coded('event', type),
    cell: ({ id, type }) => <Event id={id}>{say.coded('event', type)}</Event>,
  },
  {
    title: say.word('column.fromTo'),
    text: ({ claims, iss }) => (claims.from === undefined ? iss : `${claims.from} → ${iss}`),
    cell: ({ claims, iss }) => <Hands from={claims.from} to={iss} />,
  },
  {
    title: say.word('column.before'),
    number: true,
    text: ({ before }) => (before === null ? '' : say.mass(kilograms(before), mineral)),
  },
  {
    title: say.word('column.after'),
    number: true,
    text: ({ after }) => (after === null ? '' : say.mass(kilograms(after), mineral)),
  },
  {
    title: say.word('column.change'),
    number: true,
    text: ({ before, after }) =>
      before === null || after === null || before === after ? '' : say.change(before, after),
    cell: ({ before, after }) =>
      before === null || after === null || before === after ? '' : <small>{say.change(before, after)}</small>,
  },
];

const Hands = ({ from, to }: { from?: string; to: string }): VNode => (
  <>
    {from === undefined ? null : (
      <>
        <Actor id={from} /> →{' '}
      </>
    )}
    <Actor id={to} />
  </>
);

/** Returns the place of an event: its site or facility. */
const placeOf = ({ claims: { place } }: Pick<StoryEvent, 'claims'>): string => place?.site ?? place?.facility ?? '';

interface EventTable {
  lot: string;
  mineral: string;
  nameOf: (lot: string) => string;
}

/** Columns of the events on the chains of a lot and its ancestors. */
export const eventColumns = (say: Say, { lot: own, mineral, nameOf }: EventTable): Column<StoryEvent>[] => [
  {
    title: say.word('column.when'),
    text: ({ occurredAt }) => occurredAt,
    cell: ({ occurredAt }) => <Time at={occurredAt} />,
  },
  {
    title: say.word('column.what'),
    text: ({ type, unreadable }) => (unreadable ? say.word('event.unreadable') : say.coded('event', type)),
    cell: ({ id, type, unreadable }) => (
      <Event id={id}>{unreadable ? say.word('event.unreadable') : say.coded('event', type)}</Event>
    ),
  },
  {
    title: say.word('column.by'),
    text: ({ iss, claims }) => [claims.from, iss, claims.to].filter((actor) => actor !== undefined).join(' → '),
    cell: ({ iss, claims }) =>
      claims.to === undefined ? <Hands from={claims.from} to={iss} /> : <Hands from={iss} to={claims.to} />,
  },
  {
    title: say.word('column.where'),
    text: (event) => placeOf(event),
    cell: (event) => (event.claims.place?.site === undefined ? placeOf(event) : <Site id={event.claims.place.site} />),
  },
  {
    title: say.word('column.lots'),
    text: ({ lots }) => lots.join(' '),
    cell: ({ lots: [first, ...others] }) =>
      first === undefined || first === own ? (
        ''
      ) : (
        <>
          <Lot id={first} tag={nameOf(first)} />
          {others.length === 0 ? null : <small> +{others.length}</small>}
        </>
      ),
  },
  {
    title: say.word('column.mass'),
    number: true,
    text: ({ after }) => (after === null ? '' : say.mass(kilograms(after), mineral)),
  },
  { title: say.word('column.entry'), number: true, text: ({ index }) => String(index) },
  { title: say.word('event.id'), fileOnly: true, text: ({ id }) => id },
];

/** Columns of the sites that a lot comes from, with the mass from each. */
export const originColumns = (
  say: Say,
  { mineral, mass }: Pick<LotState, 'mineral' | 'mass'>,
): Column<Report['origins'][number]>[] => [
  { title: say.word('column.site'), text: ({ site }) => site, cell: ({ site }) => <Site id={site} /> },
  { title: say.word('column.mass'), number: true, text: (origin) => say.mass(origin.mass, mineral) },
  {
    title: say.word('column.share'),
    number: true,
    text: (origin) => say.share(Number(origin.mass.value) / Number(mass.value)),
  },
];
