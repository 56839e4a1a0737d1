import { byRegistry } from '../engine/evidence.js';
import { type Facts, type JudgedEvent, isType } from '../engine/facts.js';
import type { Rule } from '../engine/rule.js';
import { lotSubject } from '../engine/subjects.js';
import * as parameter from '../engine/parameter.js';

const schema = { lotHeld: parameter.severityOnly('high') };

/** A hold: the authority, and its entry. */
interface Hold {
  by: string;
  entry: JudgedEvent;
}

/** The ledger's own hold on a lot after a conflict of receipt and recall; any authority may lift it. */
const LEDGER = 'ledger';

/** Returns the receiver of the recalled dispatch of a lot before an index: its late receipt puts a hold on the lot. */
function recalledFromBefore(lot: string, index: number, { chains }: Facts): string | null {
  let sentTo: string | null = null;
  let recalledFrom: string | null = null;
  for (const entry of chains.get(lot) ?? []) {
    if (entry.index >= index) break;
    if (isType(entry, 'custody.dispatched')) sentTo = entry.event.payload.to;
    else if (isType(entry, 'custody.recalled')) recalledFrom = sentTo;
    else if (isType(entry, 'custody.assigned')) recalledFrom = null;
    else if (isType(entry, 'custody.received')) {
      const received = entry.event.payload.lots.find((named) => named.lot === lot);
      if (received?.outcome !== 'rejected' && recalledFrom === entry.event.iss) recalledFrom = null;
    }
  }
  return recalledFrom;
}

function crossesRecall(entry: JudgedEvent, lot: string, facts: Facts): boolean {
  if (!isType(entry, 'event.refused')) return false;
  const { code, signer } = entry.event.payload;
  if (code !== 'head-moved' && code !== 'lot-not-in-transit') return false;
  return recalledFromBefore(lot, entry.index, facts) === signer;
}

/** Lists the holds on a lot that are not lifted, in order. */
function holdsOn(lot: string, facts: Facts): Hold[] {
  let holds: Hold[] = [];
  for (const entry of facts.about.get(lotSubject(lot)) ?? []) {
    const { iss } = entry.event;
    const has = (by: string): boolean => holds.some((hold) => hold.by === by);
    if (isType(entry, 'lot.held') && !has(iss)) holds.push({ by: iss, entry });
    else if (crossesRecall(entry, lot, facts) && !has(LEDGER)) holds.push({ by: LEDGER, entry });
    else if (isType(entry, 'lot.released')) {
      const lifted = has(iss) ? iss : LEDGER;
      holds = holds.filter(({ by }) => by !== lifted);
    }
  }
  return holds;
}

const judged = ({ entries }: Facts): string[] => [
  ...new Set(
    entries.flatMap((entry) =>
      isType(entry, 'lot.held') || isType(entry, 'lot.released') || isType(entry, 'event.refused')
        ? entry.event.payload.lots
        : [],
    ),
  ),
];

/** Formats one sentence: the authority, the time and the reason of a hold. */
function sentenceOf({ by, entry }: Hold): string {
  const since = entry.event.occurredAt.slice(0, 10);
  if (!isType(entry, 'lot.held'))
    return `The ledger has held this lot back since ${since}: sender and receiver both say that they have it, and an authority has to decide.`;
  return `${by} has held this lot back since ${since}: "${entry.event.payload.ground}".`;
}

export const lotHeld: Rule<typeof schema> = {
  id: 'lot-held',
  version: 1,
  group: 'custody',
  weighs: 'risk',
  title: 'An authority holds the lot back',
  means:
    'An authority has seized the lot or put it in quarantine, or two parties claim it, and the hold has not been lifted.',
  doesNotMean: 'That the lot is bad: a check is a hold too. It may not be moved or used until the hold is lifted.',
  causes: {
    innocent: 'a check of papers that are late',
    bad: 'the goods are smuggled, stolen or of conflict',
  },
  advice:
    'Ask the authority that is named on what ground it holds the lot, and until when; buy and move nothing meanwhile. It closes when the authority logs `lot.released`.',
  notice: 'hold',
  parameters: schema,
  describe: ({ lotHeld: { severity } }) =>
    `A \`lot.held\` that its authority has not ended by \`lot.released\`, or a receipt that crossed a recall, until an authority releases the lot: ${severity}.`,
  standard: 'ICGLR Regional Certification Mechanism (non-conformant shipments); OECD Due Diligence Guidance, Annex II',
  evidence: byRegistry,
  scope: ['chains', 'about'],
  subjects: judged,
  evaluate: (facts, { lotHeld: { severity } }) =>
    judged(facts).flatMap((lot) =>
      holdsOn(lot, facts).map((hold) => ({
        severity,
        subject: lot,
        cause: hold.by,
        lots: [lot],
        events: [hold.entry.event.id],
        measured: `held by ${hold.by}`,
        threshold: 'released',
        detail: sentenceOf(hold),
        firstIndex: hold.entry.index,
      })),
    ),
};
