import type { Correction } from '../../../../core/custody/corrections.js';
import { AditError } from '../../../../core/errors.js';
import { parseEnvelope } from '../../../../core/event/envelope.js';
import { type AditEvent, readEvent } from '../../../../core/event/event.js';
import { type JudgedEvent, judgedEvent } from '../../../../core/rules/engine/facts.js';
import type { Queryable } from '../../../database/rows.js';
import {
  type SealedDisclosures,
  openDisclosures,
  sealedDisclosuresOf,
} from '../../../ledger/disclosures/disclosure-rows.js';
import { sha256 } from '../../../../platform/sha256.js';
import { rereadEntry, signedDigest } from '../../../ledger/read/reread-event.js';
import { LogCache } from './log-cache.js';
import { ValidTexts } from './valid-texts.js';
import { EVENT_COST, type WorkBudget } from '../work-budget.js';

/** Entries that one statement reads. */
const AT_ONCE = 2_000;

interface StoredEvent {
  index: number;
  jws: string;
  /** Null if nothing was disclosed. */
  disclosures: SealedDisclosures;
  recorded_at: number | null;
  /** Corrections in the order in which they came into force; null if there are none. */
  corrections: StoredCorrection[] | null;
}

type StoredCorrection = Pick<Correction, 'field' | 'value'>;

/** Columns of an entry: its text, disclosures, corrections, and the log's clock at its entry. */
const columns = `
  e.index, e.jws,
  ${sealedDisclosuresOf('e.id')} AS disclosures,
  (SELECT c.time FROM clocks AS c WHERE c.index <= e.index ORDER BY c.index DESC LIMIT 1) AS recorded_at,
  (SELECT json_agg(json_build_object('field', c.field, 'value', c.value) ORDER BY c.in_force_index, c.index)
     FROM corrections AS c WHERE c.target = e.id AND c.in_force_index IS NOT NULL) AS corrections`;

/** Reads entries of the log as events. Entries that cannot be parsed are left out; the audit reports them. */
export class ReadEvents {
  private budget: WorkBudget | null = null;

  /**
   * @param log the log's origin.
   * @param isOwn whether the caller has checked every entry itself, in a database that only it uses.
   * @param cache what the steps so far have read, for those that follow; only used between `followLog` and the step's end.
   * @param valid what they have checked: checking an entry against its schema takes ten times as long as decoding it.
   */
  constructor(
    private readonly log: string,
    private readonly isOwn = false,
    readonly cache = new LogCache(),
    private readonly valid = new ValidTexts(),
  ) {}

  /** Returns a reader of the same events with a budget: one for each step, because steps may overlap. */
  within(budget: WorkBudget): ReadEvents {
    const reader = new ReadEvents(this.log, this.isOwn, this.cache, this.valid);
    reader.budget = budget;
    return reader;
  }

  /** Counts other rows that were read. Throws `StepTooLarge`. */
  spend(rows: number): void {
    this.budget?.spend(rows);
  }

  async byIndex(db: Queryable, indexes: Iterable<number>): Promise<Map<number, JudgedEvent>> {
    const found = new Map<number, JudgedEvent>();
    const wanted: number[] = [];
    for (const index of new Set(indexes)) {
      const entry = this.cache.entry(index);
      if (entry === undefined) wanted.push(index);
      else found.set(index, entry);
    }
    for (let from = 0; from < wanted.length; from += AT_ONCE) {
      const { rows } = await db.query<StoredEvent>(
        `SELECT ${columns} FROM entries AS e WHERE e.index = ANY($1::bigint[])`,
        [wanted.slice(from, from + AT_ONCE)],
      );
      for (const entry of this.read(rows)) found.set(entry.index, entry);
    }
    return found;
  }

  /**
   * Returns entries from an index on, at most `limit`, and the index after the last row. It follows the rows and not
   * the stored size, which a superuser of the database may have changed, and skips missing entries.
   */
  async from(db: Queryable, from: number, limit: number): Promise<{ entries: JudgedEvent[]; end: number }> {
    const { rows } = await db.query<StoredEvent>(
      `SELECT ${columns} FROM entries AS e WHERE e.index >= $1 ORDER BY e.index LIMIT $2`,
      [from, limit],
    );
    return { entries: this.read(rows), end: (rows.at(-1)?.index ?? from - 1) + 1 };
  }

  private read(rows: readonly StoredEvent[]): JudgedEvent[] {
    this.spend(rows.length * EVENT_COST);
    return rows.flatMap((row) => this.readOne(row) ?? []);
  }

  private readOne({ index, jws, disclosures, recorded_at: recordedAt, corrections }: StoredEvent): JudgedEvent | null {
    const event = this.parse(index, jws, openDisclosures(disclosures));
    return event === null ? null : judgedEvent(index, event, recordedAt, corrections ?? []);
  }

  /** A disclosure that was tampered with proves nothing and must not hide its event. */
  private parse(index: number, jws: string, disclosures: readonly string[]): AditEvent | null {
    const digest = signedDigest(jws);
    if (disclosures.length === 0 && (this.isOwn || this.valid.has(index, digest)))
      return rereadEntry(jws, this.log, digest);
    for (const shown of disclosures.length === 0 ? [[]] : [disclosures, []])
      try {
        const event = readEvent(parseEnvelope([jws, ...shown, ''].join('~'), sha256), this.log, sha256);
        this.valid.add(index, digest);
        return event;
      } catch (error) {
        if (!(error instanceof AditError)) throw error;
      }
    return null;
  }
}
