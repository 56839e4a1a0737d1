import * as z from 'zod';
import { byTrade } from '../engine/evidence.js';
import { kilograms, milligrams } from '../../custody/quantity.js';
import { countOf, massText } from '../../words.js';
import { judgesEach } from '../engine/each-event.js';
import type { Rule, ValuesOf } from '../engine/rule.js';
import * as parameter from '../engine/parameter.js';

const schema = {
  tagRate: z.strictObject({
    severity: parameter.severity.default('medium'),
    minimumTags: z.int().min(1).default(20).describe('Number of tags from which a declaration is judged'),
    kilogramsPerTag: z
      .record(z.string(), parameter.kilogramsText)
      .default({ cassiterite: '5', coltan: '5', wolframite: '5', cobalt: '5' })
      .describe('Kilograms per tag at least, by mineral; with fewer, tags may have been sold'),
  }),
};
type Parameters = ValuesOf<typeof schema>;

export const tagRate: Rule<typeof schema> = {
  id: 'tag-rate',
  version: 1,
  group: 'tags',
  title: 'Far more tags than mineral',
  means: 'Of one declaration each tag has less mineral than a bag usually holds: tags are used up without goods.',
  doesNotMean: 'That tags were sold: samples are small too. Few tags are not judged.',
  causes: {
    innocent: 'samples, or a mass that was mistyped',
    bad: 'tags are used up without goods, and sold',
  },
  advice:
    'Ask the operator of the site and the agent to count bags and tags of that day together, and where the unused tags are. A mistyped mass or tag list is corrected by `event.corrected`, which closes it; samples and small bags are explained by `finding.answered`.',
  parameters: schema,
  describe: ({ tagRate: { severity, minimumTags, kilogramsPerTag } }) =>
    `From ${minimumTags} tags on in one declaration, less than so many kilograms a tag (${Object.entries(
      kilogramsPerTag,
    )
      .map(([mineral, mass]) => `${mineral} ${mass}`)
      .join(', ')}): ${severity}.`,
  standard: 'ITSCI tag reconciliation',
  evidence: byTrade,
  scope: [],
  ...judgesEach(
    ['lot.declared'],
    ({ event }, _facts, { tagRate: { severity, minimumTags, kilogramsPerTag } }: Parameters) => {
      const minerals = [...new Set(event.payload.outputs.map(({ mineral }) => mineral))];
      return minerals.flatMap((mineral) => {
        const outputs = event.payload.outputs.filter(
          (output) => output.mineral === mineral && output.tags !== undefined,
        );
        const tags = outputs.reduce((sum, output) => sum + (output.tags?.length ?? 0), 0);
        const least = kilogramsPerTag[mineral];
        if (least === undefined || tags < minimumTags) return [];
        const mass = outputs.reduce((sum, output) => sum + milligrams(output.mass), 0n);
        if (mass >= milligrams({ value: least, uom: 'KGM' }) * BigInt(tags)) return [];
        return [
          {
            severity,
            cause: mineral,
            lots: outputs.map(({ lot }) => lot),
            measured: `${tags} tags, ${kilograms(mass).value} KGM`,
            threshold: `${least} KGM a tag`,
            detail: `${countOf(tags, 'tag was', 'tags were')} put on ${massText(mass, mineral)} of ${mineral}.`,
          },
        ];
      });
    },
  ),
};
