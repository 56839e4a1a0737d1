import * as z from 'zod';
import { byPapers } from '../engine/evidence.js';
import { type EventObservation, judgesEach } from '../engine/each-event.js';
import { stateAlong } from '../engine/chain-states.js';
import { type Facts, type JudgedOf, isType } from '../engine/facts.js';
import * as parameter from '../engine/parameter.js';
import type { Rule, ValuesOf } from '../engine/rule.js';
import type { gradeUnusual } from '../mass/grade-unusual.js';
import { sourcesBehind } from '../mass/source-of-goods.js';

const line = (mineral: string, forms: string[], codes: string[]): Line => ({ mineral, forms, codes });

const lineSchema = z.strictObject({
  mineral: z.string(),
  forms: parameter.codes.describe('Forms of goods; empty: all others'),
  codes: parameter.codes.describe('First digits of the codes of the Harmonized System'),
});
type Line = z.infer<typeof lineSchema>;

const schema = {
  hsContradicts: z.strictObject({
    severity: parameter.severity.default('medium'),
    severityChanged: parameter.severity.default('medium').describe('If export and import state different goods'),
    recycled: parameter.codes
      .default(['7112', '8002', '810110', '810197', '810330', '810530'])
      .describe('Codes of waste and scrap: of goods in whose lineage something was declared as recycled'),
    lines: z
      .array(lineSchema)
      .default([
        line('cassiterite', ['ore', 'concentrate'], ['2609']),
        line('cassiterite', ['metal'], ['8001', '8003', '8007']),
        line('cassiterite', ['slag'], ['2609', '2620', '2621']),
        line('coltan', ['ore', 'concentrate'], ['261590']),
        line('coltan', ['slag'], ['2620', '261590']),
        line('coltan', ['metal'], ['8103', '8112']),
        line('wolframite', ['ore', 'concentrate'], ['2611']),
        line('wolframite', ['metal'], ['8101']),
        line('cobalt', ['ore', 'concentrate'], ['2605', '2603']),
        line('cobalt', ['hydroxide'], ['2822']),
        line('cobalt', ['metal'], ['8105']),
        line('gold', ['ore', 'concentrate'], ['2616']),
        line('gold', ['dore', 'metal'], ['7108']),
      ])
      .describe('Codes of goods by mineral and form; goods of which no line is about are not judged'),
  }),
};
type Parameters = ValuesOf<typeof schema & typeof gradeUnusual.parameters>;

type Paper = JudgedOf<'lot.exported' | 'lot.imported'>;

const digitsOf = (code: string): string => code.replaceAll('.', '');

/** Returns the newest export of a lot before an index; null: there is none. */
const exportBefore = stateAlong<JudgedOf<'lot.exported'>>((entry, _lot, before) =>
  isType(entry, 'lot.exported') ? entry : before,
);

/** Returns the codes that goods may have; null: no line is about them. */
function codesOf(lot: string, facts: Facts, parameters: Parameters): readonly string[] | null {
  const goods = facts.lots.get(lot);
  const found = parameters.hsContradicts.lines.filter(
    ({ mineral, forms }) => mineral === goods?.mineral && forms.includes(goods.form),
  );
  if (found.length === 0) return null;
  const isRecycled = sourcesBehind(lot, facts, parameters).has('recycled');
  return [...found.flatMap(({ codes }) => codes), ...(isRecycled ? parameters.hsContradicts.recycled : [])];
}

/** Finds a code that is not one of the goods. Longer codes are compared with the first digits, and shorter ones too. */
function wrongGoods(entry: Paper, code: string, facts: Facts, parameters: Parameters): EventObservation[] {
  const written = digitsOf(code);
  const wrong = entry.event.payload.lots.flatMap(({ lot }) => {
    const codes = codesOf(lot, facts, parameters);
    return codes === null || codes.some((one) => written.startsWith(one) || one.startsWith(written))
      ? []
      : [{ lot, codes }];
  });
  const [first] = wrong;
  if (first === undefined) return [];
  const goods = facts.lots.get(first.lot);
  const name = `${goods?.form ?? 'goods'} of ${goods?.mineral ?? 'mineral'}`;
  return [
    {
      severity: parameters.hsContradicts.severity,
      cause: 'goods',
      lots: wrong.map(({ lot }) => lot),
      measured: code,
      threshold: first.codes.join(', '),
      detail: `${entry.event.iss} states the code ${code} in ${entry.event.type} for ${name}, of which the codes begin with ${first.codes.join(' or ')}. Likeliest: a code was mistyped, or is that of other goods; at worst the goods pass customs as something else, with another duty or without the certificate that they need.`,
    },
  ];
}

/** Finds an import with another code than the export. The first six digits are the same in all countries. */
function changedGoods(entry: Paper, code: string, facts: Facts, parameters: Parameters): EventObservation[] {
  if (!isType(entry, 'lot.imported')) return [];
  const written = digitsOf(code);
  const changed = entry.event.payload.lots.flatMap(({ lot }) => {
    const out = exportBefore(facts.chains.get(lot) ?? [], lot, entry.index);
    const before = out?.event.payload.hs === undefined ? null : digitsOf(out.event.payload.hs);
    const length = Math.min(6, before?.length ?? 0, written.length);
    return out === null || before === null || before.slice(0, length) === written.slice(0, length)
      ? []
      : [{ lot, out, before: out.event.payload.hs ?? '' }];
  });
  const [first] = changed;
  if (first === undefined) return [];
  return [
    {
      severity: parameters.hsContradicts.severityChanged,
      cause: 'changed',
      lots: changed.map(({ lot }) => lot),
      events: [...new Set([...changed.map(({ out }) => out.event.id), entry.event.id])],
      measured: code,
      threshold: first.before,
      detail: `${entry.event.iss} imports under the code ${code} what ${first.out.event.iss} exported under ${first.before} on ${first.out.event.occurredAt.slice(0, 10)}. Likeliest: one of the two customs brokers mistyped it; at worst one of the two customs was shown other goods.`,
    },
  ];
}

export const hsContradicts: Rule<typeof schema, Parameters> = {
  id: 'hs-contradicts',
  version: 1,
  group: 'tags',
  title: 'The customs code is of other goods',
  means:
    'An export or import states a code of the Harmonized System that is not one of the goods’ mineral and form, or another one than the export did.',
  doesNotMean: 'That the goods are others: codes are mistyped, and brokers classify differently.',
  causes: {
    innocent: 'a broker classified or typed otherwise',
    bad: 'the goods were declared as others, to avoid a ban or a tax',
  },
  advice:
    'Ask exporter and importer for both customs declarations, and the broker why. A wrong code is corrected by `event.corrected` (`/hs`), which closes it; a classification that customs accepted is named in `finding.answered`.',
  parameters: schema,
  describe: ({ hsContradicts: { severity, severityChanged, recycled, lines } }) =>
    `The code of a \`lot.exported\` or \`lot.imported\` begins with none of those of its lots: ${severity}. An import with other first six digits than the export: ${severityChanged}. Codes: ${lines
      .map(({ mineral, forms, codes }) => `${mineral} (${forms.join(', ')}) ${codes.join(', ')}`)
      .join('; ')}; where something in the lineage was declared as recycled also ${recycled.join(', ')}.`,
  standard: 'WCO Harmonized System 2022, chapters 26, 28, 71 and 80–81; OECD Gold Supplement (recycled gold)',
  evidence: byPapers,
  scope: ['chains', 'upstream'],
  ...judgesEach(['lot.exported', 'lot.imported'], (entry, facts, parameters: Parameters) => {
    const code = entry.event.payload.hs;
    return code === undefined
      ? []
      : [...wrongGoods(entry, code, facts, parameters), ...changedGoods(entry, code, facts, parameters)];
  }),
};
