import type { Say } from '../say.js';
import { Lot } from '../ui/chips.js';
import type { Page } from '../ui/frame.js';
import { type Column, Table } from '../ui/table.js';
import type { Story, StoryEvent } from './story.js';

interface TablePage {
  title: string;
  empty: string;
  rows: readonly StoryEvent[];
  columns: readonly Column<StoryEvent>[];
}

const tablePage = (lot: string, { title, empty, rows, columns }: TablePage): Page => ({
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
