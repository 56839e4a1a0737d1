import * as z from 'zod';
import { byRegistry } from '../engine/evidence.js';
import { modelsByStrength } from '../../event/primitives.js';
import { dayOf } from '../engine/day.js';
import { judgesEach, type EventObservation } from '../engine/each-event.js';
import { type Facts, type JudgedOf, isType } from '../engine/facts.js';
import { type StatusOn, siteBelow, statusOn } from '../engine/registry.js';
import type { Rule, ValuesOf } from '../engine/rule.js';
import type { gradeUnusual } from './grade-unusual.js';
import { sourcesBehind } from './source-of-goods.js';
import { type siteStatus, statusClockOf } from '../origin/site-status.js';
import * as parameter from '../engine/parameter.js';

const schema = {
  mixForbidden: z.strictObject({
    severity: parameter.severity.default('critical'),
    severitySource: parameter.severity
      .default('medium')
      .describe('If mined, recycled and grandfathered material are mixed and no model states it'),
    industrialMethods: parameter.codes
      .default(['industrial', 'mechani', 'exploitation', 'large', 'LSM'])
      .describe('Words for industrial methods and licences; artisanal cobalt must not be mixed with their ore'),
    artisanalMethods: parameter.codes
      .default(['artisanal', 'small', 'ASM'])
      .describe('Words that make such a method or licence artisanal'),
    separateMinerals: parameter.codes
      .default(['cobalt'])
      .describe('Minerals of which artisanal and industrial ore must not be mixed'),
  }),
};
type Parameters = ValuesOf<typeof schema & typeof siteStatus.parameters & typeof gradeUnusual.parameters>;

type Mix = JudgedOf<'lot.aggregated' | 'lot.processed'>;
type Found = Pick<EventObservation, 'cause' | 'measured' | 'threshold' | 'detail' | 'events'> &
  Partial<Pick<EventObservation, 'severity'>>;

const inputsOf = ({ event }: Mix): string[] => event.payload.inputs.map(({ lot }) => lot);
const rankOf = (model: string): number => modelsByStrength.indexOf(model);

/**
 * Finds claims that became stronger: a claim may stay or weaken, and a weaker one must be written. The strongest claim
 * means one origin. Inputs without a claim belong to claim-exceeds-input.
 */
function models(entry: Mix, facts: Facts): Found[] {
  const claims = inputsOf(entry).flatMap((lot) => facts.lots.get(lot)?.model ?? []);
  const sites = new Set(inputsOf(entry).flatMap((lot) => (facts.lots.get(lot)?.origins ?? []).map(({ site }) => site)));
  const ranks = claims.map(rankOf);
  for (const { lot, model: written } of entry.event.payload.outputs) {
    const model = facts.lots.get(lot)?.model ?? null;
    if (model === null) continue;
    const found = (measured: string, threshold: string, detail: string): Found[] => [
      { cause: 'model', measured, threshold, detail },
    ];
    const weakest = modelsByStrength[Math.max(...ranks, 0)] ?? model;
    if (claims.length > 0 && rankOf(model) < rankOf(weakest))
      return found(model, weakest, `A lot is made as ${model} of lots of which one is only ${weakest}.`);
    if (rankOf(model) === 0 && sites.size > 1)
      return found(
        `${model} of ${sites.size} sites`,
        '1 site',
        `A lot is called ${model} and is made of mineral of ${sites.size} sites.`,
      );
    const strongest = modelsByStrength[Math.min(...ranks)] ?? model;
    if (written === undefined && claims.length > 0 && rankOf(model) > rankOf(strongest))
      return found(model, strongest, `A claim weakened from ${strongest} to ${model}, and the event does not say so.`);
  }
  return [];
}

function minerals(entry: Mix, facts: Facts): Found[] {
  const found = new Set(inputsOf(entry).flatMap((lot) => facts.lots.get(lot)?.mineral ?? []));
  if (found.size < 2) return [];
  const measured = [...found].toSorted().join(', ');
  return [{ cause: 'minerals', measured, threshold: '1 mineral', detail: `Lots of ${measured} were put together.` }];
}

/** Lists the declarations behind an input: its own, or those of all its ancestors. */
function declarationsOf(lot: string, { chains, upstream }: Facts): JudgedOf<'lot.declared'>[] {
  return [lot, ...(upstream.get(lot) ?? [])].flatMap((one) => {
    const birth = chains.get(one)?.[0];
    return birth !== undefined && isType(birth, 'lot.declared') ? [birth] : [];
  });
}

/** Returns whether every input is wholly of one kind or the other, and both occur: an earlier mix was reported then. */
function isMixOf(kinds: readonly { one: boolean; other: boolean }[]): boolean {
  return kinds.some(({ one, other }) => one && !other) && kinds.some(({ one, other }) => other && !one);
}

/** Finds mineral of a red or blue site mixed with mineral of sites in order, by all inspections known by now. */
function colours(entry: Mix, facts: Facts, parameters: Parameters): Found[] {
  const bad = new Map<string, StatusOn>();
  const kinds = inputsOf(entry).map((lot) => {
    const kind = { one: false, other: false };
    for (const { event } of declarationsOf(lot, facts)) {
      const site = siteBelow(facts, event.place?.site ?? '', entry.index);
      if (site === null) continue;
      const found = statusOn(site, dayOf(event), statusClockOf(site.country, parameters));
      if (found === null) continue;
      const isBad = found.status === 'red' || found.status === 'blue';
      if (isBad) bad.set(`${site.id} ${found.status}`, found);
      kind[isBad ? 'one' : 'other'] = true;
    }
    return kind;
  });
  if (!isMixOf(kinds)) return [];
  const measured = [...bad.keys()].toSorted().join(', ');
  const late = [...bad.values()].filter(({ inspection }) => inspection.index > entry.index);
  const since = late
    .map(({ inspection }) => inspection.date)
    .toSorted()
    .join(', ');
  const known = late.length === 0 ? '' : ` The inspection (${since}) was entered after the mix.`;
  return [
    {
      cause: 'status',
      measured,
      threshold: 'sites in order',
      detail: `Mineral of ${measured} was mixed with that of sites in order.${known}`,
      events: [...new Set([entry.event.id, ...[...bad.values()].map(({ inspection }) => inspection.event)])],
    },
  ];
}

/** Returns whether the name of a method or licence means machines; not if it also contains a word for artisanal. */
function isIndustrial(said: string, { mixForbidden }: Parameters): boolean {
  const has = (word: string): boolean => said.toLowerCase().includes(word.toLowerCase());
  return mixForbidden.industrialMethods.some(has) && !mixForbidden.artisanalMethods.some(has);
}

/** Finds industrially mined ore, by its declaration or its site's licence, mixed with other ore. */
function industrial(entry: Mix, facts: Facts, parameters: Parameters): Found[] {
  const lots = inputsOf(entry).filter((lot) =>
    parameters.mixForbidden.separateMinerals.includes(facts.lots.get(lot)?.mineral ?? ''),
  );
  const kinds = lots.map((lot) => {
    const kind = { one: false, other: false };
    for (const { event } of declarationsOf(lot, facts)) {
      const licences = siteBelow(facts, event.place?.site ?? '', entry.index)?.licences ?? [];
      const said = [event.payload.method ?? '', ...licences.map((licence) => licence.kind)];
      kind[said.some((word) => isIndustrial(word, parameters)) ? 'one' : 'other'] = true;
    }
    return kind;
  });
  if (!isMixOf(kinds)) return [];
  const count = kinds.filter(({ one }) => one).length;
  return [
    {
      cause: 'industrial',
      measured: `${count} of ${lots.length} lots industrial`,
      threshold: 'none, or all',
      detail: `Artisanal and industrial ore were mixed: ${count} of ${lots.length} lots are industrial.`,
    },
  ];
}

/** Models that state that goods of several sources are in a lot. */
const STATES_MIX: ReadonlySet<string | undefined> = new Set(['controlledBlending', 'massBalance']);

/** Finds recycled or grandfathered material in with mined, where no model of the outputs states it. */
function sources(entry: Mix, facts: Facts, parameters: Parameters): Found[] {
  if (entry.event.payload.outputs.every(({ model }) => STATES_MIX.has(model))) return [];
  const kinds = inputsOf(entry).map((lot) => sourcesBehind(lot, facts, parameters));
  const all = new Set(kinds.flatMap((kind) => [...kind]));
  // A mix of which one input was already mixed is found where that was made.
  if (all.size < 2 || kinds.some(({ size }) => size > 1)) return [];
  const measured = [...all].toSorted().join(' and ');
  return [
    {
      severity: parameters.mixForbidden.severitySource,
      cause: 'source',
      measured,
      threshold: 'one source, or a model that states the mix',
      detail: `${entry.event.iss} put ${measured} material together, and no output has a model of controlled blending or mass balance. Likeliest: the model was not written; at worst mined material is sold as recycled, whose origin nobody asks for.`,
    },
  ];
}

export const mixForbidden: Rule<typeof schema, Parameters> = {
  id: 'mix-forbidden',
  version: 4,
  group: 'mass',
  title: 'Things were mixed that must stay apart',
  means:
    'Lots were put together that lose their claim by it: another mineral, a site that is not in order, industrial ore with artisanal, or a chain-of-custody model that the inputs do not bear.',
  doesNotMean: 'That the mix is worthless; it must be sold as what it is.',
  causes: {
    innocent: 'a mix by mistake, or a method that was declared wrongly',
    bad: 'mineral that may not be sold is hidden in other',
  },
  advice:
    'Inform the buyer of the mix what is in it, and have it sold without the claim that it lost. A mix cannot be undone: a method that was declared wrongly is corrected by `event.corrected`, which closes it; all else is answered by a registrar or an authority by `finding.answered`.',
  parameters: schema,
  describe: ({ mixForbidden: { severity, severitySource, industrialMethods, artisanalMethods, separateMinerals } }) =>
    `A model stronger than the weakest input's, a weaker one that is not written, or the strongest for mineral of several sites; several minerals put together; mineral declared at a red or blue site with that of sites in order, also by an inspection that is entered after the mix; ${separateMinerals.join(', ')} whose method or licence speaks of ${industrialMethods.join(', ')} (and not of ${artisanalMethods.join(', ')}) with other. Lots made of others are judged by all that went into them: ${severity}. Recycled or grandfathered material (\`source\`) put together with mined, where not every output has the model \`controlledBlending\` or \`massBalance\`: ${severitySource}.`,
  standard: 'ISO 22095 (chain-of-custody models); ICGLR Regional Certification Mechanism; ARM/RMI cobalt segregation',
  evidence: byRegistry,
  scope: ['chains', 'about', 'upstream'],
  ...judgesEach(['lot.aggregated', 'lot.processed'], (entry, facts, parameters: Parameters) =>
    [
      ...models(entry, facts),
      ...minerals(entry, facts),
      ...colours(entry, facts, parameters),
      ...industrial(entry, facts, parameters),
      ...sources(entry, facts, parameters),
    ].map((found) => ({
      severity: parameters.mixForbidden.severity,
      ...found,
      lots: entry.event.payload.outputs.map(({ lot }) => lot),
    })),
  ),
};
