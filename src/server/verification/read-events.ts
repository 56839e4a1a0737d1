import { AditError } from '../../core/errors.js';
import { parseEnvelope } from '../../core/event/envelope.js';
import { readEvent } from '../../core/event/event.js';
import type { JudgedEvent } from '../../core/rules/facts.js';
import type { Queryable } from '../database/rows.js';
import type { StoredEntry } from '../ledger/read-log.js';

/** Events kept parsed: a lot is mostly touched again soon, and parsing costs more than reading. */
const CACHE = 4_000;

/** Reads entries of the log as events. An entry that is no event any more is left out: the audit names it. */
export class ReadEvents {
  private readonly parsed = new Map<string, JudgedEvent>();

  /** @param log the log's origin. */
  constructor(private readonly log: string) {}

  /** Those of the stored entries that can be read, in order. */
  read(entries: readonly Pick<StoredEntry, 'index' | 'jws'>[]): JudgedEvent[] {
    return entries.flatMap((entry) => this.readOne(entry) ?? []);
  }

  async byIndex(db: Queryable, indexes: Iterable<number>): Promise<Map<number, JudgedEvent>> {
    const wanted = [...new Set(indexes)];
    if (wanted.length === 0) return new Map();
    const { rows } = await db.query<{ index: number; jws: string }>(
      'SELECT index, jws FROM entries WHERE index = ANY($1::bigint[])',
      [wanted],
    );
    return new Map(this.read(rows).map((event) => [event.index, event]));
  }

  private readOne({ index, jws }: Pick<StoredEntry, 'index' | 'jws'>): JudgedEvent | null {
    const key = `${index} ${jws.slice(-86)}`;
    const known = this.parsed.get(key);
    if (known !== undefined) return known;
    const event = this.parse(index, jws);
    if (event !== null) {
      if (this.parsed.size >= CACHE) this.parsed.clear();
      this.parsed.set(key, event);
    }
    return event;
  }

  private parse(index: number, jws: string): JudgedEvent | null {
    try {
      return { index, event: readEvent(parseEnvelope(`${jws}~`), this.log) };
    } catch (error) {
      if (error instanceof AditError) return null;
      throw error;
    }
  }
}
