import { Injectable } from '@nestjs/common';
import * as z from 'zod';
import { queryText } from '../http/paging.js';
import { AditError } from '../../core/errors.js';
import { isIdentifier } from '../../core/event/identifiers.js';
import { eventIdSchema, registryId } from '../../core/event/primitives.js';
import { ruleById } from '../../core/rules/index.js';
import { goodsPath } from '../../web/explorer/goods-page.js';
import { goodsOf } from '../../web/explorer/lot-page.js';
import type { Hit } from '../../web/explorer/search-page.js';
import type { Say } from '../../web/say.js';
import { calledLot } from '../../web/ui/chips.js';
import { ruleTitle } from '../delivery/words/index.js';
import { FindNamed } from '../provenance/find-named.js';
import { FindTag } from '../provenance/find-tag.js';
import { SearchLots } from '../provenance/search-lots.js';
import { ListRegistry } from '../registry/list-registry.js';
import { ListFindings } from '../verification/findings/list-findings.js';

/** Lots that a search shows at most. */
const LOTS = 25;

/** Returns what a read finds; null where there is none that the viewer may see. */
const found = async <T>(read: Promise<T>): Promise<T | null> => {
  try {
    return await read;
  } catch (error) {
    if (error instanceof AditError && error.code === 'not-found') return null;
    throw error;
  }
};

/**
 * Finds what an identifier names: lots, tags, events, actors, sites, rules, findings, and seals, certificates, containers and
 * vehicles that events name.
 */
@Injectable()
export class FindAnything {
  constructor(
    private readonly lots: SearchLots,
    private readonly tags: FindTag,
    private readonly named: FindNamed,
    private readonly registry: ListRegistry,
    private readonly findings: ListFindings,
  ) {}

  async find(query: string, say: Say): Promise<Hit[]> {
    if (query === '') return [];
    const parts = await Promise.all([
      this.ofLots(query, say),
      this.ofTag(query, say),
      this.ofEvent(query),
      this.ofGoods(query, say),
      this.ofRegistry(query, say),
      this.ofFindings(query, say),
    ]);
    const hits = parts.flat();
    // A tag on one lot is found as that lot, and its own page is one click further.
    const ofLots = hits.filter(({ kind }) => kind === 'lot');
    return ofLots.length === 1 ? hits.filter(({ kind }) => kind !== 'tag') : hits;
  }

  private async ofLots(query: string, say: Say): Promise<Hit[]> {
    if (!queryText.safeParse(query).success) return [];
    const { items } = await this.lots.search({ name: query, limit: LOTS, part: 'present' });
    return items.map((lot) => ({
      kind: 'lot',
      name: calledLot(lot),
      detail: `${say.mass(lot.mass, lot.mineral)} · ${goodsOf(say, lot)} · ${lot.holder}`,
      path: `/lots/${lot.id}`,
    }));
  }

  private async ofTag(query: string, say: Say): Promise<Hit[]> {
    if (!queryText.safeParse(query).success) return [];
    const tag = await found(this.tags.sight(query));
    if (tag === null) return [];
    const detail = say.count('events', tag.sightings.length);
    return [{ kind: 'tag', name: tag.tag, detail, path: `/tags/${encodeURIComponent(tag.tag)}` }];
  }

  private async ofEvent(query: string): Promise<Hit[]> {
    if (!eventIdSchema.safeParse(query).success) return [];
    const event = await this.named.event(query);
    return event === null ? [] : [{ kind: 'event', name: query, detail: '', path: `/events/${query}` }];
  }

  private async ofGoods(query: string, say: Say): Promise<Hit[]> {
    if (!isIdentifier(query)) return [];
    const kinds = (await this.named.naming(query)).map(({ kind }) => kind);
    return [...new Set(kinds)].map((kind) => ({
      kind,
      name: query,
      detail: say.count('events', kinds.filter((one) => one === kind).length),
      path: goodsPath(kind, query),
    }));
  }

  private async ofRegistry(query: string, say: Say): Promise<Hit[]> {
    if (!registryId.safeParse(query).success) return [];
    const [actor, site] = await Promise.all([found(this.registry.actor(query)), this.registry.site(query)]);
    const where = (country: string | null): string => (country === null ? '' : say.country(country));
    return [
      ...(actor === null
        ? []
        : [{ kind: 'actor', name: query, detail: where(actor.country), path: `/actors/${query}` } as const]),
      ...(site === null
        ? []
        : [{ kind: 'site', name: query, detail: where(site.country), path: `/sites/${query}` } as const]),
    ];
  }

  private async ofFindings(query: string, say: Say): Promise<Hit[]> {
    if (ruleById.has(query))
      return [{ kind: 'rule', name: query, detail: ruleTitle(query, say.language), path: `/rules/${query}` }];
    if (!z.uuid().safeParse(query).success) return [];
    const finding = await found(this.findings.byId(query));
    if (finding === null) return [];
    return [{ kind: 'finding', name: ruleTitle(finding.rule, say.language), detail: '', path: `/findings/${query}` }];
  }
}
