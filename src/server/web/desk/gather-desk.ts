import { Injectable } from '@nestjs/common';
import type { ListedLot, Verdicts } from '../../../core/api/lot.js';
import type { Page } from '../../../core/api/page.js';
import { actionNames, actions, maySign } from '../../../web/desk/actions.js';
import type { DeskData, DeskList, DeskListName, DeskLot } from '../../../web/desk/desk-data.js';
import { isForStock } from '../../../web/desk/desk-page.js';
import { calledLot } from '../../../web/ui/chips.js';
import { byNumber } from '../../../web/desk/receive-rows.js';
import { JudgeLots } from '../../provenance/judge-lots.js';
import { type LotsQuery, SearchLots } from '../../provenance/search-lots.js';
import { ListRegistry } from '../../registry/list-registry.js';

/** Lots of one list of the desk that a page has. */
const SHOWN = 100;

/** Cursors of the parts of the lists that are shown. */
type DeskCursors = Partial<Record<DeskListName, string>>;

/** Gathers what the desk of an actor shows. */
@Injectable()
export class GatherDesk {
  constructor(
    private readonly search: SearchLots,
    private readonly judgeLots: JudgeLots,
    private readonly registry: ListRegistry,
  ) {}

  /** @param from cursors of the parts that are shown; of a list without one, the first is. */
  async gather(actor: string, from: DeskCursors): Promise<DeskData> {
    const [incoming, stock, outgoing, roles] = await Promise.all([
      this.list({ inTransitTo: actor, status: 'inTransit', cursor: from.incoming }),
      this.list({ holder: actor, status: 'held', cursor: from.stock }),
      this.list({ holder: actor, status: 'inTransit', cursor: from.outgoing }),
      this.rolesOf(actor),
    ]);
    const all = [incoming, stock, outgoing].flatMap(({ items }) => items);
    const verdicts = await this.judgeLots.verdicts(all);
    return {
      actor,
      incoming: listed(incoming, verdicts, from.incoming),
      stock: listed(stock, verdicts, from.stock),
      outgoing: listed(outgoing, verdicts, from.outgoing),
      actions: actionNames.filter((name) => isForStock(name) && maySign(actions[name].type, roles)),
    };
  }

  private async rolesOf(actor: string): Promise<string[]> {
    return (await this.registry.actor(actor)).roles;
  }

  private list(filter: Pick<LotsQuery, 'holder' | 'inTransitTo' | 'status' | 'cursor'>): Promise<Page<ListedLot>> {
    return this.search.search({ ...filter, limit: SHOWN, part: 'present' });
  }
}

/** Returns a part of a list with its verdicts. Before and after it are others, which are not counted. */
function listed(
  { items, next }: Page<ListedLot>,
  verdicts: ReadonlyMap<string, Verdicts>,
  from: string | undefined,
): DeskList {
  const lots = items.flatMap((lot): DeskLot[] => {
    const judged = verdicts.get(lot.id);
    return judged === undefined ? [] : [{ ...lot, judged }];
  });
  return {
    lots: lots.toSorted((a, b) => byNumber.compare(calledLot(a), calledLot(b))),
    count: from === undefined ? lots.length : SHOWN,
    more: from !== undefined || next !== null,
    next,
  };
}
