import { eventRules } from '../../core/rules/index.js';
import type { Queryable } from '../database/rows.js';
import type { Difference } from '../ledger/compare-projections.js';
import {
  type RangeComparison,
  type RangePace,
  type Relation,
  compareByRanges,
  readByRanges,
} from '../ledger/key-range.js';

/** One row that differs: both versions of it, column by column, as text. */
interface DifferingRow {
  key: string;
  stored: Record<string, unknown> | null;
  replayed: Record<string, unknown> | null;
  lots: string[] | null;
  index: number | null;
}

/** What is compared of one table. `stored` and `replayed` in its rows are objects of the columns that count. */
interface Comparison extends RangeComparison {
  table: string;
}

/** Both sides of a table that is rebuilt as it is. */
const rebuilt = (table: string): [Relation, Relation] => [{ from: `public.${table}` }, { from: `pg_temp.${table}` }];

/**
 * Compares what the verification workers have stored with what judging the log again gives. Sums are compared with the
 * rows that they are of. When something was noticed depends on how many entries were judged together, so times, numbers
 * of changes and notes of the desk are not compared (docs/threat-model.md lists them). Called in a transaction.
 *
 * While the workers have work before them that they have begun, the two differ rightly, and nothing is compared.
 */
export async function compareJudged(
  db: Queryable,
  pace: RangePace = {},
): Promise<{ differences: Difference[]; truncated: boolean }> {
  const differences = await cursorAhead(db);
  let anyTruncated = false;
  await readByRanges(db);
  for (const comparison of (await isSettled(db)) ? [...comparisons, ...sums] : sums) {
    const { rows, truncated } = await compareByRanges<DifferingRow>(db, comparison, pace);
    differences.push(...rows.flatMap((row) => differencesOf(comparison.table, row)));
    anyTruncated ||= truncated;
  }
  return { differences, truncated: anyTruncated };
}

/** Entries cannot have been judged that are not there. */
async function cursorAhead(db: Queryable): Promise<Difference[]> {
  const { rows } = await db.query<{ next: string; end: string }>(
    `SELECT s.next::text AS next, r.next::text AS end
       FROM public.verification_cursor AS s, (SELECT COALESCE(max(index) + 1, 0) AS next FROM entries) AS r
      WHERE s.next > r.next`,
  );
  const common = { table: 'verification_cursor', key: 'single=true', column: 'next', lots: [], index: null };
  return rows.map(({ next, end }) => ({ ...common, stored: next, replayed: end }));
}

/** Whether the workers have judged again whatever they have to, by the newest rules, and all that has fallen due. */
async function isSettled(db: Queryable): Promise<boolean> {
  const { rows } = await db.query<{ settled: boolean }>(
    `SELECT NOT EXISTS (SELECT FROM public.revisits)
        AND NOT EXISTS (SELECT FROM public.verification_cursor WHERE again IS NOT NULL)
        AND NOT EXISTS (SELECT FROM public.deadlines WHERE due_at <= (
              SELECT time FROM clocks WHERE index < (SELECT next FROM public.verification_cursor)
               ORDER BY index DESC LIMIT 1)) AS settled`,
  );
  return rows[0]?.settled ?? false;
}

const asText = (value: unknown): string | null =>
  value === null || value === undefined ? null : typeof value === 'string' ? value : JSON.stringify(value);

function differencesOf(table: string, { key, stored, replayed, lots, index }: DifferingRow): Difference[] {
  const common = { table, key, lots: [...new Set(lots ?? [])], index };
  if (stored === null || replayed === null)
    return [{ ...common, column: null, stored: asText(stored), replayed: asText(replayed) }];
  return Object.keys(stored)
    .filter((column) => asText(stored[column]) !== asText(replayed[column]))
    .map((column) => ({ ...common, column, stored: asText(stored[column]), replayed: asText(replayed[column]) }));
}

/** Columns of a row as an object; null where there is no row. */
const columnsOf = (row: string, columns: readonly string[]): string =>
  `CASE WHEN NOT (${row} IS NULL) THEN json_build_object(${columns.map((name) => `'${name}', ${row}.${name}`).join(', ')}) END`;

/** An entry that was corrected may be filed under what it said before as well. */
const isCorrected = (index: string): string =>
  `EXISTS (SELECT FROM corrections AS c JOIN entries AS e ON e.id = c.target
            WHERE e.index = ${index} AND c.in_force_index IS NOT NULL)`;

/** What an event says of goods, an actor or a place, as a finding has it; the same however many were judged together. */
const SAID = ['version', 'severity', 'lots', 'events', 'threshold', 'root'];
/** What a rule has measured up to the time of the log, it measures otherwise each time that it judges. */
const MEASURED = ['measured', 'detail'];

const tuple = (row: string, columns: readonly string[]): string =>
  `(${columns.map((name) => `${row}.${name}`).join(', ')})`;

/** Whether what a finding rests on was erased: then judging again cannot find it, and it stays as it was. */
const IS_FROZEN = `EXISTS (SELECT FROM disclosures AS d WHERE d.event = ANY(s.events) AND d.ciphertext IS NULL)`;

/** Whether the answer that a finding names is in the log, counts, and gives the status that the finding has. */
const IS_ANSWERED = `EXISTS (SELECT FROM pg_temp.finding_answers AS a
   WHERE a.finding = s.id AND a.index = s.answered
     AND s.status = CASE a.answer WHEN 'explain' THEN 'explained' WHEN 'mitigate' THEN 'mitigated'
                                  WHEN 'dismiss' THEN 'dismissed' ELSE 'closed' END)`;

/** Whether the rule failed on an entry that the finding shows, and could not judge it: where it does not fail, it finds more. */
const IS_ASIDE = `EXISTS (SELECT FROM public.undecided AS u
   WHERE u.rule = r.rule AND u.subject = ANY(r.events) AND u.reason LIKE 'The rule failed:%')`;

/** A row by an older version of its rule was right when it was written, and is judged again when something touches it. */
const SAME_VERSION = '(s.version = r.version AND s.parameters = r.parameters)';

const findings: Comparison = {
  table: 'findings',
  key: ['fingerprint'],
  sides: rebuilt('findings'),
  values: [
    eventRules.map(({ id }) => id),
    eventRules.filter((rule) => 'deadlines' in rule && rule.deadlines !== undefined).map(({ id }) => id),
  ],
  sql: (stored, replayed) => `
    SELECT 'id=' || COALESCE(s.id, r.id) AS key,
           ${columnsOf('s', ['id', 'rule', 'subject', 'cause', 'fingerprint', 'status', ...SAID, ...MEASURED])} AS stored,
           ${columnsOf('r', ['id', 'rule', 'subject', 'cause', 'fingerprint', 'status', ...SAID, ...MEASURED])} AS replayed,
           COALESCE(s.lots, '{}') || COALESCE(r.lots, '{}') AS lots,
           COALESCE(r.first_index, s.first_index) AS index
      FROM ${stored} AS s FULL JOIN ${replayed} AS r ON r.fingerprint = s.fingerprint
     WHERE (s IS NULL AND r.status <> 'closed' AND NOT ${IS_ASIDE})
        OR (r IS NULL AND s.status <> 'closed' AND s.rule = ANY($1::text[]) AND NOT ${IS_FROZEN})
        OR (s.id, s.rule, s.subject, s.cause) <> (r.id, r.rule, r.subject, r.cause)
        OR (s.answered IS NOT NULL AND s.status = 'closed' OR s.status IN ('explained', 'mitigated', 'dismissed'))
           AND NOT ${IS_ANSWERED}
        OR ${SAME_VERSION} AND CASE
             WHEN s.status = 'closed' THEN r.status <> 'closed' AND s.answered IS NULL
             WHEN r.status = 'closed' THEN NOT ${IS_FROZEN}
             ELSE ${tuple('s', SAID)} IS DISTINCT FROM ${tuple('r', SAID)}
               OR s.rule <> ALL($2::text[]) AND ${tuple('s', MEASURED)} <> ${tuple('r', MEASURED)}
               OR s.status = 'open' AND r.status <> 'open' AND s.reopened = 0
           END`,
};

/** The name of a finding tells what it is of, so that no column of it can be changed alone, of whichever rule it is. */
const fingerprints: Comparison = {
  table: 'findings',
  key: ['fingerprint'],
  sides: rebuilt('findings'),
  sql: (stored) => `
    SELECT 'id=' || s.id AS key, json_build_object('fingerprint', s.fingerprint) AS stored,
           json_build_object('fingerprint', named.fingerprint) AS replayed, s.lots, s.first_index AS index
      FROM ${stored} AS s
     CROSS JOIN LATERAL (SELECT encode(sha256(convert_to(s.rule, 'UTF8') || '\\x00'::bytea || convert_to(s.subject, 'UTF8')
                                              || '\\x00'::bytea || convert_to(s.cause, 'UTF8')), 'hex') AS fingerprint) AS named
     WHERE s.fingerprint <> named.fingerprint`,
};

const ANSWER = ['event', 'by_actor', 'answer', 'reason', 'due_on'];

const answers: Comparison = {
  table: 'finding_answers',
  key: ['finding', 'index'],
  sides: rebuilt('finding_answers'),
  sql: (stored, replayed) => `
    SELECT 'finding=' || COALESCE(s.finding, r.finding) || ', index=' || COALESCE(s.index, r.index) AS key,
           ${columnsOf('s', ANSWER)} AS stored, ${columnsOf('r', ANSWER)} AS replayed,
           (SELECT lots FROM pg_temp.findings WHERE id = COALESCE(s.finding, r.finding)) AS lots,
           COALESCE(s.index, r.index) AS index
      FROM ${stored} AS s FULL JOIN ${replayed} AS r
        ON r.finding = s.finding AND r.index = s.index
     WHERE ${tuple('s', ANSWER)} IS DISTINCT FROM ${tuple('r', ANSWER)} OR s IS NULL OR r IS NULL`,
};

/** What a rule that failed left undecided is not undecided where it does not fail. */
const undecided: Comparison = {
  table: 'undecided',
  key: ['rule', 'subject'],
  sides: rebuilt('undecided'),
  sql: (stored, replayed) => `
    SELECT 'rule=' || COALESCE(s.rule, r.rule) || ', subject=' || COALESCE(s.subject, r.subject) AS key,
           ${columnsOf('s', ['lots', 'reason'])} AS stored, ${columnsOf('r', ['lots', 'reason'])} AS replayed,
           COALESCE(s.lots, '{}') || COALESCE(r.lots, '{}') AS lots, NULL::bigint AS index
      FROM ${stored} AS s FULL JOIN ${replayed} AS r ON r.rule = s.rule AND r.subject = s.subject
     WHERE (s.lots, s.reason) IS DISTINCT FROM (r.lots, r.reason) AND COALESCE(s.reason, '') NOT LIKE 'The rule failed:%'`,
};

const deadlines: Comparison = {
  table: 'deadlines',
  key: ['kind', 'event', 'due_at'],
  sides: rebuilt('deadlines'),
  sql: (stored, replayed) => `
    SELECT 'kind=' || COALESCE(s.kind, r.kind) || ', event=' || COALESCE(s.event, r.event)
             || ', due_at=' || COALESCE(s.due_at, r.due_at) AS key,
           ${columnsOf('s', ['index'])} AS stored, ${columnsOf('r', ['index'])} AS replayed,
           NULL::uuid[] AS lots, COALESCE(r.index, s.index) AS index
      FROM ${stored} AS s FULL JOIN ${replayed} AS r
        ON r.kind = s.kind AND r.event = s.event AND r.due_at = s.due_at
     WHERE s.index IS DISTINCT FROM r.index`,
};

const filings: Comparison = {
  table: 'filings',
  key: ['subject', 'index'],
  sides: rebuilt('filings'),
  sql: (stored, replayed) => `
    SELECT 'subject=' || COALESCE(s.subject, r.subject) || ', index=' || COALESCE(s.index, r.index) AS key,
           ${columnsOf('s', ['at', 'amount'])} AS stored, ${columnsOf('r', ['at', 'amount'])} AS replayed,
           ARRAY(SELECT lot FROM lot_events AS l WHERE l.index = COALESCE(s.index, r.index)) AS lots,
           COALESCE(s.index, r.index) AS index
      FROM ${stored} AS s FULL JOIN ${replayed} AS r ON r.subject = s.subject AND r.index = s.index
     WHERE (s IS NULL OR r IS NULL OR s.at <> r.at OR s.amount IS DISTINCT FROM r.amount)
       AND (s IS NULL OR NOT ${isCorrected('s.index')} OR s.amount IS DISTINCT FROM r.amount AND r IS NOT NULL)`,
};

const PRODUCED = ['site', 'mineral', 'day', 'mass', 'event', 'index'];

const production: Comparison = {
  table: 'site_production',
  key: ['lot'],
  sides: rebuilt('site_production'),
  sql: (stored, replayed) => `
    SELECT 'lot=' || COALESCE(s.lot, r.lot) AS key, ${columnsOf('s', PRODUCED)} AS stored, ${columnsOf('r', PRODUCED)} AS replayed,
           ARRAY[COALESCE(s.lot, r.lot)] AS lots, COALESCE(r.index, s.index) AS index
      FROM ${stored} AS s FULL JOIN ${replayed} AS r ON r.lot = s.lot
     WHERE ${tuple('s', PRODUCED)} IS DISTINCT FROM ${tuple('r', PRODUCED)}`,
};

const comparisons = [findings, fingerprints, answers, undecided, deadlines, filings, production];

/** Sums and what they are of are written in one transaction, so these hold at any moment. */
const sums: Comparison[] = [
  {
    table: 'totals',
    key: ['subject'],
    sides: [
      { from: 'public.totals' },
      { from: 'public.filings', where: `amount IS NOT NULL AND subject NOT LIKE 'device:%'` },
    ],
    sql: (stored, summed) => `
      SELECT 'subject=' || COALESCE(s.subject, r.subject) AS key,
             ${columnsOf('s', ['amount'])} AS stored, ${columnsOf('r', ['amount'])} AS replayed,
             NULL::uuid[] AS lots, NULL::bigint AS index
        FROM ${stored} AS s
        FULL JOIN (SELECT subject, sum(amount) AS amount FROM ${summed} AS f GROUP BY subject) AS r
          ON r.subject = s.subject
       WHERE COALESCE(s.amount, 0) <> COALESCE(r.amount, 0)`,
  },
  {
    table: 'site_days',
    key: ['site', 'mineral', 'day'],
    sides: [{ from: 'public.site_days' }, { from: 'public.site_production' }],
    sql: (stored, summed) => `
      SELECT 'site=' || COALESCE(s.site, r.site) || ', mineral=' || COALESCE(s.mineral, r.mineral)
               || ', day=' || COALESCE(s.day, r.day) AS key,
             ${columnsOf('s', ['mass'])} AS stored, ${columnsOf('r', ['mass'])} AS replayed,
             NULL::uuid[] AS lots, NULL::bigint AS index
        FROM ${stored} AS s
        FULL JOIN (SELECT site, mineral, day, sum(mass) AS mass FROM ${summed} AS p GROUP BY site, mineral, day) AS r
          ON r.site = s.site AND r.mineral = s.mineral AND r.day = s.day
       WHERE COALESCE(s.mass, 0) <> COALESCE(r.mass, 0)`,
  },
];
