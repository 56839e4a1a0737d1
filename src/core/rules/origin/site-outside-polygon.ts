import * as z from 'zod';
import { byMeasurement } from '../engine/evidence.js';
import { judgesEach } from '../engine/each-event.js';
import { isType } from '../engine/facts.js';
import { distanceOutsideKm } from '../movement/geography.js';
import { locate, siteAt } from '../engine/registry.js';
import type { Rule, Undecided, ValuesOf } from '../engine/rule.js';
import { siteSubject } from '../engine/subjects.js';
import * as parameter from '../engine/parameter.js';

const schema = {
  siteOutsidePolygon: z.strictObject({
    severity: parameter.severity.default('high'),
    severityFar: parameter.severity.default('critical'),
    defaultAccuracyM: z.int().min(0).default(50).describe('Accuracy of a place that states none, m'),
    farKilometres: z.int().min(1).default(5).describe('Distance above which `severityFar` applies, km'),
    radiusM: z.int().min(0).default(2_000).describe('Radius of a site without a polygon, m'),
  }),
};
type Parameters = ValuesOf<typeof schema>;

const metres = (km: number): string => `${Math.round(km * 1_000)} m`;

export const siteOutsidePolygon: Rule<typeof schema> = {
  id: 'site-outside-polygon',
  version: 3,
  group: 'origin',
  title: 'Declared where the site is not',
  means: 'The device that recorded the declaration was outside the site, farther than its error.',
  doesNotMean:
    'That the mineral came from there: bags may be declared at a shed. Drift within the accuracy of the device is not meant.',
  causes: {
    innocent: 'bags were declared at a shed, or the map is wrong',
    bad: 'the ore comes from across the border',
  },
  advice:
    'Ask the person who recorded the declaration where they were, and compare with the map of the site. Wrong coordinates are corrected by `event.corrected`, a wrong polygon by `site.updated`; either closes it. Bags that were declared at a shed are explained by `finding.answered`.',
  parameters: schema,
  describe: ({ siteOutsidePolygon: { severity, severityFar, farKilometres, defaultAccuracyM, radiusM } }) =>
    `Distance to the polygon, or to a circle of ${radiusM} m round the point of a site without one, beyond the accuracy stated (${defaultAccuracyM} m where none is): ${severity}; beyond ${farKilometres} km: ${severityFar}. Sites without either are not judged.`,
  standard: 'ICGLR Regional Certification Mechanism, mine site coordinates; ITSCI mine baseline',
  evidence: byMeasurement,
  scope: ['about'],
  ...judgesEach(['lot.declared'], (entry, facts, { siteOutsidePolygon: parameters }: Parameters) => {
    const site = siteAt(facts, entry.event.place?.site ?? '', entry.event.occurredAtMs);
    const place = locate(facts, entry, parameters.defaultAccuracyM);
    if (site === null || place === null || place === 'undisclosed' || place.by !== 'coordinates') return [];
    const distance = distanceOutsideKm(place.point, site, parameters.radiusM / 1_000);
    if (distance === null || distance <= place.accuracyKm) return [];
    return [
      {
        severity: distance > parameters.farKilometres ? parameters.severityFar : parameters.severity,
        root: siteSubject(site.id),
        measured: metres(distance),
        threshold: metres(place.accuracyKm),
        detail: `The lot was declared ${metres(distance)} outside site ${site.id}, by a device that is right within ${metres(place.accuracyKm)}. Likeliest: the phone had no clear sky, or the boundary is out of date; at worst the mineral was dug elsewhere. A visit, or the next positions of the same device, settle it.`,
      },
    ];
  }),
  undecided: (facts, { siteOutsidePolygon: { defaultAccuracyM } }) =>
    facts.entries.flatMap((entry): Undecided[] => {
      const { place } = entry.event;
      if (!isType(entry, 'lot.declared') || place === undefined || place.lat !== undefined) return [];
      if ((place._sd ?? []).length === 0 || locate(facts, entry, defaultAccuracyM) === null) return [];
      const lots = entry.event.payload.outputs.map(({ lot }) => lot);
      return [{ subject: entry.event.id, lots, reason: 'Where the lot was declared is not disclosed.' }];
    }),
};
