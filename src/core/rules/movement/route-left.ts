import * as z from 'zod';
import { byPapers } from '../engine/evidence.js';
import { newestBefore } from '../engine/chain-states.js';
import { judgesEach } from '../engine/each-event.js';
import { type Facts, type JudgedOf, isType } from '../engine/facts.js';
import { type Point, distanceToLineKm } from './geography.js';
import { countsFor } from '../engine/parties.js';
import { locate } from '../engine/registry.js';
import type { Rule, ValuesOf } from '../engine/rule.js';
import { distanceText } from './speed.js';
import * as parameter from '../engine/parameter.js';

const schema = {
  routeLeft: z.strictObject({
    severity: parameter.severity.default('medium'),
    corridorKilometres: z.int().min(1).default(100).describe('Distance from the declared route, km'),
  }),
};
type Parameters = ValuesOf<typeof schema>;

/** Returns the open dispatch when a lot passed a checkpoint. */
function dispatchAt(lot: string, index: number, { chains }: Facts): JudgedOf<'custody.dispatched'> | null {
  const last = newestBefore(chains.get(lot) ?? [], index);
  return last !== null && isType(last, 'custody.dispatched') ? last : null;
}

/** Returns the declared route from the place of dispatch; it uses coordinates only, not names. */
function routeOf(dispatch: JudgedOf<'custody.dispatched'>, facts: Facts): Point[] {
  const { route } = dispatch.event.payload;
  const points = (Array.isArray(route) ? route : []).flatMap((station) =>
    typeof station === 'string' ? [] : [{ lat: Number(station[1]), lon: Number(station[0]) }],
  );
  const start = locate(facts, dispatch, 0);
  return start === null || start === 'undisclosed' ? points : [start.point, ...points];
}

export const routeLeft: Rule<typeof schema> = {
  id: 'route-left',
  version: 3,
  group: 'movement',
  title: 'Seen far from the declared route',
  means: 'At a checkpoint the goods were farther from the line of the declared route than roads wind.',
  doesNotMean: 'That they were diverted for a bad end: a bridge may be down.',
  causes: {
    innocent: 'a bridge was down',
    bad: 'the goods were diverted, to be exchanged or sold',
  },
  advice:
    'Ask the carrier which way it took and why, and have seals and weight looked at on arrival. It closes when the route of the dispatch is corrected by `event.corrected`; a detour is explained by `finding.answered`.',
  parameters: schema,
  describe: ({ routeLeft: { severity, corridorKilometres } }) =>
    `A checkpoint more than ${corridorKilometres} km from the straight line through the points of the declared route: ${severity}. Routes told in words are not judged.`,
  standard: 'OECD Due Diligence Guidance, Annex II red flags of transit',
  evidence: byPapers,
  scope: ['chains', 'about'],
  ...judgesEach(['transit.checked'], (entry, facts, { routeLeft: { severity, corridorKilometres } }: Parameters) => {
    const place = locate(facts, entry, 0);
    if (place === null || place === 'undisclosed') return [];
    const strayed = entry.event.payload.lots.flatMap((lot) => {
      if (!countsFor(entry, lot, facts)) return [];
      const dispatch = dispatchAt(lot, entry.index, facts);
      const route = dispatch === null ? [] : routeOf(dispatch, facts);
      if (dispatch === null || route.length < 2) return [];
      const km = distanceToLineKm(place.point, route) - place.accuracyKm;
      return km > corridorKilometres ? [{ lot, dispatch, km }] : [];
    });
    const [worst] = strayed.toSorted((a, b) => b.km - a.km);
    if (worst === undefined) return [];
    return [
      {
        severity,
        lots: strayed.map(({ lot }) => lot),
        events: [worst.dispatch.event.id, entry.event.id],
        measured: distanceText(worst.km),
        threshold: `${corridorKilometres} km`,
        detail: `The goods were seen ${distanceText(worst.km)} from the route that their dispatch declared. Likeliest: a road was closed, or the route was declared roughly; at worst goods were unloaded or added on the way. The driver, and weights and seals on arrival, settle it.`,
      },
    ];
  }),
};
