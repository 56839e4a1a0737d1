import * as z from 'zod';
import { byRegistry } from '../engine/evidence.js';
import { dayOf } from '../engine/day.js';
import { ofTypes } from '../engine/each-event.js';
import { type Facts, type JudgedEvent, type JudgedOf, isType, lotsOf } from '../engine/facts.js';
import { type Licence, type SiteFacts, siteAt, siteFacts } from '../engine/registry.js';
import type { Observation, Rule, ValuesOf } from '../engine/rule.js';
import { siteSubject } from '../engine/subjects.js';
import * as parameter from '../engine/parameter.js';

const schema = {
  licenceInvalid: z.strictObject({
    severity: parameter.severity.default('high'),
    noLicence: parameter.codes
      .default([
        'unlicen',
        'unregistered',
        'illegal',
        'revoked',
        'suspended',
        'withdrawn',
        'cancelled',
        'surrendered',
        'refused',
        'expired',
        'pending',
        'application',
      ])
      .describe('Words in the kind of a licence that mean that none is held'),
    withoutProduction: parameter.codes
      .default([
        'explor',
        'prospect',
        'reconnaissance',
        'recherche',
        'research',
        'survey',
        'dealer',
        'buying',
        'trading',
        'transport',
      ])
      .describe('Words in the kind of a licence that give no right to sell what is dug'),
    withProduction: parameter.codes
      .default(['exploitation', 'production', 'extraction', 'and mining', 'mining lease'])
      .describe('Words that give this right to such a licence all the same'),
  }),
};
type Parameters = ValuesOf<typeof schema>;

type Declaration = JudgedOf<'lot.declared'>;

interface Flaw {
  cause: 'kind' | 'dates' | 'mineral' | 'holder';
  measured: string;
  threshold: string;
  detail: string;
}

/** Returns whether the kind of a licence, with any separators, contains one of some words. */
const speaksOf = (kind: string, words: readonly string[]): boolean => {
  const said = kind.toLowerCase().replaceAll(/[^a-z0-9]+/g, ' ');
  return said === 'none' || words.some((word) => said.includes(word.toLowerCase()));
};

/** Returns why the kind of a licence gives no right to sell what is dug; null if it may. */
function kindFlawOf({ kind }: Licence, { licenceInvalid }: Parameters): Flaw | null {
  const { noLicence, withoutProduction, withProduction } = licenceInvalid;
  const flaw = (detail: string): Flaw => ({
    cause: 'kind',
    measured: kind,
    threshold: 'a licence to produce',
    detail,
  });
  if (speaksOf(kind, noLicence)) return flaw(`is registered as ${kind}: none is held that allows to dig and to sell.`);
  return speaksOf(kind, withoutProduction) && !speaksOf(kind, withProduction)
    ? flaw(`is of kind ${kind}, which gives no right to sell what is dug.`)
    : null;
}

/** Returns why a licence does not cover minerals declared at its site on a day; null if it does. */
function flawOf(licence: Licence, site: SiteFacts, { event }: Declaration, parameters: Parameters): Flaw | null {
  const { from, to, holder, minerals } = licence;
  const declared = [...new Set(event.payload.outputs.map(({ mineral }) => mineral))];
  const flaw = (cause: Flaw['cause'], measured: string, threshold: string, detail: string): Flaw => ({
    cause,
    measured,
    threshold,
    detail,
  });
  const kindOrDates = kindFlawOf(licence, parameters) ?? datesFlawOf({ from, to }, dayOf(event), 'declared');
  if (kindOrDates !== null) return kindOrDates;
  const outside = minerals === undefined ? [] : declared.filter((mineral) => !minerals.includes(mineral));
  if (outside.length > 0 && outside.every((mineral) => site.minerals.includes(mineral)))
    return flaw('mineral', outside.join(', '), minerals?.join(', ') ?? '', `does not name ${outside.join(', ')}.`);
  if (holder !== undefined && holder !== site.operator)
    return flaw('holder', site.operator, holder, `belongs to ${holder}, and ${site.operator} operates the site.`);
  return null;
}

function datesFlawOf({ from, to }: Pick<Licence, 'from' | 'to'>, day: string, done: string): Flaw | null {
  const flaw = (threshold: string, detail: string): Flaw => ({ cause: 'dates', measured: day, threshold, detail });
  if (to !== undefined && day > to) return flaw(to, `ended on ${to}; the lot was ${done} on ${day}.`);
  if (from !== undefined && day < from) return flaw(from, `began on ${from}; the lot was ${done} on ${day}.`);
  return null;
}

/** Returns the first receipt of a lot by the receiver of its dispatch from the site, unless it was sent back. */
function deliveryOf(lot: string, { event }: Declaration, { chains }: Facts): JudgedOf<'custody.received'> | null {
  const received = chains
    .get(lot)
    ?.find(
      (entry): entry is JudgedOf<'custody.received'> =>
        isType(entry, 'custody.received') &&
        entry.event.payload.from === event.iss &&
        entry.event.payload.lots.some((one) => one.lot === lot && one.outcome !== 'rejected'),
    );
  return received ?? null;
}

/** Returns the flaw of a declaration: on its day, or else on the day on which its lots were delivered. */
function findOf(
  entry: Declaration,
  facts: Facts,
  parameters: Parameters,
): { flaw: Flaw; lots: string[]; events: string[] } | null {
  const { event } = entry;
  const site = siteAt(facts, event.place?.site ?? '', event.occurredAtMs);
  if (site === null) return null;
  const licences = siteFacts(facts, site.id)?.licences ?? [];
  const covers = licences.map((licence) => flawOf(licence, site, entry, parameters));
  const newest = covers.at(-1);
  if (newest === undefined) return null;
  if (!covers.includes(null) && newest !== null) return { flaw: newest, lots: lotsOf(entry), events: [event.id] };

  const usable = licences.filter((licence) => kindFlawOf(licence, parameters) === null);
  const late = lotsOf(entry).flatMap((lot) => {
    const delivery = deliveryOf(lot, entry, facts);
    const flaws = delivery === null ? [] : usable.map((one) => datesFlawOf(one, dayOf(delivery.event), 'delivered'));
    const flaw = flaws.at(-1);
    return delivery === null || flaw == null || flaws.includes(null) ? [] : [{ lot, delivery, flaw }];
  });
  const [first] = late;
  if (first === undefined) return null;
  const deliveries = new Set(late.map(({ delivery }) => delivery.event.id));
  return { flaw: first.flaw, lots: late.map(({ lot }) => lot), events: [event.id, ...deliveries] };
}

/** Lists the declarations among the entries, and those of lots that the entries deliver, without repetition. */
function declarationsOf({ entries, chains }: Facts): Declaration[] {
  const births = ofTypes(entries, ['custody.received']).flatMap(({ event }) =>
    event.payload.lots.map(({ lot }): JudgedEvent | undefined => chains.get(lot)?.[0]),
  );
  const all = [...ofTypes(entries, ['lot.declared']), ...births].filter(
    (entry): entry is Declaration => entry !== undefined && isType(entry, 'lot.declared'),
  );
  return [...new Map(all.map((entry) => [entry.index, entry])).values()];
}

function observe(entry: Declaration, facts: Facts, parameters: Parameters): Observation[] {
  const { severity } = parameters.licenceInvalid;
  const found = findOf(entry, facts, parameters);
  if (found === null) return [];
  const { flaw, lots, events } = found;
  const site = entry.event.place?.site ?? '';
  const detail = `The licence of site ${site} ${flaw.detail}`;
  const firstIndex = entry.index;
  return [{ ...flaw, detail, severity, subject: entry.event.id, root: siteSubject(site), lots, events, firstIndex }];
}

export const licenceInvalid: Rule<typeof schema> = {
  id: 'licence-invalid',
  version: 4,
  group: 'origin',
  title: 'The licence of the site does not cover this',
  means:
    'On the day of the declaration no licence of the site was in force that gives the right to produce, names the mineral and belongs to who operated it; or none was in force any more on the day on which the lot was first delivered.',
  doesNotMean:
    'That digging was forbidden: a renewal may be logged late, and closes the finding. Sites without a licence in the registry are not judged.',
  causes: {
    innocent: 'a renewal that is entered late',
    bad: 'somebody without a right to the ore sells it',
  },
  advice:
    'Ask the operator of the site for the licence or its renewal, and the mining cadastre whether it is valid. It closes when the registrar or the authority logs it by `site.updated`.',
  parameters: schema,
  describe: ({ licenceInvalid: { severity, noLicence, withoutProduction, withProduction } }) =>
    `No licence that the registry has for the site covers day, mineral and operator of the declaration, or the day of the first receipt from whoever declared: ${severity}. A kind that contains ${noLicence.join(', ')} is none; one that contains ${withoutProduction.join(', ')}, and none of ${withProduction.join(', ')}, covers nothing that is sold.`,
  standard: 'ICGLR Regional Certification Mechanism, legality of mine sites (MDC.04)',
  evidence: byRegistry,
  scope: ['about', 'chains'],
  subjects: (facts) => declarationsOf(facts).map(({ event }) => event.id),
  evaluate: (facts, parameters) => declarationsOf(facts).flatMap((entry) => observe(entry, facts, parameters)),
};
