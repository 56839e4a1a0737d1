import { modelsByStrength } from '../event/primitives.js';
import { judgesEach, type Seen } from './each-event.js';
import { type Facts, type JudgedOf, isType } from './facts.js';
import type { Parameters } from './parameters.js';
import { siteFacts, statusOn } from './registry.js';
import type { Rule } from './rule.js';
import { statusClockOf } from './site-status.js';

type Mix = JudgedOf<'lot.aggregated' | 'lot.processed'>;
type Found = Pick<Seen, 'cause' | 'measured' | 'threshold' | 'detail'>;

const inputsOf = ({ event }: Mix): string[] => event.payload.inputs.map(({ lot }) => lot);
const rankOf = (model: string): number => modelsByStrength.indexOf(model);

/**
 * A claim may stay or weaken, and where it weakens that is written. The strongest of all speaks of one origin. Inputs
 * that bear no claim are the matter of claim-exceeds-input.
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
  if (!isType(entry, 'lot.aggregated') || found.size < 2) return [];
  const measured = [...found].toSorted().join(', ');
  return [{ cause: 'minerals', measured, threshold: '1 mineral', detail: `Lots of ${measured} were put together.` }];
}

/** Lots declared at a red or blue site with lots of a site that was in order; each as of the day it was declared. */
function colours(entry: Mix, facts: Facts, parameters: Parameters): Found[] {
  const statuses = new Map<string, string>();
  for (const lot of inputsOf(entry)) {
    const declaration = facts.chains.get(lot)?.[0];
    const site = siteFacts(facts, declaration?.event.place?.site ?? '');
    if (declaration === undefined || site === null || !isType(declaration, 'lot.declared')) continue;
    const found = statusOn(site, declaration.event.occurredAtMs, statusClockOf(site.country, parameters));
    if (found !== null) statuses.set(site.id, found.status);
  }
  const bad = [...statuses].filter(([, status]) => status === 'red' || status === 'blue');
  if (bad.length === 0 || bad.length === statuses.size) return [];
  const measured = bad.map(([site, status]) => `${site} ${status}`).join(', ');
  return [
    {
      cause: 'status',
      measured,
      threshold: 'sites in order',
      detail: `Mineral of ${measured} was mixed with that of sites in order.`,
    },
  ];
}

/** Whether a lot was dug by machines, by what its declaration or the licence of its site says. Null: nobody says. */
function isIndustrial(lot: string, facts: Facts, { mixForbidden }: Parameters): boolean | null {
  const declaration = facts.chains.get(lot)?.[0];
  const method =
    declaration !== undefined && isType(declaration, 'lot.declared') ? declaration.event.payload.method : '';
  const licences = (facts.lots.get(lot)?.origins ?? []).map(({ site }) => siteFacts(facts, site)?.licence?.kind ?? '');
  const said = [method ?? '', ...licences].filter((text) => text !== '').map((text) => text.toLowerCase());
  if (said.length === 0) return null;
  return said.some((text) => mixForbidden.industrialMethods.some((word) => text.includes(word.toLowerCase())));
}

function industrial(entry: Mix, facts: Facts, parameters: Parameters): Found[] {
  const lots = inputsOf(entry).filter((lot) =>
    parameters.mixForbidden.separateMinerals.includes(facts.lots.get(lot)?.mineral ?? ''),
  );
  const kinds = lots.map((lot) => isIndustrial(lot, facts, parameters));
  const count = kinds.filter((kind) => kind === true).length;
  if (count === 0 || !kinds.includes(false)) return [];
  return [
    {
      cause: 'industrial',
      measured: `${count} of ${lots.length} lots industrial`,
      threshold: 'none, or all',
      detail: `Artisanal and industrial ore were mixed: ${count} of ${lots.length} lots are industrial.`,
    },
  ];
}

export const mixForbidden: Rule = {
  id: 'mix-forbidden',
  version: 1,
  group: 'mass',
  title: 'Things were mixed that must stay apart',
  means:
    'Lots were put together that lose their claim by it: another mineral, a site that is not in order, industrial ore with artisanal, or a chain-of-custody model that the inputs do not bear.',
  doesNotMean: 'That the mix is worthless; it must be sold as what it is.',
  describe: ({ mixForbidden: { severity, industrialMethods, separateMinerals } }) =>
    `A model stronger than the weakest input's, a weaker one that is not written, or the strongest for mineral of several sites; several minerals put together; lots declared at a red or blue site with lots of sites in order; ${separateMinerals.join(', ')} of ${industrialMethods.join(', ')} method or licence with other: ${severity}.`,
  standard: 'ISO 22095 (chain-of-custody models); ICGLR Regional Certification Mechanism; ARM/RMI cobalt segregation',
  scope: ['chains', 'about'],
  ...judgesEach(['lot.aggregated', 'lot.processed'], (entry, facts, parameters) =>
    [
      ...models(entry, facts),
      ...minerals(entry, facts),
      ...colours(entry, facts, parameters),
      ...industrial(entry, facts, parameters),
    ].map((found) => ({
      ...found,
      severity: parameters.mixForbidden.severity,
      lots: entry.event.payload.outputs.map(({ lot }) => lot),
    })),
  ),
};
