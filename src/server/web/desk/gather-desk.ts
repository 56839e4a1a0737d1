import { Injectable } from '@nestjs/common';
import type { ListedLot } from '../../../core/api/lot.js';
import { actionNames, actions, maySign } from '../../../web/desk/actions.js';
import type { DeskData, DeskLot } from '../../../web/desk/desk-data.js';
import { isForStock } from '../../../web/desk/desk-page.js';
import { calledLot } from '../../../web/ui/chips.js';
import { byNumber } from '../../../web/desk/receive-rows.js';
import { ReadLot } from '../../provenance/read-lot.js';
import { SearchLots } from '../../provenance/search-lots.js';
import { ListRegistry } from '../../registry/list-registry.js';

/** Lots of one list of the desk; the list of all lots has the others. */
const SHOWN = 100;
/** Lots that are judged at the same time, so that other requests get connections too. */
const AT_ONCE = 8;

/** Gathers what the desk of an actor shows. */
@Injectable()
export class GatherDesk {
  constructor(
    private readonly search: SearchLots,
    private readonly lots: ReadLot,
    private readonly registry: ListRegistry,
  ) {}

  async gather(actor: string): Promise<DeskData> {
    const [incoming, stock, outgoing, roles] = await Promise.all([
      this.list({ inTransitTo: actor, status: 'inTransit' }),
      this.list({ holder: actor, status: 'held' }),
      this.list({ holder: actor, status: 'inTransit' }),
      this.rolesOf(actor),
    ]);
    const lists = { incoming, stock, outgoing };
    return {
      actor,
      incoming: incoming.lots,
      stock: stock.lots,
      outgoing: outgoing.lots,
      more: (Object.keys(lists) as (keyof typeof lists)[]).filter((name) => lists[name].more),
      actions: actionNames.filter((name) => isForStock(name) && maySign(actions[name].type, roles)),
    };
  }

  private async rolesOf(actor: string): Promise<string[]> {
    return (await this.registry.actor(actor)).roles;
  }

  private async list(filter: {
    holder?: string;
    inTransitTo?: string;
    status: 'held' | 'inTransit';
  }): Promise<{ lots: DeskLot[]; more: boolean }> {
    const { items, next } = await this.search.search({ ...filter, limit: SHOWN, part: 'present' });
    const judged: DeskLot[] = [];
    for (let from = 0; from < items.length; from += AT_ONCE)
      judged.push(...(await Promise.all(items.slice(from, from + AT_ONCE).map((lot) => this.judged(lot)))));
    const lots = judged.toSorted((a, b) => byNumber.compare(calledLot(a), calledLot(b)));
    return { lots, more: next !== null };
  }

  private async judged(lot: ListedLot): Promise<DeskLot> {
    return { ...lot, judged: (await this.lots.state(lot.id)).verdicts };
  }
}
