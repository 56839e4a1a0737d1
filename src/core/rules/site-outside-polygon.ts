import { judgesEach } from './each-event.js';
import { isType } from './facts.js';
import { distanceToPolygonKm } from './geography.js';
import { locate, siteFacts } from './registry.js';
import type { Rule, Undecided } from './rule.js';
import { siteSubject } from './subjects.js';

const metres = (km: number): string => `${Math.round(km * 1_000)} m`;

export const siteOutsidePolygon: Rule = {
  id: 'site-outside-polygon',
  version: 1,
  group: 'origin',
  title: 'Declared where the site is not',
  means: "The device that recorded the declaration stood outside the site's polygon, farther than it can err.",
  doesNotMean:
    'That the mineral came from there: bags may be declared at a shed. Drift within the accuracy of the device is not meant.',
  describe: ({ siteOutsidePolygon: { severity, severityFar, farKilometres, defaultAccuracyM } }) =>
    `Distance to the polygon beyond the accuracy stated (${defaultAccuracyM} m where none is): ${severity}; beyond ${farKilometres} km: ${severityFar}. Sites without a polygon are not judged.`,
  standard: 'ICGLR Regional Certification Mechanism, mine site coordinates; ITSCI mine baseline',
  scope: ['about'],
  ...judgesEach(['lot.declared'], (entry, facts, { siteOutsidePolygon: parameters }) => {
    const site = siteFacts(facts, entry.event.place?.site ?? '');
    const place = locate(facts, entry, parameters.defaultAccuracyM);
    if (site?.polygon == null || place === null || place === 'undisclosed' || place.by !== 'coordinates') return [];
    const beyond = distanceToPolygonKm(place.point, site.polygon) - place.accuracyKm;
    if (beyond <= 0) return [];
    const distance = beyond + place.accuracyKm;
    return [
      {
        severity: distance > parameters.farKilometres ? parameters.severityFar : parameters.severity,
        root: siteSubject(site.id),
        measured: metres(distance),
        threshold: metres(place.accuracyKm),
        detail: `The lot was declared ${metres(distance)} outside site ${site.id}, by a device that is right within ${metres(place.accuracyKm)}.`,
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
