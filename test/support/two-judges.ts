import { LotRights } from '../../src/server/ledger/read/lot-rights.js';
import { lotsBehind } from '../../src/core/bundle/events.js';
import { judgeBundle } from '../../src/core/bundle/judge.js';
import { readmitBundle } from '../../src/core/bundle/readmit-bundle.js';
import { LogTimes } from '../../src/core/bundle/times.js';
import type { Verdicts } from '../../src/core/api/lot.js';
import { parseEnvelope } from '../../src/core/event/envelope.js';
import { readEvent } from '../../src/core/event/event.js';
import { factsOfLog } from '../../src/core/rules/engine/facts-of-log.js';
import { findingId } from '../../src/core/rules/engine/fingerprint.js';
import { defaultParameters, eventRules, ruleById } from '../../src/core/rules/index.js';
import { type Finding, judgeOnce } from '../../src/core/rules/engine/rule.js';
import { GatherBundle } from '../../src/server/provenance/gather-bundle.js';
import { JudgeLot } from '../../src/server/provenance/judge-lot.js';
import { TraceLineage } from '../../src/server/provenance/trace-lineage.js';
import { RuleParameters } from '../../src/server/config/rule-parameters.js';
import { loadLots } from '../../src/server/verification/judging/facts/load-lots.js';
import { ReadEvents } from '../../src/server/verification/judging/facts/read-events.js';
import type { TestLedger } from './test-ledger.js';

type ComparedFinding = Pick<
  Finding,
  'rule' | 'severity' | 'subject' | 'cause' | 'lots' | 'events' | 'measured' | 'threshold'
>;

const sorted = (list: readonly string[]): string[] => [...new Set(list)].toSorted();

/** A finding in one line. What grows with the hours alone is told anew at the next deadline: those rules are compared without it. */
const lineOf = ({ rule, severity, subject, cause, lots, events, measured, threshold }: ComparedFinding): string =>
  JSON.stringify([
    rule,
    severity,
    subject,
    cause,
    sorted(lots),
    sorted(events),
    ...(ruleById.get(rule)?.deadlines === undefined ? [measured, threshold] : []),
  ]);

/** Findings that the service keeps and that no answer has closed, a line each. */
export async function storedFindings(ledger: TestLedger): Promise<string[]> {
  const rows = await ledger.database.rows<ComparedFinding>(
    `SELECT rule, severity, subject, cause, lots, events, measured, threshold FROM findings
      WHERE status <> 'closed' AND rule NOT LIKE 'record-%'`,
  );
  return rows.map(lineOf).toSorted();
}

/** Findings of the whole log judged at once, but those that an answer has closed. */
export async function findingsOfWhole(ledger: TestLedger): Promise<string[]> {
  const db = ledger.database;
  const { entries } = await new ReadEvents(ledger.identity.origin).from(db, 0, 100_000);
  const lots = await ledger.database.rows<{ id: string }>('SELECT id FROM lots');
  const known = await loadLots(
    db,
    lots.map(({ id }) => id),
  );
  const facts = factsOfLog(entries, known, defaultParameters);
  const closed = await ledger.database.rows<{ id: string }>(
    "SELECT id FROM findings WHERE status = 'closed' AND answered IS NOT NULL",
  );
  const answered = new Set(closed.map(({ id }) => id));
  return eventRules
    .flatMap((rule) => judgeOnce(rule, facts, defaultParameters).findings)
    .filter((finding) => !answered.has(findingId(ledger.identity.origin, finding)))
    .map(lineOf)
    .toSorted();
}

/** What is said of a lot by either judge: verdicts, and findings with what became of them. */
interface ComparedVerdicts {
  verdicts: Verdicts;
  findings: string[];
  /** Whether a finding rests on facts outside the lot's history, which a bundle does not have: risk may differ. */
  isBeyondBundle: boolean;
}

/** Whether one lot's history is enough for a rule. */
const isForOneLot = ({ rule }: { rule: string }): boolean => ruleById.get(rule)?.needs === undefined;

const said = (findings: readonly (Pick<Finding, 'rule' | 'severity'> & { id: string; status: string })[]): string[] =>
  findings
    .filter(isForOneLot)
    .map(({ rule, severity, status, id }) => `${rule} ${severity} ${status} ${id}`)
    .toSorted();

/** What the service says of a lot. */
export async function serviceOf(ledger: TestLedger, lot: string): Promise<ComparedVerdicts> {
  const lineage = new TraceLineage(ledger.database, new LotRights(ledger.database));
  const judge = new JudgeLot(ledger.database, lineage, RuleParameters.load(null));
  const rows = await ledger.database.rows<{ status: string }>('SELECT status FROM lots WHERE id = $1', [lot]);
  const { verdicts, findings } = await judge.judge(lot, rows[0]?.status === 'inTransit', await judge.version());
  return { verdicts, findings: said(findings), isBeyondBundle: !findings.every(isForOneLot) };
}

/** What the lot's bundle comes to: the entries that the service would gather for it, admitted again and judged. */
export async function bundleOf(ledger: TestLedger, lot: string): Promise<ComparedVerdicts> {
  const db = ledger.database;
  const log = ledger.identity.origin;
  const size = (await ledger.database.rows<{ size: number }>('SELECT size FROM log_state'))[0]?.size ?? 0;
  const clocks = await ledger.database.rows<{ index: number }>('SELECT index FROM clocks ORDER BY index DESC LIMIT 1');
  const { indexes } = await new GatherBundle(db, log, size).gather(
    lot,
    clocks.map(({ index }) => index),
  );
  const { rows } = await db.query<{ index: number; jws: string }>(
    'SELECT index, jws FROM entries WHERE index = ANY($1::bigint[]) ORDER BY index',
    [indexes],
  );
  const events = rows.map(({ index, jws }) => {
    const envelope = parseEnvelope(`${jws}~`);
    const { header, signingInput, signature } = envelope;
    return { index, event: readEvent(envelope, log), header, signingInput, signature };
  });
  const scope = lotsBehind(lot, events);
  const { view, answers, flaw } = await readmitBundle(events, scope, async () => true);
  if (flaw !== null) throw new Error(`entry ${flaw.index} (${flaw.step}): ${flaw.detail}`);
  const times = new LogTimes(events);
  const judged = judgeBundle(
    { lot, events, view, scope, answers, times, sealed: true, stated: null },
    defaultParameters,
  );
  const isBeyondBundle = !judged.findings.every(isForOneLot);
  return { verdicts: judged.verdicts, findings: said(judged.findings), isBeyondBundle };
}
