import { subjectsBehind } from '../../core/bundle/subjects.js';
import { MAX_EVENTS } from '../../core/bundle/bundle.js';
import { AditError } from '../../core/errors.js';
import type { AditEvent } from '../../core/event/event.js';
import { MAX_RECORD, closingOfDuplicate } from '../../core/rules/engine/closed-duplicates.js';
import type { Queryable } from '../database/rows.js';
import { readEntry } from '../ledger/read/reread-event.js';

/** Entries read by one query. */
const PIECE = 500;
/** Ancestors of a lot that a bundle contains at most. */
const MAX_LOTS = 20_000;

/** The entries of a bundle, and the subjects to prove. */
export interface BundleParts {
  /** Log indexes, ascending. */
  indexes: number[];
  /** Subjects whose events must be complete in the bundle. */
  subjects: Set<string>;
  /** Sizes above 0 of checkpoints that signers had seen, ascending. */
  seen: number[];
}

/**
 * Gathers the entries that a verifier needs to judge a lot offline: its chain and those of its ancestors; every
 * registry event and attestation on the subjects that they name, and on those that these name in turn; and the log's
 * time before and after each. It reads events in pieces and does not cache them, so memory grows with their number and
 * not with their text.
 */
export class GatherBundle {
  private readonly indexes = new Set<number>();
  private readonly subjects = new Set<string>();
  private readonly seen = new Set<number>();
  /** Sizes for which the log's time is needed: those of seen checkpoints and of the sealed index. */
  private readonly timedSizes = new Set<number>();
  private scope: ReadonlySet<string> = new Set();

  /** @param size of the bundle's checkpoint; only entries below it count. */
  constructor(
    private readonly db: Queryable,
    private readonly log: string,
    private readonly size: number,
  ) {}

  /** Gathers the entries for a lot. Throws `not-found`, and `request-too-large` above the limits of a bundle. */
  async gather(lot: string, more: readonly number[]): Promise<BundleParts> {
    this.scope = await this.lotsBehind(lot);
    const lots = [...this.scope];
    let fresh = [...(await this.ofLots(lots)), ...(await this.answersAbout(lots)), ...more];
    while (fresh.length > 0) {
      const before = this.subjects.size;
      await this.read(fresh);
      // A set iterates in insertion order, so the new members are the last.
      const wanted = [...this.subjects].slice(before);
      fresh = (await this.about(wanted)).filter((index) => !this.indexes.has(index));
    }
    for (const index of await this.clocks()) this.indexes.add(index);
    return {
      indexes: [...this.indexes].toSorted((a, b) => a - b),
      subjects: this.subjects,
      seen: [...this.seen].toSorted((a, b) => a - b),
    };
  }

  private async lotsBehind(lot: string): Promise<Set<string>> {
    const { rows } = await this.db.query<{ lot: string }>(
      `SELECT reached.lot FROM lots CROSS JOIN LATERAL with_ancestors(ARRAY[lots.id], $3) AS reached (lot)
        WHERE lots.id = $1 AND lots.born_index < $2`,
      [lot, this.size, MAX_LOTS + 1],
    );
    if (rows.length === 0) throw new AditError('not-found', `There is no lot ${lot}.`);
    if (rows.length > MAX_LOTS) throw tooLarge(`It was made of more than ${MAX_LOTS} lots`);
    return new Set(rows.map((row) => row.lot));
  }

  private async ofLots(lots: readonly string[]): Promise<number[]> {
    const { rows } = await this.db.query<{ index: number }>(
      `SELECT index FROM lot_events WHERE lot = ANY($1::uuid[]) AND index < $2
       UNION SELECT index FROM attestations WHERE lot = ANY($1::uuid[]) AND index < $2
       UNION SELECT 0::bigint`,
      [lots, this.size],
    );
    return rows.map(({ index }) => index);
  }

  /**
   * Returns the answers to findings on the lots, and those to other findings of the same cause, which they cover too,
   * with the events of these findings.
   */
  private async answersAbout(lots: readonly string[]): Promise<number[]> {
    const { rows } = await this.db.query<{ index: number }>(
      `WITH own AS (
         SELECT id, rule, root, subject FROM findings WHERE lots && $1::uuid[]
       ), covering AS (
         SELECT other.id, other.events FROM own
           JOIN findings AS other ON other.rule = own.rule AND other.root = own.root AND other.id <> own.id
          WHERE own.root <> own.subject AND other.root <> other.subject
            AND EXISTS (SELECT FROM subject_entries WHERE subject = 'finding:' || other.id)
       )
       SELECT index FROM subject_entries
        WHERE subject IN (SELECT 'finding:' || id FROM own UNION ALL SELECT 'finding:' || id FROM covering) AND index < $2
       UNION
       SELECT e.index FROM covering CROSS JOIN LATERAL unnest(covering.events) AS shown (id)
         JOIN entries AS e ON e.id = shown.id AND e.index < $2`,
      [lots, this.size],
    );
    return rows.map(({ index }) => index);
  }

  /** Reads entries and records the subjects that they name. */
  private async read(fresh: readonly number[]): Promise<void> {
    const wanted = [...new Set(fresh)].toSorted((a, b) => a - b);
    for (const index of wanted) this.indexes.add(index);
    if (this.indexes.size > MAX_EVENTS) throw tooLarge(`Its history has more than ${MAX_EVENTS} events`);
    for (let from = 0; from < wanted.length; from += PIECE) {
      const { rows } = await this.db.query<{ jws: string }>('SELECT jws FROM entries WHERE index = ANY($1::bigint[])', [
        wanted.slice(from, from + PIECE),
      ]);
      for (const { jws } of rows) {
        const event = readEntry(jws, this.log);
        for (const subject of subjectsBehind(event, this.scope)) this.subjects.add(subject);
        if (event.seen !== undefined && event.seen.size > 0) this.seen.add(event.seen.size);
        if (event.type === 'index.sealed') this.timedSizes.add(event.payload.size);
      }
    }
  }

  /** Returns the entries about subjects; those of lots are gathered already. */
  private async about(subjects: readonly string[]): Promise<number[]> {
    const others = subjects.filter((subject) => !subject.startsWith('lot:'));
    if (others.length === 0) return [];
    const tags = others.flatMap((subject) => (subject.startsWith('tag:') ? [subject.slice(4)] : []));
    // A tag that was never issued is a fault only if tags are issued to the site at all.
    const sites = others.flatMap((subject) => (subject.startsWith('site:') ? [subject.slice(5)] : []));
    const { rows } = await this.db.query<{ index: number }>(
      `SELECT index FROM subject_entries WHERE subject = ANY($1::text[]) AND index < $3
       UNION SELECT min(issued.index) FROM tag_ranges AS issued
              WHERE issued.site = ANY($4::text[]) AND issued.index < $3
                AND EXISTS (SELECT FROM tag_uses WHERE lot = ANY($5::uuid[]) AND index < $3)
              GROUP BY issued.site
       UNION SELECT index FROM tag_uses WHERE tag = ANY($2::text[]) AND index < $3
       UNION SELECT issued.index
               FROM unnest($2::text[]) AS used (tag)
              CROSS JOIN generate_series(0, length(used.tag)) AS cut
               JOIN tag_ranges AS issued ON issued.series = left(used.tag, cut) AND issued.index < $3
              WHERE substr(used.tag, cut + 1) ~ '^[0-9]{1,16}$'
                AND substr(used.tag, cut + 1)::bigint BETWEEN issued.from_number AND issued.to_number`,
      [others, tags, this.size, sites, [...this.scope]],
    );
    return [...rows.map(({ index }) => index), ...(await this.duplicates(tags))];
  }

  /**
   * Returns the entries of other lots with the same tags: the birth of each, and the whole chain of one that was closed
   * as a duplicate.
   */
  private async duplicates(tags: readonly string[]): Promise<number[]> {
    if (tags.length === 0) return [];
    const { rows } = await this.db.query<{ lot: string; born: number; index: number | null; jws: string | null }>(
      `WITH sharing AS (
         SELECT DISTINCT lot.id, lot.born_index, lot.status = 'closed' AND lot.seq <= $4 AS closed
           FROM tag_uses AS used JOIN lots AS lot ON lot.id = used.lot
          WHERE used.tag = ANY($1::text[]) AND used.index < $3 AND lot.id <> ALL($2::uuid[])
       )
       SELECT sharing.id AS lot, born_index AS born, said.index, entry.jws
         FROM sharing LEFT JOIN lot_events AS said ON sharing.closed AND said.lot = sharing.id AND said.index < $3
         LEFT JOIN entries AS entry ON entry.index = said.index
        ORDER BY sharing.id, said.seq`,
      [tags, [...this.scope], this.size, MAX_RECORD],
    );
    const chains = new Map<string, { index: number; event: AditEvent }[]>();
    for (const { lot, index, jws } of rows) {
      if (index === null || jws === null) continue;
      const entry = { index, event: readEntry(jws, this.log) };
      chains.set(lot, [...(chains.get(lot) ?? []), entry]);
    }
    const closed = [...chains].flatMap(([lot, chain]) => {
      const events = chain.map(({ event }) => event);
      return closingOfDuplicate(lot, events) === null ? [] : chain.map(({ index }) => index);
    });
    return [...rows.map(({ born }) => born), ...closed];
  }

  /** Returns the clock entries before and after each entry, and for each size in `timedSizes`. */
  private async clocks(): Promise<number[]> {
    const { rows } = await this.db.query<{ index: number }>(
      `SELECT DISTINCT clock.index
         FROM unnest($1::bigint[]) AS entry (index)
        CROSS JOIN LATERAL (
          (SELECT index FROM clocks WHERE index <= entry.index ORDER BY index DESC LIMIT 1)
          UNION ALL
          (SELECT index FROM clocks WHERE index > entry.index AND index < $2 ORDER BY index LIMIT 1)
        ) AS clock`,
      [[...this.indexes, ...[...this.seen, ...this.timedSizes].map((size) => size - 1)], this.size],
    );
    return rows.map(({ index }) => index);
  }
}

const tooLarge = (why: string): AditError =>
  new AditError('request-too-large', `${why}; take the bundles of the lots it was made of one by one.`);
