import type { RecordFault } from '../../../core/rules/engine/facts.js';
import type { CatalogueDifference } from '../../database/compare-catalogue.js';
import type { EntryProblem } from '../../ledger/replay/replay.js';
import { type BadEntries, type Evidence, least } from './audit-evidence.js';
import { differenceFaults } from './audit-projection-faults.js';
import type { MissingRun } from './tree/audit-tree.js';
import { treeFaults } from './tree/audit-tree-faults.js';

const runName = ({ from, to }: MissingRun): string => (to - from === 1 ? `${from}` : `${from}–${to - 1}`);

/**
 * Turns an audit's evidence into faults, each once: table, key, lots, first bad index. Consequences of a damaged entry
 * (later roots, events that build on it, rows derived from it) are left out, because they would hide the place.
 */
export function explain(evidence: Evidence): RecordFault[] {
  const bad = badEntries(evidence);
  return [
    ...missingFaults(evidence),
    ...alteredFaults(evidence),
    ...chainFaults(evidence, bad),
    ...treeFaults(evidence),
    ...differenceFaults(evidence, bad),
    ...disclosureFaults(evidence, bad),
    ...evidence.catalogue.map(catalogueFault),
  ];
}

function badEntries({ tree, replay, lotsAt, checkpoints, signedAfterAll }: Evidence): BadEntries {
  const indices = [
    ...tree.missing.map(({ from }) => from),
    ...tree.altered.filter(({ columns }) => columns.includes('jws')).map(({ index }) => index),
    ...replay.entries
      .filter(({ kind, index }) => kind === 'unreadable' || (kind === 'signature' && !signedAfterAll.has(index)))
      .map(({ index }) => index),
  ];
  if (checkpoints.signed > tree.size) indices.push(tree.size);
  const lots = indices.flatMap((index) => lotsAt.get(index) ?? []);
  return { first: least(indices), lots: new Set(lots) };
}

function missingFaults({ tree, checkpoints, lotsAt }: Evidence): RecordFault[] {
  const { signed } = checkpoints;
  const tail = signed > tree.size ? [{ from: tree.size, to: signed }] : [];
  return [...tree.missing, ...tail].map((run) => ({
    rule: 'record-event-missing',
    subject: `entries index=${run.from}`,
    cause: 'missing',
    lots: [...new Set([...lotsAt].flatMap(([index, lots]) => (index >= run.from && index < run.to ? lots : [])))],
    events: [],
    measured: `${run.to - run.from} missing`,
    threshold: '0 missing',
    detail: `Table entries: index ${runName(run)} is not there.`,
    firstIndex: run.from,
  }));
}

function alteredFaults({ tree, replay, lotsAt, signedAfterAll }: Evidence): RecordFault[] {
  const faults: RecordFault[] = [];
  const named = new Set<number>();
  const notSigned = new Set(
    replay.entries.flatMap(({ index, kind }) => (kind === 'signature' && !signedAfterAll.has(index) ? [index] : [])),
  );
  for (const { index, id, columns, stored, expected } of tree.altered) {
    named.add(index);
    // Text with a failing signature and another id: the id belongs to the former text.
    const forged = notSigned.has(index) && !columns.includes('jws');
    const what = forged ? ['jws'] : columns;
    faults.push({
      rule: 'record-event-altered',
      subject: `entries index=${index}`,
      cause: 'altered',
      lots: lotsAt.get(index) ?? [],
      events: !forged && columns.includes('id') ? [expected] : [id],
      measured: forged ? expected : stored,
      threshold: forged ? stored : expected,
      detail: `Table entries, index ${index}: ${what.join(' and ')} is not what was logged.`,
      firstIndex: index,
    });
  }
  for (const { index, kind, lots, detail } of replay.entries) {
    const signature = notSigned.has(index);
    if (named.has(index) || (kind !== 'unreadable' && !signature)) continue;
    named.add(index);
    faults.push({
      rule: signature ? 'record-signature-invalid' : 'record-event-altered',
      subject: `entries index=${index}`,
      cause: signature ? 'signature' : 'altered',
      lots: [...new Set([...lots, ...(lotsAt.get(index) ?? [])])],
      events: [],
      measured: signature ? 'signature does not verify' : 'not an event',
      threshold: signature ? 'signature verifies' : 'an event',
      detail: `Table entries, index ${index}: ${detail}`,
      firstIndex: index,
    });
  }
  return faults;
}

/** Returns entries that admission would refuse now; entries that build on a refused one are left out. */
function chainFaults({ replay, tree }: Evidence, bad: BadEntries): RecordFault[] {
  const altered = new Set(tree.altered.filter(({ columns }) => columns.includes('jws')).map(({ index }) => index));
  const refused: EntryProblem[] = [];
  for (const problem of replay.entries) {
    if (problem.kind !== 'refused' || problem.index > bad.first || altered.has(problem.index)) continue;
    const follows = refused.some(({ lots }) => lots.length === 0 || lots.some((lot) => problem.lots.includes(lot)));
    if (!follows) refused.push(problem);
  }
  return refused.map(({ index, code, lots, detail }) => ({
    rule: 'record-chain-broken',
    subject: `entries index=${index}`,
    cause: 'refused',
    lots,
    events: [],
    measured: code ?? 'waiting',
    threshold: 'admitted',
    detail: `Table entries, index ${index}: ${detail}`,
    firstIndex: index,
  }));
}

function disclosureFaults({ disclosures }: Evidence, bad: BadEntries): RecordFault[] {
  return disclosures
    .filter(({ index }) => (index === null ? bad.first === Infinity : index !== bad.first))
    .map(({ event, digest, index, actual }) => ({
      rule: 'record-disclosure-mismatch',
      subject: `disclosures event=${event}, digest=${digest}`,
      cause: 'digest',
      lots: [],
      events: [event],
      measured: actual,
      threshold: digest,
      detail:
        index === null
          ? `Table disclosures: the log has no event ${event}.`
          : `Tables disclosures, disclosure_keys: what is stored for event ${event} (entry ${index}) is not what it commits to.`,
      firstIndex: index,
    }));
}

/** Characters shown of the definition of a function or view. */
const TEXT_SHOWN = 200;

export function catalogueFault({ object, found, isExpected }: CatalogueDifference): RecordFault {
  const what =
    found === null ? 'is missing' : isExpected ? 'is not as the migrations make it' : 'is made by no migration';
  return {
    rule: 'record-catalogue-differs',
    subject: `schema ${object}`,
    cause: 'schema',
    lots: [],
    events: [],
    measured: found === null ? 'nothing' : found.replaceAll(/\s+/g, ' ').slice(0, TEXT_SHOWN),
    threshold: isExpected ? 'as the migrations make it' : 'nothing',
    detail: `Schema of the database: ${object} ${what}.`,
    firstIndex: null,
  };
}
