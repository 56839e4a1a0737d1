import { type Parameters, eventRules } from '../../../../core/rules/index.js';
import type { Queryable } from '../../../database/rows.js';
import type { Difference } from '../../../ledger/replay/compare-projections.js';
import {
  type RangeComparison,
  type RangePace,
  type Relation,
  compareByRanges,
  readByRanges,
} from '../../../ledger/replay/key-range.js';
import { rulesFingerprint } from '../../judging/older-entries.js';

/** One row that differs: both versions, column by column, as text. */
interface DifferingRow {
  key: string;
  stored: Record<string, unknown> | null;
  replayed: Record<string, unknown> | null;
  lots: string[] | null;
  index: number | null;
}

/** Comparison of one table. `stored` and `replayed` in its rows are objects of the compared columns. */
interface Comparison extends RangeComparison {
  table: string;
}

/** Both sides of a table that is rebuilt unchanged. */
const rebuilt = (table: string): [Relation, Relation] => [{ from: `public.${table}` }, { from: `pg_temp.${table}` }];

/**
 * Compares the verification workers' results with judging the log again, and sums with their rows. Times, numbers of
 * changes and notes of people are not compared, because they depend on how many entries were judged together
 * (docs/threat-model.md lists them). Call it in a transaction. While the workers have a backlog the two may differ, and
 * nothing is compared.
 */
export async function compareJudged(
  db: Queryable,
  sets: readonly Parameters[],
  pace: RangePace = {},
): Promise<{ differences: Difference[]; truncated: boolean }> {
  const differences = await cursorFaults(db);
  let anyTruncated = false;
  const values = [
    eventRules.map(({ id }) => id),
    eventRules.filter((rule) => 'deadlines' in rule && rule.deadlines !== undefined).map(({ id }) => id),
    sets.map(({ version }) => version),
    await areJudgedBy(db, rulesFingerprint(sets)),
  ];
  await readByRanges(db);
  const judged = (await isSettled(db)) ? [{ ...findings, values }, ...comparisons] : [];
  for (const comparison of [...judged, ...sums]) {
    const { rows, truncated } = await compareByRanges<DifferingRow>(db, comparison, pace);
    differences.push(...rows.flatMap((row) => differencesOf(comparison.table, row)));
    anyTruncated ||= truncated;
  }
  return { differences, truncated: anyTruncated };
}

/** Whether every entry was judged by these rules: then no finding is of an older version of its rule. */
async function areJudgedBy(db: Queryable, rules: string): Promise<boolean> {
  const { rows } = await db.query<{ same: boolean }>('SELECT rules = $1 AS same FROM public.verification_cursor', [
    rules,
  ]);
  return rows[0]?.same ?? false;
}

/** Reports a cursor that is gone, beyond what there is, or in a re-evaluation that cannot be. */
async function cursorFaults(db: Queryable): Promise<Difference[]> {
  const { rows } = await db.query<{ column: string | null; stored: string | null; computed: string }>(
    `SELECT f."column", f.stored, f.computed
       FROM (SELECT COALESCE(max(index) + 1, 0) AS next FROM entries) AS e
      CROSS JOIN (SELECT COALESCE(max(n), 0) AS disclosed FROM late_disclosures) AS d
       LEFT JOIN public.verification_cursor AS s ON true
      CROSS JOIN LATERAL (VALUES
        (NULL, NULL, 'a row', s.next IS NULL),
        ('next', s.next::text, e.next::text, s.next > e.next),
        ('disclosed', s.disclosed::text, d.disclosed::text, s.disclosed NOT BETWEEN 0 AND d.disclosed),
        ('again, again_until', concat_ws(', ', s.again, s.again_until), 'entries that were judged, or none',
         (s.again IS NULL) <> (s.again_until IS NULL) OR s.again < 0 OR s.again >= s.again_until OR s.again_until > s.next)
      ) AS f ("column", stored, computed, wrong) WHERE f.wrong`,
  );
  return rows.map(({ column, stored, computed }) => ({
    table: 'verification_cursor',
    key: 'single=true',
    column,
    stored,
    replayed: computed,
    lots: [],
    index: null,
  }));
}

/** Whether the workers have finished all re-evaluations, by the newest rules, and all due deadlines. */
async function isSettled(db: Queryable): Promise<boolean> {
  const { rows } = await db.query<{ settled: boolean }>(
    `SELECT NOT EXISTS (SELECT FROM public.revisits)
        AND NOT EXISTS (SELECT FROM public.verification_cursor WHERE again IS NOT NULL)
        AND (SELECT disclosed FROM public.verification_cursor) = (SELECT disclosed FROM pg_temp.verification_cursor)
        AND (SELECT disclosed FROM public.verification_cursor) = (SELECT COALESCE(max(n), 0) FROM late_disclosures)
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

/** Columns of a row as an object; null without a row. */
const columnsOf = (row: string, columns: readonly string[]): string =>
  `CASE WHEN NOT (${row} IS NULL) THEN json_build_object(${columns.map((name) => `'${name}', ${row}.${name}`).join(', ')}) END`;

/** An entry that was corrected may still be filed under its former subjects. */
const isCorrected = (index: string): string =>
  `EXISTS (SELECT FROM corrections AS c JOIN entries AS e ON e.id = c.target
            WHERE e.index = ${index} AND c.in_force_index IS NOT NULL)`;

/** Columns of a finding that depend only on the events, however many entries were judged together. */
const SAID = ['version', 'severity', 'lots', 'events', 'threshold', 'root', 'first_index'];
/** Columns that depend on the time of judging. */
const MEASURED = ['measured', 'detail'];

const tuple = (row: string, columns: readonly string[]): string =>
  `(${columns.map((name) => `${row}.${name}`).join(', ')})`;

/** Whether evidence of a finding was erased: judging again cannot find it, and it stays unchanged. */
const IS_FROZEN = `EXISTS (SELECT FROM disclosures AS d WHERE d.event = ANY(s.events) AND d.ciphertext IS NULL)`;

/** Whether the answer that a finding names is in the log, is valid, and gives the finding's status. */
const IS_ANSWERED = `EXISTS (SELECT FROM pg_temp.finding_answers AS a
   WHERE a.finding = s.id AND a.index = s.answered
     AND s.status = CASE a.answer WHEN 'explain' THEN 'explained' WHEN 'mitigate' THEN 'mitigated'
                                  WHEN 'dismiss' THEN 'dismissed' ELSE 'closed' END)`;

/** Whether the rule failed on an entry of the finding: a run without the failure finds more. */
const IS_ASIDE = `EXISTS (SELECT FROM public.undecided AS u
   WHERE u.rule = r.rule AND u.subject = ANY(r.events) AND u.reason LIKE 'The rule failed:%')`;

/**
 * Whether a row must be what judging again gives. One by an older version of its rule was right when it was written, as long
 * as not all entries have been judged by the newest ($4); so was one by parameters that were in force before ($3: all there are).
 */
const IS_COMPARABLE = `(s.parameters = r.parameters OR $4::boolean AND s.parameters <> ALL($3::integer[]))
                   AND (s.version = r.version OR $4::boolean)`;

const findings: Comparison = {
  table: 'findings',
  key: ['fingerprint'],
  sides: rebuilt('findings'),
  sql: (stored, replayed) => `
    SELECT 'id=' || COALESCE(s.id, r.id) AS key,
           ${columnsOf('s', ['id', 'rule', 'subject', 'cause', 'fingerprint', 'status', 'answered', 'parameters', ...SAID, ...MEASURED])} AS stored,
           ${columnsOf('r', ['id', 'rule', 'subject', 'cause', 'fingerprint', 'status', 'answered', 'parameters', ...SAID, ...MEASURED])} AS replayed,
           COALESCE(s.lots, '{}') || COALESCE(r.lots, '{}') AS lots,
           COALESCE(r.first_index, s.first_index) AS index
      FROM ${stored} AS s FULL JOIN ${replayed} AS r ON r.fingerprint = s.fingerprint
     WHERE (s IS NULL AND r.status <> 'closed' AND NOT ${IS_ASIDE})
        OR (r IS NULL AND s.status <> 'closed' AND s.rule = ANY($1::text[]) AND NOT ${IS_FROZEN})
        OR (s.id, s.rule, s.subject, s.cause) <> (r.id, r.rule, r.subject, r.cause)
        OR (s.answered IS NOT NULL AND s.status = 'closed' OR s.status IN ('explained', 'mitigated', 'dismissed'))
           AND NOT ${IS_ANSWERED}
        OR s.status = r.status AND s.reopened = r.reopened AND s.answered IS DISTINCT FROM r.answered
        OR s.status = 'open' AND s.answered IS NOT NULL AND s.reopened = 0
        OR ${IS_COMPARABLE} AND CASE
             WHEN s.status = 'closed' THEN r.status <> 'closed' AND s.answered IS NULL
             WHEN r.status = 'closed' THEN NOT ${IS_FROZEN}
             WHEN s.parameters <> r.parameters THEN true
             ELSE ${tuple('s', SAID)} IS DISTINCT FROM ${tuple('r', SAID)}
               OR s.rule <> ALL($2::text[]) AND ${tuple('s', MEASURED)} <> ${tuple('r', MEASURED)}
               OR s.status = 'open' AND r.status <> 'open' AND s.reopened = 0
           END`,
};

/**
 * A fingerprint is the hash of rule, subject and cause, so a change of one of these columns shows, whatever the rule.
 */
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

/** Questions that a failed rule left undecided are decided in a run without the failure. */
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

const FILED = ['at', 'amount', 'whole'];

const filings: Comparison = {
  table: 'filings',
  key: ['subject', 'index'],
  sides: rebuilt('filings'),
  sql: (stored, replayed) => `
    SELECT 'subject=' || COALESCE(s.subject, r.subject) || ', index=' || COALESCE(s.index, r.index) AS key,
           ${columnsOf('s', FILED)} AS stored, ${columnsOf('r', FILED)} AS replayed,
           ARRAY(SELECT lot FROM lot_events AS l WHERE l.index = COALESCE(s.index, r.index)) AS lots,
           COALESCE(s.index, r.index) AS index
      FROM ${stored} AS s FULL JOIN ${replayed} AS r ON r.subject = s.subject AND r.index = s.index
     WHERE ${tuple('s', FILED)} IS DISTINCT FROM ${tuple('r', FILED)}
       AND (s.index IS NULL OR NOT ${isCorrected('s.index')} OR r.index IS NOT NULL)`,
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

const comparisons = [fingerprints, answers, undecided, deadlines, filings, production];

/** Sums and their rows are written in one transaction, so they always agree. */
const sums: Comparison[] = [
  {
    table: 'totals',
    key: ['subject'],
    sides: [
      { from: 'public.totals' },
      {
        from: 'public.filings',
        where: `amount IS NOT NULL AND subject NOT LIKE 'device:%' AND subject NOT LIKE 'series:%'`,
      },
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
