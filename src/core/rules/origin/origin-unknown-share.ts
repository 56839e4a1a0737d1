import * as z from 'zod';
import { byRegistry } from '../engine/evidence.js';
import { kilograms } from '../../custody/quantity.js';
import { judgesEach } from '../engine/each-event.js';
import { measureBefore } from '../engine/lot-history.js';
import type { Rule, ValuesOf } from '../engine/rule.js';
import * as parameter from '../engine/parameter.js';

const schema = {
  originUnknownShare: z.strictObject({
    severity: parameter.severity.default('medium'),
    above: parameter.partsPerMillion.default(0).describe('Share of mass without a site, parts per million'),
  }),
};
type Parameters = ValuesOf<typeof schema>;

const MILLION = 1_000_000n;

export const originUnknownShare: Rule<typeof schema> = {
  id: 'origin-unknown-share',
  version: 1,
  group: 'origin',
  title: 'Nobody knows where part of it comes from',
  means: 'Of the mass that leaves, part cannot be traced to a site.',
  doesNotMean: 'That it is smuggled: it means that the ledger cannot exclude it.',
  causes: {
    innocent: 'a supplier that keeps no records here',
    bad: 'the part without an origin was smuggled',
  },
  advice:
    'Ask the exporter, and each supplier before it, for the lots that the goods were made of and where those were declared. What cannot be traced is sold as of unknown origin; nothing closes it but a `finding.answered` of a registrar or an authority.',
  parameters: schema,
  describe: ({ originUnknownShare: { severity, above } }) =>
    `At export, a share of the mass above ${above / 1e4} % that is traced to no site: ${severity}.`,
  standard: 'OECD Due Diligence Guidance, Supplement on Tin, Tantalum and Tungsten, step 1',
  evidence: byRegistry,
  scope: ['chains'],
  ...judgesEach(
    ['lot.exported'],
    ({ index, event }, facts, { originUnknownShare: { severity, above } }: Parameters) => {
      const unknown = event.payload.lots.flatMap(({ lot }) => {
        const known = facts.lots.get(lot);
        const mass = measureBefore(facts.chains.get(lot) ?? [], lot, index)?.mass ?? 0n;
        if (known === undefined || known.origins.length > 0 || mass === 0n) return [];
        return mass * MILLION > mass * BigInt(above) ? [{ lot, mass }] : [];
      });
      if (unknown.length === 0) return [];
      const mass = unknown.reduce((sum, each) => sum + each.mass, 0n);
      return [
        {
          severity,
          lots: unknown.map(({ lot }) => lot),
          measured: `${kilograms(mass).value} KGM`,
          threshold: `${above / 1e4} %`,
          detail: `${kilograms(mass).value} kg of what is exported is traced to no site.`,
        },
      ];
    },
  ),
};
