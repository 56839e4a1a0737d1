import * as z from 'zod';
import { byContradiction } from '../engine/evidence.js';
import { countOf } from '../../words.js';
import { entriesBefore, newestBefore } from '../engine/chain-states.js';
import { type EventObservation, judgesEach } from '../engine/each-event.js';
import { type Facts, type JudgedEvent, isType } from '../engine/facts.js';
import { dispatchBefore, entryBefore, exportBefore } from '../engine/lot-history.js';
import { countsFor, lotsConcerned } from '../engine/parties.js';
import type { Rule, Severity, ValuesOf } from '../engine/rule.js';
import { unlistedSeal } from './unlisted-seal.js';
import { lotSubject } from '../engine/subjects.js';
import * as parameter from '../engine/parameter.js';

const schema = {
  sealMismatch: z.strictObject({
    severity: parameter.severity.default('high'),
    severityUnlisted: parameter.severity.default('medium'),
  }),
};

/** Returns whether an event applies seals to a lot, or removes some. */
const isResealed = (entry: JudgedEvent, lot: string): boolean =>
  isType(entry, 'lot.sealed') &&
  entry.event.payload.lots.some(
    (sealed) => sealed.lot === lot && (sealed.sealsOn !== undefined || sealed.sealsOff !== undefined),
  );

/** Returns whether any carrier is possible: the open dispatch at a checkpoint names none. */
function isOpenToCarriers(lot: string, checkpoint: JudgedEvent, { chains }: Facts): boolean {
  const last = newestBefore(chains.get(lot) ?? [], checkpoint.index);
  return last !== null && isType(last, 'custody.dispatched') && last.event.payload.carrier === undefined;
}

/** Whose lists of seals are read between a dispatch and an arrival. */
type Listed = (entry: JudgedEvent, lot: string) => boolean;

/** Returns the seals last listed on a lot between two entries: at a dispatch, an export or a checkpoint. Null: none. */
function lastListed(
  lot: string,
  start: JudgedEvent,
  end: JudgedEvent,
  facts: Facts,
  isRead: Listed,
): readonly string[] | null {
  const chain = facts.chains.get(lot) ?? [];
  const onChain = chain.slice(entriesBefore(chain, start.index), entriesBefore(chain, end.index));
  const within = [...onChain, ...(facts.about.get(lotSubject(lot)) ?? [])].filter(
    (entry) => entry.index >= start.index && entry.index < end.index && isRead(entry, lot),
  );
  const listed = within
    .toSorted((a, b) => a.index - b.index)
    .flatMap(({ event }) => {
      if (event.type !== 'custody.dispatched' && event.type !== 'lot.exported' && event.type !== 'transit.checked')
        return [];
      return event.payload.seals === undefined ? [] : [event.payload.seals];
    });
  return listed.at(-1) ?? null;
}

/** Returns the seals that a lot should have: of its dispatch; if that lists none, or at an import, since its export. */
function sealsBefore(lot: string, entry: JudgedEvent, facts: Facts, isRead: Listed): readonly string[] | null {
  const chain = facts.chains.get(lot) ?? [];
  const dispatch = dispatchBefore(chain, lot, entry.index);
  const exported = exportBefore(chain, lot, entry.index);
  if (isType(entry, 'lot.imported')) {
    const [start] = [dispatch, exported].filter((one) => one !== null).toSorted((a, b) => a.index - b.index);
    return start === undefined ? null : lastListed(lot, start, entry, facts, isRead);
  }
  if (dispatch === null) return null;
  const listed = lastListed(lot, dispatch, entry, facts, isRead);
  if (listed !== null || exported === null) return listed;
  const since = chain.slice(entriesBefore(chain, exported.index + 1), entriesBefore(chain, entry.index));
  const isOpened = since.some((one) => isResealed(one, lot));
  return isOpened ? null : lastListed(lot, exported, entry, facts, isRead);
}

interface SealState {
  lot: string;
  seals: readonly string[] | null;
  state: string | null;
  /** Whether the list is of this lot alone, not of the whole load. */
  alone: boolean;
}

function sealsSeen(entry: JudgedEvent, facts: Facts): SealState[] {
  const { event } = entry;
  switch (event.type) {
    case 'custody.received': {
      const { seals: all, sealState: state, lots } = event.payload;
      return lots.map(({ lot, seals, sealState }) => ({
        lot,
        seals: seals ?? all ?? null,
        state: sealState ?? state ?? null,
        alone: seals !== undefined,
      }));
    }
    case 'lot.imported':
    case 'transit.checked': {
      const { seals = null, sealState: state = null } = event.payload;
      return lotsConcerned(entry, facts).map((lot) => ({ lot, seals, state, alone: false }));
    }
    default:
      return [];
  }
}

const BROKEN = new Set(['broken', 'missing']);

/** Describes the fault in the seals of one lot; null: no fault, or nothing to compare. */
function wrongWith({ seals, state, lot, alone }: SealState, entry: JudgedEvent, facts: Facts): string | null {
  if (state !== null && BROKEN.has(state)) return state;
  // A checkpoint may apply its own seals: its list replaces the one before.
  if (seals === null || isType(entry, 'transit.checked')) return null;
  const counting = sealsBefore(lot, entry, facts, (one) => countsFor(one, lot, facts));
  const wrong = counting === null ? null : differenceOf(seals, counting, alone);
  if (wrong === null) return null;
  // A carrier that the dispatch does not name may have attached a seal at a checkpoint: the receiver's list confirms it.
  const open = sealsBefore(lot, entry, facts, (one) => countsFor(one, lot, facts) || isOpenToCarriers(lot, one, facts));
  return open !== null && differenceOf(seals, open, alone) === null ? null : wrong;
}

/** How the seals found differ from those listed before, in words; null: they do not. */
function differenceOf(seals: readonly string[], before: readonly string[], alone: boolean): string | null {
  const other = seals.find((seal) => !before.includes(seal));
  if (other !== undefined) return `${other} instead of ${before.join(', ')}`;
  const gone = alone ? undefined : before.find((seal) => !seals.includes(seal));
  return gone === undefined ? null : `without ${gone}`;
}

interface Wrong {
  lot: string;
  what: string;
}

/** Makes one observation of all lots of an entry whose seals are wrong in one way. */
function observe(
  wrong: readonly Wrong[],
  entry: JudgedEvent,
  severity: Severity,
  cause: string,
  facts: Facts,
): EventObservation[] {
  const [first] = wrong;
  if (first === undefined) return [];
  const before = entryBefore(facts, first.lot, entry.index);
  return [
    {
      severity,
      cause,
      lots: wrong.map(({ lot }) => lot),
      events: [...(before === null ? [] : [before.event.id]), entry.event.id],
      measured: first.what,
      threshold: 'the seals listed before, intact',
      detail: `At ${entry.event.type} ${entry.event.iss} found the seals of ${countOf(wrong.length, 'lot')} ${first.what}.`,
    },
  ];
}

export const sealMismatch: Rule<typeof schema> = {
  id: 'seal-mismatch',
  version: 4,
  group: 'custody',
  title: 'Seals are not those that were put on',
  means:
    'On arrival or at a checkpoint a seal was broken or missing, or other seals were seen than were listed before, or seals that no entry applied.',
  doesNotMean: 'That goods were taken or added: seals break on rough roads, and numbers are misread.',
  causes: {
    innocent: 'a number was misread, or a seal broke on a rough road',
    bad: 'the container was opened, and goods were taken or added',
  },
  advice:
    'Have the lots weighed, and opened in front of sender and carrier; photographs and the list of seals at loading settle whether a number was misread. A misread number or state is corrected by `event.corrected`, which closes it; otherwise sender or receiver explains it by `finding.answered`.',
  parameters: schema,
  describe: ({ sealMismatch: { severity, severityUnlisted } }) =>
    `A seal broken or missing; or, where both sides list seals, other seals than last listed at dispatch or a checkpoint, or else since the export: ${severity}. A seal at receipt that the ledger has nowhere before, on the lot or on what it was made of: ${severityUnlisted}. A checkpoint counts where an official, or somebody with a part in the lot, recorded it.`,
  standard: 'ISO 17712 (freight container seals); ITSCI tagging procedures',
  evidence: byContradiction,
  scope: ['chains', 'about'],
  ...judgesEach(
    ['custody.received', 'lot.imported', 'transit.checked'],
    (entry, facts, { sealMismatch: parameters }: ValuesOf<typeof schema>) => {
      const wrong: Wrong[] = [];
      const unlisted: Wrong[] = [];
      for (const seen of sealsSeen(entry, facts)) {
        const what = wrongWith(seen, entry, facts);
        if (what !== null) wrong.push({ lot: seen.lot, what });
        else if (isType(entry, 'custody.received')) {
          const seal = unlistedSeal(seen.lot, seen.seals ?? [], entry, facts);
          if (seal !== null) unlisted.push({ lot: seen.lot, what: `with ${seal}, which no entry applied` });
        }
      }
      return [
        ...observe(wrong, entry, parameters.severity, 'event', facts),
        ...observe(unlisted, entry, parameters.severityUnlisted, 'unlisted', facts),
      ];
    },
  ),
};
