import { Injectable } from '@nestjs/common';
import type { DeliveriesPageData, SubscriptionsPageData } from '../../../web/inbox/inbox-data.js';
import { type DeliveriesQuery, ListDeliveries } from '../../delivery/list-deliveries.js';
import { Subscribe } from '../../delivery/subscriptions/subscribe.js';
import type { PageQuery } from '../../http/paging.js';

/** Gathers the subscriptions of a reader, and what was sent to them. */
@Injectable()
export class TellSubscriptions {
  constructor(
    private readonly subscriptions: Subscribe,
    private readonly sent: ListDeliveries,
  ) {}

  async list(asked: PageQuery): Promise<SubscriptionsPageData> {
    const { items, next } = await this.subscriptions.list(asked);
    return { subscriptions: items, next };
  }

  /** Lists messages, each with what its subscription is called. */
  async deliveries(asked: DeliveriesQuery): Promise<Omit<DeliveriesPageData, 'filters'>> {
    const { items, next } = await this.sent.list(asked);
    const ids = [...new Set(items.map(({ subscription }) => subscription))];
    const known = await Promise.all(ids.map((id) => this.subscriptions.read(id).catch(() => null)));
    const names = new Map(
      known.flatMap((one) => (one === null ? [] : [[one.id, one.label ?? one.address ?? one.url ?? '']])),
    );
    return { deliveries: items.map((one) => ({ ...one, to: names.get(one.subscription) ?? '' })), next };
  }
}
