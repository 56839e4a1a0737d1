import type { VNode } from 'preact';
import type { Impact } from '../../core/api/impact.js';
import type { Lineage, ListedLot } from '../../core/api/lot.js';
import { lotStatuses } from '../../core/custody/view.js';
import { mineral } from '../../core/event/primitives.js';
import type { Say } from '../say.js';
import { Actor, calledLot, Lot } from '../ui/chips.js';
import { Heading, type Page, useFrame, useSay } from '../ui/frame.js';
import { type Column, ListLinks, Table } from '../ui/table.js';
import { goodsOf } from './lot-page.js';

/** One page of a list, with the filters that it was asked for. */
export interface Listing<Row> {
  rows: readonly Row[];
  next: string | null;
  filters: Readonly<Record<string, string>>;
}

/** Columns of lots. */
export const lotColumns = (say: Say): Column<ListedLot>[] => [
  {
    title: say.word('lot'),
    text: calledLot,
    cell: ({ id, tags, lotNumber }) => (
      <>
        <Lot id={id} tag={tags[0]} lotNumber={lotNumber} />
        {tags.length > 1 ? <small> +{tags.length - 1}</small> : null}
      </>
    ),
  },
  { title: say.word('column.goods'), text: (lot) => goodsOf(say, lot) },
  { title: say.word('column.mass'), number: true, text: ({ mass, mineral: of }) => say.mass(mass, of) },
  {
    title: say.word('column.holder'),
    text: ({ holder, inTransitTo }) => (inTransitTo === null ? holder : `${holder} → ${inTransitTo}`),
    cell: ({ holder, inTransitTo }) => (
      <>
        <Actor id={holder} />
        {inTransitTo === null ? null : (
          <>
            {' '}
            → <Actor id={inTransitTo} />
          </>
        )}
      </>
    ),
  },
  {
    title: say.word('lot.status'),
    text: ({ status }) => say.coded('status', status),
    cell: ({ status, onHold }) => (
      <>
        {say.coded('status', status)}
        {onHold ? <strong class="bad"> {say.word('onHold')}</strong> : null}
      </>
    ),
  },
  {
    title: say.word('column.origin'),
    text: ({ origins }) => origins.map(({ site }) => site).join(', '),
  },
  { title: say.word('lot.id'), fileOnly: true, text: ({ id }) => id },
];

/** Returns the page of the lots, newest first, with filters. */
export const lotsPage = (say: Say, listing: Listing<ListedLot>): Page => ({
  title: say.word('part.lots'),
  part: 'lots',
  body: <LotsBody {...listing} />,
});

function LotsBody({ rows, next, filters }: Listing<ListedLot>): VNode {
  const say = useSay();
  const { address } = useFrame();
  return (
    <>
      <h1>{say.word('part.lots')}</h1>
      <p class="lede">{say.word('lots.explained')}</p>
      <form class="filters" action="/lots">
        <Choice
          name="mineral"
          label={say.word('column.mineral')}
          value={filters.mineral}
          options={mineral.options.map((code) => [code, say.coded('mineral', code)])}
        />
        <Choice
          name="status"
          label={say.word('lot.status')}
          value={filters.status}
          options={lotStatuses.map((code) => [code, say.coded('status', code)])}
        />
        <Field name="holder" label={say.word('column.holder')} value={filters.holder} />
        <Field name="site" label={say.word('column.site')} value={filters.site} />
        <button class="btn" type="submit">
          {say.word('filter')}
        </button>
      </form>
      <Table rows={rows} columns={lotColumns(say)} empty={say.word('lots.none')} label={say.word('part.lots')} />
      <ListLinks address={address} next={next} />
    </>
  );
}

interface FieldProps {
  name: string;
  label: string;
  value?: string;
}

/** Renders a filter that is typed. */
export const Field = ({ name, label, value }: FieldProps): VNode => (
  <label>
    {label}
    <input name={name} value={value} maxLength={64} />
  </label>
);

/** Renders a filter that is chosen. */
export function Choice({
  name,
  label,
  value,
  options,
}: FieldProps & { options: readonly (readonly [string, string])[] }): VNode {
  const say = useSay();
  return (
    <label>
      {label}
      <select name={name}>
        <option value="">{say.word('filter.any')}</option>
        {options.map(([code, text]) => (
          <option key={code} value={code} selected={code === value}>
            {text}
          </option>
        ))}
      </select>
    </label>
  );
}

type LineageNode = Lineage['nodes'][number];

/** Columns of the ancestors of a lot. */
const lineageColumns = (say: Say, goods: string): Column<LineageNode>[] => [
  { title: say.word('lot'), text: ({ lot }) => lot, cell: ({ lot }) => <Lot id={lot} /> },
  { title: say.word('column.holder'), text: ({ holder }) => holder, cell: ({ holder }) => <Actor id={holder} /> },
  { title: say.word('lot.status'), text: ({ status }) => say.coded('status', status) },
  { title: say.word('column.mass'), number: true, text: ({ mass }) => say.mass(mass, goods) },
];

type Edge = Lineage['edges'][number];

/** Columns of the flows of mass between lots: the edges of the drawing. */
export const flowColumns = (say: Say, goods: string): Column<Edge>[] => [
  { title: say.word('column.from'), text: ({ from }) => from, cell: ({ from }) => <Lot id={from} /> },
  { title: say.word('column.into'), text: ({ to }) => to, cell: ({ to }) => <Lot id={to} /> },
  { title: say.word('column.mass'), number: true, text: ({ mass }) => say.mass(mass, goods) },
  {
    title: say.word('event'),
    text: ({ event }) => event,
    cell: ({ event }) => (
      <a class="mono" href={`/events/${event}`}>
        {event.slice(0, 8)}
      </a>
    ),
  },
];

/** Rows of a table on a page at most; its file has all. */
const ROWS = 200;

/** Returns the lineage of a lot as tables. */
export const lineagePage = (say: Say, lineage: Lineage, goods: string): Page => ({
  title: `${say.word('lot.madeOf')}: ${lineage.lot.slice(0, 8)}`,
  part: 'lots',
  body: (
    <>
      <div class="kicker">
        <Lot id={lineage.lot} />
      </div>
      <h1>{say.word('lot.madeOf')}</h1>
      <p class="lede">
        {say.count('lineage.lots', lineage.nodes.length)} {lineage.truncated ? say.word('lot.truncated') : ''}
      </p>
      <section>
        <Heading more={<a href={`/lots/${lineage.lot}/lineage?format=csv`}>CSV</a>}>
          {say.word('lineage.flows')}
        </Heading>
        <Table
          rows={lineage.edges.slice(0, ROWS)}
          columns={flowColumns(say, goods)}
          empty={say.word('lot.fromSite')}
          label={say.word('lineage.flows')}
        />
        {lineage.edges.length > ROWS ? <p class="soft">{say.count('list.cut', lineage.edges.length - ROWS)}</p> : null}
      </section>
      <section>
        <Heading>{say.word('part.lots')}</Heading>
        <Table
          rows={lineage.nodes.slice(0, ROWS)}
          columns={lineageColumns(say, goods)}
          empty=""
          label={say.word('part.lots')}
        />
      </section>
    </>
  ),
});

type Affected = Impact['items'][number];

/** Columns of the lots that contain some of a lot now. */
export const impactColumns = (say: Say, goods: string): Column<Affected>[] => [
  { title: say.word('lot'), text: ({ lot }) => lot, cell: ({ lot }) => <Lot id={lot} /> },
  { title: say.word('column.holder'), text: ({ holder }) => holder, cell: ({ holder }) => <Actor id={holder} /> },
  { title: say.word('lot.status'), text: ({ status }) => say.coded('status', status) },
  { title: say.word('column.mass'), number: true, text: ({ mass }) => say.mass(mass, goods) },
  {
    title: say.word('column.contains'),
    number: true,
    text: ({ contains }) => (contains === null ? '' : say.mass(contains, goods)),
  },
  { title: say.word('column.share'), number: true, text: ({ share }) => say.share(share) },
];

/** Returns where a lot is today: the lots that contain some of it. */
export const impactPage = (say: Say, impact: Impact, goods: string): Page => ({
  title: `${say.word('lot.impact')}: ${impact.lot.slice(0, 8)}`,
  part: 'lots',
  body: (
    <>
      <div class="kicker">
        <Lot id={impact.lot} />
      </div>
      <h1>{say.word('lot.impact')}</h1>
      <p class="lede">{say.word('impact.explained')}</p>
      <section>
        <Heading more={<a href={`/lots/${impact.lot}/impact?format=csv`}>CSV</a>}>{say.word('part.lots')}</Heading>
        <Table
          rows={impact.items.slice(0, ROWS)}
          columns={impactColumns(say, goods)}
          empty={say.word('impact.none')}
          label={say.word('lot.impact')}
        />
      </section>
    </>
  ),
});
