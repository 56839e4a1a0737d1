import type { VNode } from 'preact';
import type { ListedLot } from '../../core/api/lot.js';
import type { ListedActor, ListedSite } from '../../core/api/registry.js';
import type { Stock } from '../../core/api/stock.js';
import type { SeenTag } from '../../core/api/tag.js';
import { mineral, roleSchema } from '../../core/event/primitives.js';
import type { Say } from '../say.js';
import { Actor, Event, Lot, Site, Time } from '../ui/chips.js';
import { Heading, type Page, useFrame, useSay } from '../ui/frame.js';
import { type Column, ListLinks, Table } from '../ui/table.js';
import { Choice, Field, type Listing, lotColumns } from './lots-page.js';

/** Columns of sites. */
export const siteColumns = (say: Say): Column<ListedSite>[] => [
  { title: say.word('column.site'), text: ({ site }) => site, cell: ({ site }) => <Site id={site} /> },
  { title: say.word('column.country'), text: ({ country }) => say.country(country) },
  {
    title: say.word('column.operator'),
    text: ({ operator }) => operator,
    cell: ({ operator }) => <Actor id={operator} />,
  },
  {
    title: say.word('column.minerals'),
    text: ({ minerals }) => minerals.map((code) => say.coded('mineral', code)).join(', '),
  },
  {
    title: say.word('column.inspected'),
    text: ({ inspectedOn }) => (inspectedOn === null ? '' : say.date(inspectedOn)),
  },
];

export const sitesPage = (say: Say, listing: Listing<ListedSite>): Page => ({
  title: say.word('part.sites'),
  part: 'sites',
  body: <SitesBody {...listing} />,
});

function SitesBody({ rows, next, filters }: Listing<ListedSite>): VNode {
  const say = useSay();
  const { address } = useFrame();
  return (
    <>
      <h1>{say.word('part.sites')}</h1>
      <p class="lede">{say.word('sites.explained')}</p>
      <form class="filters" action="/sites">
        <Choice
          name="mineral"
          label={say.word('column.mineral')}
          value={filters.mineral}
          options={mineral.options.map((code) => [code, say.coded('mineral', code)])}
        />
        <Field name="country" label={say.word('column.country')} value={filters.country} />
        <Field name="operator" label={say.word('column.operator')} value={filters.operator} />
        <button class="btn" type="submit">
          {say.word('filter')}
        </button>
      </form>
      <Table rows={rows} columns={siteColumns(say)} empty={say.word('sites.none')} label={say.word('part.sites')} />
      <ListLinks address={address} next={next} />
    </>
  );
}

/** Columns of actors. */
export const actorColumns = (say: Say): Column<ListedActor>[] => [
  { title: say.word('column.actor'), text: ({ actor }) => actor, cell: ({ actor }) => <Actor id={actor} /> },
  { title: say.word('column.roles'), text: ({ roles }) => roles.map((role) => say.coded('role', role)).join(', ') },
  { title: say.word('column.country'), text: ({ country }) => (country === null ? '' : say.country(country)) },
  { title: say.word('column.cardUntil'), text: ({ card }) => (card?.to == null ? '' : say.date(card.to)) },
  {
    title: say.word('lot.status'),
    text: ({ suspended }) => (suspended ? say.word('actor.suspended') : say.word('actor.active')),
    cell: ({ suspended }) =>
      suspended ? <strong class="bad">{say.word('actor.suspended')}</strong> : say.word('actor.active'),
  },
];

export const actorsPage = (say: Say, listing: Listing<ListedActor>): Page => ({
  title: say.word('part.actors'),
  part: 'actors',
  body: <ActorsBody {...listing} />,
});

function ActorsBody({ rows, next, filters }: Listing<ListedActor>): VNode {
  const say = useSay();
  const { address } = useFrame();
  return (
    <>
      <h1>{say.word('part.actors')}</h1>
      <p class="lede">{say.word('actors.explained')}</p>
      <form class="filters" action="/actors">
        <Choice
          name="role"
          label={say.word('column.roles')}
          value={filters.role}
          options={roleSchema.options.map((code) => [code, say.coded('role', code)])}
        />
        <Field name="country" label={say.word('column.country')} value={filters.country} />
        <button class="btn" type="submit">
          {say.word('filter')}
        </button>
      </form>
      <Table rows={rows} columns={actorColumns(say)} empty={say.word('actors.none')} label={say.word('part.actors')} />
      <ListLinks address={address} next={next} />
    </>
  );
}

/** Columns of what an actor holds, by mineral. */
const stockColumns = (say: Say): Column<Stock>[] => [
  {
    title: say.word('column.goods'),
    text: ({ mineral: of, form }) =>
      say.word('goods', { mineral: say.coded('ofMineral', of), form: say.coded('form', form) }),
  },
  { title: say.word('status.held'), number: true, text: ({ held, mineral: of }) => say.mass(held.mass, of) },
  { title: say.word('part.lots'), number: true, text: ({ held }) => say.number(held.lots) },
  { title: say.word('status.inTransit'), number: true, text: ({ sent, mineral: of }) => say.mass(sent.mass, of) },
];

export interface ActorPageData {
  actor: ListedActor;
  stock: readonly Stock[];
  lots: readonly ListedLot[];
}

export const actorPage = (say: Say, { actor, stock, lots }: ActorPageData): Page => ({
  title: actor.actor,
  part: 'actors',
  body: (
    <>
      <div class="kicker">{actor.roles.map((role) => say.coded('role', role)).join(', ')}</div>
      <h1>
        {actor.country === null
          ? actor.actor
          : say.word('site.sentence', { site: actor.actor, country: say.country(actor.country) })}
      </h1>
      {actor.suspended ? <p class="note bad">{say.word('actor.suspendedExplained')}</p> : null}
      <section>
        <Heading>{say.word('actor.stock')}</Heading>
        <Table
          rows={stock}
          columns={stockColumns(say)}
          empty={say.word('actor.noStock')}
          label={say.word('actor.stock')}
        />
      </section>
      <section>
        <Heading more={<a href={`/lots?holder=${encodeURIComponent(actor.actor)}`}>{say.word('list.all')}</a>}>
          {say.word('part.lots')}
        </Heading>
        <Table rows={lots} columns={lotColumns(say)} empty={say.word('lots.none')} label={say.word('part.lots')} />
      </section>
    </>
  ),
});

type Sighting = SeenTag['sightings'][number];

/** Columns of the places where a tag was seen. */
export const sightingColumns = (say: Say): Column<Sighting>[] => [
  {
    title: say.word('column.when'),
    text: ({ occurredAt }) => occurredAt,
    cell: ({ occurredAt }) => <Time at={occurredAt} />,
  },
  {
    title: say.word('column.what'),
    text: ({ type }) => say.coded('event', type),
    cell: ({ event, type }) => <Event id={event}>{say.coded('event', type)}</Event>,
  },
  { title: say.word('column.by'), text: ({ iss }) => iss, cell: ({ iss }) => <Actor id={iss} /> },
  { title: say.word('column.where'), text: ({ place }) => place?.site ?? place?.facility ?? '' },
  {
    title: say.word('column.lots'),
    text: ({ lots }) => lots.join(' '),
    cell: ({ lots }) => lots.map((lot) => <Lot key={lot} id={lot} />),
  },
];

export const tagPage = (say: Say, tag: SeenTag): Page => ({
  title: tag.tag,
  part: 'lots',
  body: (
    <>
      <div class="kicker">
        <span>{say.word('tag')}</span>
        <code>{tag.tag}</code>
      </div>
      <h1>{tag.carriedBy.length === 0 ? say.word('tag.onNothing') : say.count('tag.on', tag.carriedBy.length)}</h1>
      <p class="lede">
        {tag.carriedBy.map(({ lot, holder }) => (
          <span key={lot}>
            <Lot id={lot} /> · <Actor id={holder} />{' '}
          </span>
        ))}
      </p>
      {tag.carriedBy.length > 1 ? <p class="note bad">{say.word('tag.twice')}</p> : null}
      <section>
        <Heading>{say.word('tag.issued')}</Heading>
        {tag.issued.length === 0 ? <p class="note warn">{say.word('tag.neverIssued')}</p> : null}
        {tag.issued.map(({ series, site, issuer, event }) => (
          <p key={event}>
            <code>{series}</code> · <Site id={site} />{' '}
            {issuer === null ? null : (
              <>
                · <Actor id={issuer} />
              </>
            )}{' '}
            · <Event id={event} />
          </p>
        ))}
      </section>
      <section>
        <Heading more={<a href={`/tags/${encodeURIComponent(tag.tag)}?format=csv`}>CSV</a>}>
          {say.word('tag.seen')}
        </Heading>
        <Table
          rows={tag.sightings}
          columns={sightingColumns(say)}
          empty={say.word('tag.unseen')}
          label={say.word('tag.seen')}
        />
      </section>
    </>
  ),
});
