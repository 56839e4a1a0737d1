import { byCustom } from '../engine/evidence.js';
import { collectedAlong } from '../engine/chain-states.js';
import { type Facts, type JudgedEvent, isType, lotsOf } from '../engine/facts.js';
import * as parameter from '../engine/parameter.js';
import { isOfficial } from '../engine/parties.js';
import type { Observation, Rule, ValuesOf } from '../engine/rule.js';
import { actorSubject } from '../engine/subjects.js';

const schema = { deviceShared: parameter.severityOnly('medium') };
type Parameters = ValuesOf<typeof schema>;

/** By device: the first entry that each actor recorded with it on a chain. */
const usersAlong = collectedAlong<Map<string, JudgedEvent[]>>(
  () => new Map(),
  (users, entry) => {
    const { iss, payload } = entry.event;
    if (payload.device === undefined) return;
    const known = users.get(payload.device) ?? [];
    if (!known.some(({ event }) => event.iss === iss)) users.set(payload.device, [...known, entry]);
  },
);

/** Returns whether one is the dispatch that the other receives: both sides of a handover by one device are `self-dealing`. */
const isOneHandover = (one: JudgedEvent, other: JudgedEvent): boolean =>
  isType(other, 'custody.received') &&
  isType(one, 'custody.dispatched') &&
  other.event.payload.lots.some(({ prev }) => prev === one.event.id);

/** Returns the dispatch before a receipt, if the same device recorded both. */
function isSelfDealing(entry: JudgedEvent, lot: string, device: string, { chains }: Facts): boolean {
  const dispatch = chains.get(lot)?.findLast(({ index }) => index < entry.index);
  return dispatch?.event.payload.device === device && isOneHandover(dispatch, entry);
}

function observe(lot: string, facts: Facts, { deviceShared: { severity } }: Parameters): Observation[] {
  const chain = facts.chains.get(lot) ?? [];
  return [...usersAlong(chain, lot)].flatMap(([device, all]): Observation[] => {
    const users = all.filter(({ event }) => !isOfficial(event.iss, facts));
    const [first] = users;
    if (first === undefined || users.length < 2) return [];
    if (users.slice(1).every((user) => isSelfDealing(user, lot, device, facts))) return [];
    const actors = users.map(({ event }) => event.iss);
    const entries = chain.filter(({ event }) => event.payload.device === device && actors.includes(event.iss));
    return [
      {
        severity,
        subject: lot,
        cause: device,
        root: actorSubject(first.event.iss),
        lots: [lot],
        events: entries.map(({ event }) => event.id),
        measured: `1 device, ${actors.length} actors`,
        threshold: '1 actor',
        detail: `${actors.join(' and ')} recorded ${entries.length} events of this lot with one device, ${device}, from ${first.event.occurredAt.slice(0, 10)} on. A telephone may have been lent or sold, or two firms may name theirs alike; or one hand holds both ends of the chain. Both actors, and the owner of the device, can tell.`,
        firstIndex: first.index,
      },
    ];
  });
}

const judged = (facts: Facts): string[] =>
  [...new Set(facts.entries.filter(({ event }) => event.payload.device !== undefined).flatMap(lotsOf))].filter((lot) =>
    facts.chains.has(lot),
  );

export const deviceShared: Rule<typeof schema> = {
  id: 'device-shared',
  version: 1,
  group: 'actors',
  title: 'One device served several holders of a lot',
  means:
    'Two actors with a part in one lot recorded its events with one device, though not as the two sides of one handover.',
  doesNotMean: 'Fraud: telephones are lent and sold, and two firms may give theirs the same name.',
  causes: {
    innocent: 'a phone was lent or sold',
    bad: 'one person stands behind several firms',
  },
  advice:
    'Ask both actors whose device it is, and compare its running numbers: a device that was sold continues its numbers or starts them again. The device of an event cannot be corrected: it is explained by `finding.answered`; let the next holder weigh the goods.',
  parameters: schema,
  describe: ({ deviceShared: { severity } }) =>
    `One \`device\` in events of several actors on one lot's chain, where it is more than dispatch and receipt of one handover (\`self-dealing\`); authorities, auditors, assayers and registrars are not counted: ${severity}.`,
  standard: 'OECD Due Diligence Guidance, Annex I (chain of custody)',
  evidence: byCustom,
  scope: ['chains', 'about'],
  subjects: judged,
  evaluate: (facts, parameters) => judged(facts).flatMap((lot) => observe(lot, facts, parameters)),
};
