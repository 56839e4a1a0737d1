import type { Say } from '../say.js';
import { Lot } from '../ui/chips.js';
import type { Page } from '../ui/frame.js';
import { type Column, Table } from '../ui/table.js';
import type { GoodsPlace } from './places.js';
import type { Story, StoryEvent } from './story.js';

interface TablePage<Row> {
  title: string;
  empty: string;
  rows: readonly Row[];
  columns: readonly Column<Row>[];
}

const tablePage = <Row,>(lot: string, { title, empty, rows, columns }: TablePage<Row>): Page => ({
  title: `${title}: ${lot.slice(0, 8)}`,
  part: 'lots',
  body: (
    <>
      <div class="kicker">
        <Lot id={lot} />
      </div>
      <h1>{title}</h1>
      <p>
        <a href="?format=csv" download>
          CSV
        </a>
      </p>
      <Table rows={rows} columns={columns} empty={empty} label={title} />
    </>
  ),
});

/** Returns all events of a lot and its ancestors as a page. */
export const eventsPage = (say: Say, lot: string, { events }: Story, columns: readonly Column<StoryEvent>[]): Page =>
  tablePage(lot, { title: say.word('lot.events'), empty: say.word('lot.noEvents'), rows: events, columns });

/** Returns what a lot weighed from hand to hand as a page. */
export const handsPage = (
  say: Say,
  lot: string,
  rows: readonly StoryEvent[],
  columns: readonly Column<StoryEvent>[],
): Page => tablePage(lot, { title: say.word('lot.hands'), empty: say.word('lot.noHands'), rows, columns });

/** Returns where a lot and its ancestors were as a page. */
export const placesPage = (
  say: Say,
  lot: string,
  rows: readonly GoodsPlace[],
  columns: readonly Column<GoodsPlace>[],
): Page => tablePage(lot, { title: say.word('map'), empty: say.word('map.nowhere'), rows, columns });
