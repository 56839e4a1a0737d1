import * as z from 'zod';
import { byCustom } from '../engine/evidence.js';
import { judgesEach } from '../engine/each-event.js';
import { isType } from '../engine/facts.js';
import * as parameter from '../engine/parameter.js';
import { actorFacts, siteBelow } from '../engine/registry.js';
import type { Rule, ValuesOf } from '../engine/rule.js';
import { actorSubject } from '../engine/subjects.js';

const schema = {
  buyerOperatesSite: z.strictObject({
    severity: parameter.severity.default('medium'),
    buyers: parameter.codes
      .default(['trader', 'exporter', 'importer', 'buyer', 'smelter', 'processor'])
      .describe('Roles of buyers'),
    buyersWhoMine: parameter.codes
      .default(['trader', 'importer', 'buyer', 'smelter'])
      .describe('The same of a miner: one that works or exports the ore of its own members is none'),
  }),
};
type Parameters = ValuesOf<typeof schema>;

export const buyerOperatesSite: Rule<typeof schema> = {
  id: 'buyer-operates-site',
  version: 2,
  group: 'actors',
  title: 'The buyer operates the site',
  means:
    'The receiver of a lot operates the site where others declared it: both weights of the handover serve one interest.',
  doesNotMean:
    'That the lot is false: a trader who finances diggers may be registered as the operator, and a cooperative buys from its members.',
  causes: {
    innocent: 'a trader finances the diggers',
    bad: 'one firm declares and buys at its own scale',
  },
  advice:
    'Ask who digs at the site and who pays them, and have the lots weighed by a third party. It closes when the registrar logs the true operator by `site.updated` before the next lots; for these lots it is explained by `finding.answered`.',
  parameters: schema,
  describe: ({ buyerOperatesSite: { severity, buyers, buyersWhoMine } }) =>
    `A receipt by the operator of the site of origin, as the registry had it then, of a lot that another actor declared or held first, if the operator has a role of ${buyers.join(', ')}; if it is a miner too, of ${buyersWhoMine.join(', ')}: ${severity}.`,
  standard: 'OECD Due Diligence Guidance, Annex I (conflicts of interest); ITSCI company assessment',
  evidence: byCustom,
  scope: ['chains', 'about'],
  ...judgesEach(['custody.received'], (entry, facts, { buyerOperatesSite: { severity, ...roles } }: Parameters) => {
    const { iss, payload } = entry.event;
    const own = actorFacts(facts, iss)?.roles ?? [];
    const buyers = own.includes('miner') ? roles.buyersWhoMine : roles.buyers;
    if (!own.some((role) => buyers.includes(role))) return [];
    const bought = payload.lots.flatMap(({ lot, outcome }) => {
      const birth = facts.chains.get(lot)?.[0];
      if (outcome === 'rejected' || birth === undefined || !isType(birth, 'lot.declared')) return [];
      const site = birth.event.place?.site ?? '';
      const holder = birth.event.payload.holder ?? birth.event.iss;
      return holder !== iss && siteBelow(facts, site, entry.index)?.operator === iss ? [{ lot, site, birth }] : [];
    });
    const [first] = bought;
    if (first === undefined) return [];
    return [
      {
        severity,
        root: actorSubject(iss),
        lots: bought.map(({ lot }) => lot),
        events: [...new Set([...bought.map(({ birth }) => birth.event.id), entry.event.id])],
        measured: `operator of ${first.site}`,
        threshold: 'another',
        detail: `${iss} receives from ${payload.from} what was declared at site ${first.site}, which ${iss} operates. It may finance the diggers there; or it declares and buys at its own scale, and no third party has seen the goods. The diggers, and the registrar, can tell.`,
      },
    ];
  }),
};
