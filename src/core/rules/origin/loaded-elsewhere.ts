import * as z from 'zod';
import { byMeasurement } from '../engine/evidence.js';
import { type Facts, type JudgedOf, isType } from '../engine/facts.js';
import { type EventObservation, judgesEach } from '../engine/each-event.js';
import * as parameter from '../engine/parameter.js';
import { locate, siteBelow } from '../engine/registry.js';
import type { Rule, ValuesOf } from '../engine/rule.js';
import { siteSubject } from '../engine/subjects.js';
import { distanceOutsideKm } from '../movement/geography.js';

const schema = {
  loadedElsewhere: z.strictObject({
    severity: parameter.severity.default('medium'),
    kilometres: z
      .int()
      .min(1)
      .default(30)
      .describe('Distance from the site within which a cooperative may have its store, km'),
    defaultAccuracyM: z.int().min(0).default(50).describe('Accuracy of a place that states none, m'),
  }),
};
type Parameters = ValuesOf<typeof schema>;

/** A lot at its first dispatch, and the site at which it was declared. */
interface FirstLoad {
  lot: string;
  site: string;
  declared: string;
}

/** Lists the lots that a dispatch takes away first since they were declared; nothing of their chain names a facility. */
function firstLoads(entry: JudgedOf<'custody.dispatched'>, { chains }: Facts): FirstLoad[] {
  return entry.event.payload.lots.flatMap(({ lot }) => {
    const before = (chains.get(lot) ?? []).filter(({ index }) => index < entry.index);
    const [birth] = before;
    if (birth === undefined || !isType(birth, 'lot.declared')) return [];
    const site = birth.event.place?.site;
    const moved = before.some(({ event }) => event.type.startsWith('custody.') || event.place?.facility !== undefined);
    return site === undefined || moved ? [] : [{ lot, site, declared: birth.event.id }];
  });
}

/** Returns in words where lots of a site were loaded instead; null: at the site, near it, or not known. */
function whereInstead(
  entry: JudgedOf<'custody.dispatched'>,
  site: string,
  facts: Facts,
  { loadedElsewhere: { kilometres, defaultAccuracyM } }: Parameters,
): { where: string; measured: string } | null {
  const { place } = entry.event;
  if (place === undefined || place.facility !== undefined) return null;
  if (place.site !== undefined && place.site !== site)
    return { where: `at site ${place.site}`, measured: `site ${place.site}` };
  const located = locate(facts, entry, defaultAccuracyM);
  if (located === null || located === 'undisclosed' || located.by !== 'coordinates') return null;
  const known = siteBelow(facts, site, entry.index);
  const km = known === null ? null : distanceOutsideKm(located.point, known);
  if (km === null || km - located.accuracyKm <= kilometres) return null;
  return { where: `${Math.round(km)} km from it`, measured: `${Math.round(km)} km` };
}

function look(entry: JudgedOf<'custody.dispatched'>, facts: Facts, parameters: Parameters): EventObservation[] {
  const first = firstLoads(entry, facts);
  return [...new Set(first.map(({ site }) => site))].flatMap((site) => {
    const loads = first.filter((load) => load.site === site);
    const instead = whereInstead(entry, site, facts, parameters);
    if (instead === null) return [];
    const { severity, kilometres } = parameters.loadedElsewhere;
    return [
      {
        severity,
        cause: `site:${site}`,
        root: siteSubject(site),
        lots: loads.map(({ lot }) => lot),
        events: [...new Set(loads.map(({ declared }) => declared)), entry.event.id],
        measured: instead.measured,
        threshold: `${kilometres} km from site ${site}`,
        detail: `What was declared at site ${site} was first loaded ${instead.where}, and nothing says how it came there. Likeliest: the bags were carried to a store that is not registered; at worst they were dug where they were loaded, and the site lent its name. The waybill of the first transport, or the registration of the store, settles it.`,
      },
    ];
  });
}

export const loadedElsewhere: Rule<typeof schema> = {
  id: 'loaded-elsewhere',
  version: 1,
  group: 'origin',
  title: 'First loaded away from the site',
  means:
    'The first transport of lots from a mine begins at another site, or far from the one that declared them, with no store or handover between.',
  doesNotMean:
    'That the mineral is of another place: bags are carried to a road or a store before a truck takes them. A store that is registered as a facility and named is not meant.',
  causes: {
    innocent: 'a store that is not registered',
    bad: 'the ore is of another place than declared',
  },
  advice:
    'Ask for the waybill of the first transport, and who carried the bags before it. A store is registered by `facility.registered` and named as the place; a wrong place is corrected by `event.corrected`. What stays is explained by `finding.answered`.',
  parameters: schema,
  describe: ({ loadedElsewhere: { severity, kilometres, defaultAccuracyM } }) =>
    `The first \`custody.dispatched\` of a lot since \`lot.declared\` names another site than the lot's, or coordinates beyond ${kilometres} km from it and their accuracy (${defaultAccuracyM} m where none is stated): ${severity}. A facility as place, or an event in one before, is not judged; neither are undisclosed coordinates.`,
  standard: 'ICGLR Regional Certification Mechanism, chain of custody from the mine site; ITSCI tagging at the pit',
  evidence: byMeasurement,
  scope: ['chains', 'about'],
  ...judgesEach(['custody.dispatched'], look),
};
