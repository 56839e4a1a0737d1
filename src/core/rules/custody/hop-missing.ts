import { byPapers } from '../engine/evidence.js';
import { countOf } from '../../words.js';
import { judgesEach } from '../engine/each-event.js';
import { type Facts, type JudgedEvent, isType } from '../engine/facts.js';
import { actorFacts } from '../engine/registry.js';
import type { Rule, ValuesOf } from '../engine/rule.js';
import * as parameter from '../engine/parameter.js';

const schema = { hopMissing: parameter.severityOnly('medium') };
type Parameters = ValuesOf<typeof schema>;

/** Roles between the mine and the border. An exporter or smelter is the end of the way. */
const BETWEEN = new Set(['trader', 'warehouse', 'processor', 'transporter']);

/** Returns whether an event shows another holder, a transport, or a place that is no mine. */
function isHop({ event }: JudgedEvent, facts: Facts): boolean {
  if (event.place?.facility !== undefined) return true;
  if (event.type === 'custody.assigned') return true;
  if (event.type === 'custody.received')
    return (
      event.payload.lots.some(({ outcome }) => outcome !== 'rejected') &&
      (actorFacts(facts, event.iss)?.roles ?? []).some((role) => BETWEEN.has(role))
    );
  if (event.type !== 'custody.dispatched') return false;
  const { carrier, vehicle, mode, route, _sd = [] } = event.payload;
  // A digest may hide the vehicle or the route: then they exist, and are not disclosed here.
  return carrier !== undefined || vehicle !== undefined || mode !== undefined || route !== undefined || _sd.length > 0;
}

/** Lists the lots of an export or a smelting whose history names no holder, transport or place after the mine. */
function lotsWithoutHop(lots: readonly string[], { index }: JudgedEvent, facts: Facts): string[] {
  const { chains, upstream } = facts;
  return lots.filter((lot) => {
    const above = upstream.get(lot);
    if (above === undefined) return false;
    const past = [lot, ...above].flatMap((one) => chains.get(one) ?? []).filter((entry) => entry.index < index);
    return past.some((entry) => isType(entry, 'lot.declared')) && !past.some((entry) => isHop(entry, facts));
  });
}

export const hopMissing: Rule<typeof schema> = {
  id: 'hop-missing',
  version: 2,
  group: 'custody',
  title: 'From the mine to the border with nobody between',
  means:
    'Goods are exported or smelted, and from their declaration on no trader, carrier, means of transport or depot is named anywhere.',
  doesNotMean:
    'That anything is wrong with the goods: a miner may export itself. But then a depot and a transport can be named, and a buyer should ask for them.',
  causes: {
    innocent: 'the carrier and the store were not entered',
    bad: 'the goods never were at the mine that is named',
  },
  advice:
    'Ask the exporter, or the smelter, who carried the goods from the site and where they lay in between; waybills and depot books show it. A forgotten vehicle, mode or route is added to the dispatch by `event.corrected`, which closes it; where there was no dispatch at all, a registrar or an authority closes it by `finding.answered`.',
  parameters: schema,
  describe: ({ hopMissing: { severity } }) =>
    `An export or a smelting of lots with no receipt by a ${[...BETWEEN].join(', ')}, and no carrier, vehicle, mode, route or facility in all their past: ${severity}.`,
  standard: 'OECD Due Diligence Guidance, Supplement on Tin, Tantalum and Tungsten, step 1 C (chain of custody data)',
  evidence: byPapers,
  scope: ['chains', 'upstream', 'about'],
  ...judgesEach(['lot.exported', 'lot.processed'], (entry, facts, { hopMissing: { severity } }: Parameters) => {
    const { iss, payload, place } = entry.event;
    if (place?.facility !== undefined || ('process' in payload && payload.process !== 'smelt')) return [];
    const taken = 'inputs' in payload ? payload.inputs : payload.lots;
    const lots = lotsWithoutHop(
      taken.map(({ lot }) => lot),
      entry,
      facts,
    );
    if (lots.length === 0) return [];
    return [
      {
        severity,
        lots,
        measured: 'no hop',
        threshold: 'a trader, depot or transport',
        detail: `${iss} ${'inputs' in payload ? 'smelts' : 'exports'} ${countOf(lots.length, 'lot')} of which no trader, transport or depot is known since the mine.`,
      },
    ];
  }),
};
