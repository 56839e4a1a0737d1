import * as z from 'zod';
import { type EventObservation, judgesEach } from '../engine/each-event.js';
import { byContradiction } from '../engine/evidence.js';
import type { Facts, JudgedOf } from '../engine/facts.js';
import * as parameter from '../engine/parameter.js';
import { siteAt } from '../engine/registry.js';
import type { Rule, ValuesOf } from '../engine/rule.js';
import type { gradeUnusual } from '../mass/grade-unusual.js';
import { sourceOf } from '../mass/source-of-goods.js';

const schema = {
  sourceContradicts: z.strictObject({
    severity: parameter.severity.default('medium'),
    grandfatheredBefore: z.iso
      .date()
      .default('2013-01-01')
      .describe('Day from which on nothing that is dug is stock from before due diligence'),
    forms: parameter.codes.default(['ore', 'concentrate', 'hydroxide']).describe('Forms of which nothing is recycled'),
  }),
};
type Parameters = ValuesOf<typeof schema & typeof gradeUnusual.parameters>;
type Declaration = JudgedOf<'lot.declared'>;

const seen = (
  { event }: Declaration,
  { sourceContradicts: { severity } }: Parameters,
  cause: string,
  measured: string,
  threshold: string,
  text: string,
): EventObservation => ({ severity, cause, events: [event.id], measured, threshold, detail: text });

/** Returns why a lot that is declared as recycled was mined; null if nothing shows it. */
function minedBy({ event }: Declaration, facts: Facts, { sourceContradicts: { forms } }: Parameters): string | null {
  const { outputs, miningDates, pit } = event.payload;
  if (miningDates !== undefined) return `mining dates (${miningDates.from} to ${miningDates.to})`;
  if (pit !== undefined) return `pit ${pit}`;
  const form = outputs.find((output) => forms.includes(output.form))?.form;
  if (form !== undefined) return `the form ${form}`;
  const tags = outputs.flatMap((output) => output.tags ?? []);
  const site = siteAt(facts, event.place?.site ?? '', event.occurredAtMs);
  const licence = site?.licences.at(-1);
  return licence !== undefined && tags.length > 0 ? `a licensed mine (${licence.kind}), and mine tags` : null;
}

function look(entry: Declaration, facts: Facts, parameters: Parameters): EventObservation[] {
  const { event } = entry;
  const source = sourceOf(entry, parameters);
  const { grandfatheredBefore } = parameters.sourceContradicts;
  if (source === 'grandfathered') {
    const { from, to } = event.payload.miningDates ?? {};
    const dug = to ?? from;
    if (dug === undefined || dug < grandfatheredBefore) return [];
    return [
      seen(
        entry,
        parameters,
        'grandfathered',
        `dug until ${dug}`,
        `before ${grandfatheredBefore}`,
        `${event.iss} declares stock from before due diligence that was dug until ${dug}, by its own mining dates. Likeliest: the source or the dates were mistyped; at worst new mineral goes under the exemption of old stock. Stock lists of that time, and the auditor who counted them, settle it.`,
      ),
    ];
  }
  const by = source === 'recycled' ? minedBy(entry, facts, parameters) : null;
  if (by === null) return [];
  return [
    seen(
      entry,
      parameters,
      'recycled',
      by,
      'no sign of mining',
      `${event.iss} declares as recycled what by ${by} was mined. Likeliest: the source was chosen by mistake; at worst mined mineral is sold as recycled, for which no origin is asked. Purchase papers of the scrap settle it.`,
    ),
  ];
}

export const sourceContradicts: Rule<typeof schema, Parameters> = {
  id: 'source-contradicts',
  version: 1,
  group: 'origin',
  title: 'The goods are not of the source that is declared',
  means:
    'A lot is declared as recycled though its form, tags, pit or mining dates are those of mined mineral; or as old stock though it was dug later.',
  doesNotMean: 'That the goods are bad: the source decides only which papers a buyer must ask for.',
  causes: {
    innocent: 'the source was chosen by mistake',
    bad: 'mined mineral is sold as one for which no origin is asked',
  },
  advice:
    'Ask the signer for the purchase papers of the scrap, or for the stock lists of the time. A wrong source or mining date is corrected by `event.corrected`, which closes it; otherwise treat the goods as mined, and ask for their origin.',
  parameters: schema,
  describe: ({ sourceContradicts: { severity, grandfatheredBefore, forms } }) =>
    `\`lot.declared\` with \`source\` grandfathered and mining dates on ${grandfatheredBefore} or later; or recycled (by \`source\` or method) with mining dates, a pit, one of the forms ${forms.join(', ')}, or tags at a site with a licence: ${severity}.`,
  standard: 'LBMA Responsible Gold Guidance; OECD Supplement on Gold (recycled gold, grandfathered stocks)',
  evidence: byContradiction,
  scope: ['about'],
  ...judgesEach(['lot.declared'], look),
};
