import { Injectable } from '@nestjs/common';
import type { ListedLot, LotState } from '../../../core/api/lot.js';
import { AditError } from '../../../core/errors.js';
import { peekPayload } from '../../../core/event/grammar.js';
import { fieldsOf } from '../../../core/event/fields.js';
import type { Parameters } from '../../../core/rules/index.js';
import { type Action, type ActionName, actions } from '../../../web/desk/actions.js';
import type { Limits } from '../../../web/desk/balance.js';
import type { FormData, FormLot, IncomingDispatch, ReceiveData } from '../../../web/desk/desk-data.js';
import { type IncomingLot, byNumber } from '../../../web/desk/receive-rows.js';
import { unitFor } from '../../../web/desk/typed.js';
import { goodsOf } from '../../../web/explorer/lot-page.js';
import type { Say } from '../../../web/say.js';
import { calledLot } from '../../../web/ui/chips.js';
import { Clock } from '../../clock.js';
import { RuleParameters } from '../../config/rule-parameters.js';
import { ReadEvent } from '../../ledger/read/read-event.js';
import { ReadLot } from '../../provenance/read-lot.js';
import { SearchLots } from '../../provenance/search-lots.js';

/** Lots of the page of receipts, which are read a page at a time. */
const MOST_INCOMING = 1_000;
const PAGE = 200;
/** Dispatches whose events are read; of the others, the seals are not shown. */
const MOST_DISPATCHES = 50;

const textsOf = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);

/** Gathers what the forms of the desk work with. */
@Injectable()
export class GatherForms {
  constructor(
    private readonly search: SearchLots,
    private readonly lots: ReadLot,
    private readonly events: ReadEvent,
    private readonly parameters: RuleParameters,
    private readonly clock: Clock,
  ) {}

  /** Gathers the lots on their way to an actor; those of one dispatch alone where it is named. */
  async receive(say: Say, actor: string, dispatch: string | undefined): Promise<ReceiveData> {
    const found = await this.incoming(actor);
    const lots = dispatch === undefined ? found : found.filter(({ head }) => head === dispatch);
    const heads = [...new Set(lots.map(({ head }) => head))];
    const dispatches = await Promise.all(heads.slice(0, MOST_DISPATCHES).map((id) => this.dispatch(id)));
    const byId = new Map(dispatches.map((each) => [each.id, each]));
    const { massGained, massLost } = this.inForce();
    return {
      lots: lots
        .map((lot) => incomingLot(say, lot, byId.get(lot.head)?.seals ?? []))
        .toSorted((a, b) => byNumber.compare(a.called, b.called)),
      dispatches,
      limits: { gained: massGained.handedOver, lost: massLost.handedOver },
    };
  }

  /** Gathers the form of an action on lots of an actor. Throws `not-found` and `request-invalid`. */
  async form(say: Say, actor: string, name: ActionName, ids: readonly string[]): Promise<FormData> {
    const action: Action = actions[name];
    const lots = await Promise.all([...new Set(ids)].map((id) => this.lots.state(id)));
    const foreign = lots.find(({ holder }) => holder !== actor);
    if (foreign !== undefined) throw new AditError('request-invalid', `You do not hold the lot ${calledLot(foreign)}.`);
    return {
      type: action.type,
      fields: fieldsOf(action.type),
      first: action.first,
      rows: action.rows ?? {},
      lots: lots.map((lot) => formLot(say, lot)),
      unit: unitFor(lots[0]?.mineral ?? ''),
      limits: action.compared === undefined ? null : this.limitsOf(action.compared),
      balances: action.compared === 'closure' || action.compared === 'processed',
      skipsEmpty: action.skipsEmpty === true,
      fixed: {},
    };
  }

  private limitsOf(kind: NonNullable<Action['compared']>): Limits {
    const { massGained, massLost } = this.inForce();
    // The yield of a process is judged by another rule, over many runs.
    return { gained: massGained[kind], lost: kind === 'processed' ? null : massLost[kind] };
  }

  private inForce(): Parameters {
    return this.parameters.asOf(this.clock.now());
  }

  private async incoming(actor: string): Promise<ListedLot[]> {
    const lots: ListedLot[] = [];
    let cursor: string | null = null;
    do {
      const page: Awaited<ReturnType<SearchLots['search']>> = await this.search.search({
        inTransitTo: actor,
        status: 'inTransit',
        limit: PAGE,
        part: 'present',
        ...(cursor === null ? {} : { cursor }),
      });
      lots.push(...page.items);
      cursor = page.next;
    } while (cursor !== null && lots.length < MOST_INCOMING);
    return lots;
  }

  private async dispatch(id: string): Promise<IncomingDispatch> {
    const [jws = ''] = (await this.events.event(id)).event.split('~');
    const { iss, occurredAt, vehicle, seals } = peekPayload(jws) as Record<string, unknown>;
    return {
      id,
      from: String(iss),
      occurredAt: String(occurredAt),
      vehicle: typeof vehicle === 'string' ? vehicle : null,
      seals: textsOf(seals),
    };
  }
}

const incomingLot = (say: Say, lot: ListedLot, seals: string[]): IncomingLot => ({
  id: lot.id,
  head: lot.head,
  called: calledLot(lot),
  tags: lot.tags,
  lotNumber: lot.lotNumber,
  mineral: lot.mineral,
  goods: goodsOf(say, lot),
  mass: lot.mass,
  unit: unitFor(lot.mineral),
  from: lot.holder,
  seals,
});

const formLot = (say: Say, lot: LotState): FormLot => ({
  id: lot.id,
  head: lot.head,
  called: calledLot(lot),
  goods: goodsOf(say, lot),
  mineral: lot.mineral,
  mass: lot.mass,
  shown: say.mass(lot.mass, lot.mineral),
});
