import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import * as z from 'zod';
import type { Page } from '../http/paging.js';
import { type DeliveriesQuery, type ListedDelivery, ListDeliveries, deliveriesQuery } from './list-deliveries.js';
import { Subscribe, type Subscription } from './subscribe.js';

const subscriptionId = z.uuid();
const newSubscription = z.strictObject({ channel: z.literal('webhook'), url: z.string().min(1).max(2_000) });

@ApiTags('alerts')
@Controller('v1')
export class SubscriptionsController {
  constructor(
    private readonly subscriptions: Subscribe,
    private readonly deliveries: ListDeliveries,
  ) {}

  @Post('subscriptions')
  @ApiOperation({ summary: 'Subscribes a webhook; the secret is shown this once' })
  subscribe(
    @Body({ schema: newSubscription }) { url }: z.infer<typeof newSubscription>,
  ): Promise<Subscription & { secret: string }> {
    return this.subscriptions.subscribe(url);
  }

  @Get('subscriptions')
  @ApiOperation({ summary: 'Who is told' })
  async list(): Promise<Page<Subscription>> {
    return { items: await this.subscriptions.list(), next: null };
  }

  @Delete('subscriptions/:id')
  @HttpCode(204)
  @ApiOperation({ summary: 'Ends a subscription' })
  unsubscribe(@Param('id', { schema: subscriptionId }) id: string): Promise<void> {
    return this.subscriptions.unsubscribe(id);
  }

  @Get('deliveries')
  @ApiOperation({ summary: 'Deliveries with every attempt, newest first' })
  listDeliveries(@Query({ schema: deliveriesQuery }) query: DeliveriesQuery): Promise<Page<ListedDelivery>> {
    return this.deliveries.list(query);
  }
}
