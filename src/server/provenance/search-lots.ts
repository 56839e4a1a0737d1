import { Injectable } from '@nestjs/common';
import * as z from 'zod';
import { stateOf } from '../../core/custody/lot-state.js';
import { mineralName, requestTime } from '../../core/api/values.js';
import { instantMs, lotIdSchema, registryId } from '../../core/event/primitives.js';
import { lotStatuses } from '../../core/custody/view.js';
import { type ListedLot, type Verdicts, verdictsShape } from '../../core/api/lot.js';
import type { Page } from '../../core/api/page.js';
import { AditError } from '../../core/errors.js';
import { Database } from '../database/database.js';
import { decodeCursor, encodeCursor, greatestId, pageOf, pageQuery, queryText } from '../http/paging.js';
import { type LotRow, lotOf } from '../ledger/append/lot-rows.js';
import { viewerNow } from '../http/viewing.js';
import { untilNextStep } from '../ledger/read/same-time.js';
import { FormerLot } from './former-lot.js';
import { JudgeLots } from './judge-lots.js';
import { lotsStatement } from './lots-statement.js';

/** Lots judged by one request at most, which limits the cost of a filter on verdicts. */
const JUDGED = 100;

export const lotsQuery = pageQuery.extend({
  mineral: mineralName.optional(),
  holder: registryId.optional(),
  inTransitTo: registryId.optional().describe('On its way to this actor'),
  site: registryId.optional().describe('Declared there, or made of lots declared there'),
  status: z.enum(lotStatuses).optional(),
  tag: queryText.optional(),
  lotNumber: queryText.optional(),
  name: queryText.optional().describe('An id, its first 8 or more characters, a tag, or a lot number'),
  from: requestTime.optional().describe('Appended at or after this time of the log'),
  to: requestTime.optional().describe('Appended before this time of the log'),
  part: z
    .enum(['present', 'former'])
    .default('present')
    .describe('former: lots that the reader handed on, as it last saw them; goes with no filter'),
  ...verdictsShape.partial().shape,
});
export type LotsQuery = z.infer<typeof lotsQuery>;
type Filter = Omit<LotsQuery, 'limit' | 'cursor' | 'part' | keyof Verdicts>;

const position = z.tuple([z.int(), lotIdSchema]);
type Position = z.infer<typeof position>;

const positionOf = (row: LotRow): Position => [row.born_index, row.id];

const FORMER = `
  SELECT lot AS id, born_index, until_index FROM lot_parties
   WHERE party = viewer() AND until_index IS NOT NULL AND (born_index, lot) < ($1, $2::uuid)
   ORDER BY born_index DESC, lot DESC LIMIT $3`;

/** Searches the lots of the viewer by their marks, by the time of their entry and by their verdicts; newest first. */
@Injectable()
export class SearchLots {
  constructor(
    private readonly database: Database,
    private readonly judgeLots: JudgeLots,
    private readonly former: FormerLot,
  ) {}

  async search({ limit, cursor, record, custody, risk, part, ...filter }: LotsQuery): Promise<Page<ListedLot>> {
    const after = decodeCursor(cursor, position);
    const wanted = { record, custody, risk };
    if (part === 'former') return this.handedOn({ ...filter, ...wanted }, after, limit);
    if (Object.values(wanted).every((verdict) => verdict === undefined)) {
      const rows = await this.rows(filter, after, limit + 1);
      return pageOf(rows, limit, positionOf, (row) => stateOf(lotOf(row)));
    }
    return this.judged(await this.rows(filter, after, JUDGED + 1), limit, wanted);
  }

  /** Returns those of some lots that the viewer sees now, with their verdicts. */
  async known(ids: readonly string[]): Promise<ListedLot[]> {
    const { rows } = await this.database.reader
      .for(viewerNow())
      .query<LotRow>('SELECT * FROM lots WHERE id = ANY($1::uuid[]) ORDER BY born_index DESC, id DESC LIMIT $2', [
        ids,
        JUDGED,
      ]);
    const lots = rows.map((row) => stateOf(lotOf(row)));
    const verdicts = await this.judgeLots.verdicts(lots);
    return lots.map((lot) => ({ ...lot, verdicts: verdicts.get(lot.id) }));
  }

  /**
   * Judges candidates and keeps those with the wanted verdicts, until the page is full: no index covers verdicts, because they
   * depend on all ancestors. A page may contain fewer lots than requested and still have a next one.
   */
  private async judged(rows: readonly LotRow[], limit: number, wanted: Partial<Verdicts>): Promise<Page<ListedLot>> {
    const candidates = rows.slice(0, JUDGED).map((row) => stateOf(lotOf(row)));
    const verdicts = await this.judgeLots.verdicts(candidates);
    const items: ListedLot[] = [];
    let judged = 0;
    for (const lot of candidates) {
      if (items.length === limit) break;
      judged += 1;
      const own = verdicts.get(lot.id);
      if (own !== undefined && answers(own, wanted)) items.push({ ...lot, verdicts: own });
    }
    const last = rows[judged - 1];
    return { items, next: judged < rows.length && last !== undefined ? encodeCursor(positionOf(last)) : null };
  }

  /** Lists the lots that the viewer handed on, each as it was at the end of its part. */
  private async handedOn(filter: object, after: Position | null, limit: number): Promise<Page<ListedLot>> {
    if (Object.values(filter).some((value) => value !== undefined))
      throw new AditError('request-invalid', 'part=former goes with no filter.');
    if (viewerNow().kind !== 'actor') return { items: [], next: null };
    const [born, id] = after ?? [Number.MAX_SAFE_INTEGER, greatestId];
    const { rows } = await this.database.reader
      .for(viewerNow())
      .query<{ id: string; born_index: number; until_index: number }>(FORMER, [born, id, limit + 1]);
    const page = pageOf(
      rows,
      limit,
      (row): Position => [row.born_index, row.id],
      (row) => row,
    );
    const items: ListedLot[] = [];
    for (const row of page.items) items.push(stateOf(await this.former.lot(row.id, row.until_index)));
    return { items, next: page.next };
  }

  private async rows({ from, to, ...filter }: Filter, after: Position | null, limit: number): Promise<LotRow[]> {
    const viewer = viewerNow();
    // Few lots have a mark in common: they are looked up by it for every viewer.
    const isMarked = [filter.tag, filter.lotNumber, filter.name].some((mark) => mark !== undefined);
    const all = viewer.kind === 'everyone' || (viewer.kind === 'actor' && isMarked);
    const bounds = { above: await this.indexAt(from), through: await this.indexAt(to) };
    const { text, values } = lotsStatement(
      all ? 'all' : viewer.kind === 'share' ? 'share' : 'viewer',
      { ...filter, ...bounds },
      after ?? [Number.MAX_SAFE_INTEGER, greatestId],
      limit,
    );
    const begun = performance.now();
    // Only a search without a filter has one plan that is good for all values.
    const isPlain = [...Object.values(filter), from, to].every((value) => value === undefined);
    const { rows } = await this.database.reader.for(viewer, isPlain).query<LotRow>(text, values);
    // A lot that has the mark and is hidden takes longer than none.
    if (isMarked && viewer.kind !== 'everyone' && rows.length === 0) await untilNextStep(begun);
    return rows;
  }

  /** Returns the index of the first clock of the log at or after a time, or a number above all where there is none. */
  private async indexAt(time: string | undefined): Promise<number | undefined> {
    if (time === undefined) return undefined;
    // Asked before the search, so that its plan knows how many lots there may be.
    const { rows } = await this.database.reads.query<{ index: number | null }>(
      'SELECT min(index) AS index FROM clocks WHERE time >= $1',
      [instantMs(time)],
    );
    return rows[0]?.index ?? Number.MAX_SAFE_INTEGER;
  }
}

const answers = (verdicts: Verdicts, { record, custody, risk }: Partial<Verdicts>): boolean =>
  (record === undefined || verdicts.record === record) &&
  (custody === undefined || verdicts.custody === custody) &&
  (risk === undefined || verdicts.risk === risk);
