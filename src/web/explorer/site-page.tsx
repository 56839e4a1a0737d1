import type { VNode } from 'preact';
import type { ListedLot } from '../../core/api/lot.js';
import type { ListedSite } from '../../core/api/registry.js';
import type { Volumes } from '../../core/api/volumes.js';
import { kilogramsOf, type Say } from '../say.js';
import { Boundary } from '../ui/boundary.js';
import { Actor } from '../ui/chips.js';
import { MonthBars } from '../ui/chart.js';
import { Heading, type Page, useSay } from '../ui/frame.js';
import { WorldMap } from '../ui/map.js';
import { type Column, Facts, Table } from '../ui/table.js';
import { lotColumns } from './lots-page.js';
import { degrees } from './places.js';
import type { RegisteredPlace } from '../../core/api/place.js';

type Month = Volumes['items'][number];

/** Columns of the monthly output of a site. */
export const volumeColumns = (say: Say): Column<Month>[] => [
  {
    title: say.word('column.month'),
    text: ({ month }) => month,
    cell: ({ month }) => say.month(`${month}-01T00:00:00Z`),
  },
  { title: say.word('column.mineral'), text: ({ mineral: code }) => say.coded('mineral', code) },
  { title: say.word('part.lots'), number: true, text: ({ lots }) => say.number(lots) },
  {
    title: say.word('column.declared'),
    number: true,
    text: ({ declared, mineral: code }) => (declared === null ? '' : say.mass(declared, code)),
  },
  {
    title: say.word('column.tagged'),
    number: true,
    text: ({ tagged, mineral: code }) => (tagged === null ? '' : say.mass(tagged, code)),
  },
  {
    title: say.word('column.capacity'),
    number: true,
    text: ({ capacity, mineral: code }) => (capacity === null ? '' : say.mass(capacity, code)),
  },
];

export interface SitePageData {
  site: ListedSite | null;
  volumes: Volumes;
  lots: readonly ListedLot[];
  /** Where it is, as far as the reader may know; null: it is not registered. */
  place: RegisteredPlace | null;
}

export const sitePage = (data: SitePageData): Page => ({
  title: data.volumes.site,
  part: 'sites',
  body: <SiteBody {...data} />,
});

function SiteBody({ site, volumes, lots, place }: SitePageData): VNode {
  const say = useSay();
  const months = volumes.items.filter(({ declared }) => declared !== null).toReversed();
  return (
    <>
      <div class="kicker">{say.word('column.site')}</div>
      <h1>
        {site === null
          ? volumes.site
          : say.word('site.sentence', { site: volumes.site, country: say.country(site.country) })}
      </h1>
      {site === null ? null : (
        <Facts
          facts={[
            [say.word('column.operator'), <Actor key="operator" id={site.operator} />],
            [say.word('column.minerals'), site.minerals.map((code) => say.coded('mineral', code)).join(', ')],
            [say.word('column.inspected'), site.inspectedOn === null ? null : say.date(site.inspectedOn)],
          ]}
        />
      )}
      {place === null ? null : <Whereabouts site={volumes.site} place={place} />}
      <section>
        <Heading more={<a href={`/sites/${encodeURIComponent(volumes.site)}?format=csv`}>CSV</a>}>
          {say.word('site.output')}
        </Heading>
        {months.length < 2 ? null : (
          <MonthBars
            label={say.word('site.output')}
            bars={months.map(({ month, declared, capacity }) => ({
              label: month,
              value: declared === null ? 0 : kilogramsOf(declared),
              limit: capacity === null ? null : kilogramsOf(capacity),
            }))}
          />
        )}
        <Table
          rows={volumes.items}
          columns={volumeColumns(say)}
          empty={say.word('site.noOutput')}
          label={say.word('site.output')}
        />
        {volumes.delayDays === 0 ? null : <p class="soft">{say.count('site.delay', volumes.delayDays)}</p>}
      </section>
      <section>
        <Heading more={<a href={`/lots?site=${encodeURIComponent(volumes.site)}`}>{say.word('list.all')}</a>}>
          {say.word('site.lots')}
        </Heading>
        <Table rows={lots} columns={lotColumns(say)} empty={say.word('lots.none')} label={say.word('site.lots')} />
      </section>
    </>
  );
}

/** Renders where a site is: on the map of its country, and with its boundary where the reader may see that. */
function Whereabouts({ site, place }: { site: string; place: RegisteredPlace }): VNode {
  const say = useSay();
  const { country, point, polygon } = place;
  const name = point === null ? say.country(country) : site;
  return (
    <section>
      <Heading>{say.word('site.where')}</Heading>
      <Facts
        facts={[
          [say.word('column.country'), say.country(country)],
          [say.word('map.position'), point === null ? say.word('map.notShown') : degrees(say, point)],
        ]}
      />
      <div class="maps more-space">
        <WorldMap places={[{ name, at: point, country }]} ways={[]} label={say.word('site.where')} />
        {polygon === null ? null : (
          <figure class="map">
            <Boundary rings={polygon} point={point} label={say.word('site.boundary')} />
            <figcaption class="soft">{say.word('site.boundary')}</figcaption>
            <details>
              <summary>{say.word('asTable')}</summary>
              <Table
                rows={polygon.flat()}
                columns={[{ title: say.word('map.position'), text: (corner) => degrees(say, corner) }]}
                empty=""
                label={say.word('site.boundary')}
              />
            </details>
          </figure>
        )}
      </div>
    </section>
  );
}
