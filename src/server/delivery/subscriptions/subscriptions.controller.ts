import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import * as z from 'zod';
import { type Page, pageShape } from '../../../core/api/page.js';
import {
  type ChangedSubscription,
  type CreatedSubscription,
  type NewSubscription,
  type RedeliverSince,
  type Redelivered,
  type RotatedSecret,
  type Subscription,
  type TestSent,
  changedSubscription,
  createdSubscriptionShape,
  newSubscription,
  redeliverSince,
  redeliveredShape,
  rotatedSecretShape,
  subscriptionShape,
  testSentShape,
} from '../../../core/api/alerts/subscription.js';
import { type PageQuery, pageQuery } from '../../http/paging.js';
import { Redeliver } from '../redeliver.js';
import { Subscribe } from './subscribe.js';

const subscriptionId = z.uuid();

@ApiTags('subscriptions')
@Controller('v1/subscriptions')
export class SubscriptionsController {
  constructor(
    private readonly subscriptions: Subscribe,
    private readonly redeliver: Redeliver,
  ) {}

  @Post()
  @ApiOperation({ summary: 'Subscribes a webhook or a mail address; shows the secret of a webhook once' })
  @ApiCreatedResponse({ standardSchema: createdSubscriptionShape })
  subscribe(@Body({ schema: newSubscription }) asked: NewSubscription): Promise<CreatedSubscription> {
    return this.subscriptions.subscribe(asked);
  }

  @Get()
  @ApiOperation({ summary: 'Subscriptions, with their filters and state' })
  @ApiOkResponse({ standardSchema: pageShape(subscriptionShape) })
  list(@Query({ schema: pageQuery }) query: PageQuery): Promise<Page<Subscription>> {
    return this.subscriptions.list(query);
  }

  @Get(':id')
  @ApiOperation({ summary: 'One subscription, with its state' })
  @ApiOkResponse({ standardSchema: subscriptionShape })
  read(@Param('id', { schema: subscriptionId }) id: string): Promise<Subscription> {
    return this.subscriptions.read(id);
  }

  @Patch(':id')
  @ApiOperation({ summary: 'Changes the filters or target of a subscription, disables or enables it' })
  @ApiOkResponse({ standardSchema: subscriptionShape })
  change(
    @Param('id', { schema: subscriptionId }) id: string,
    @Body({ schema: changedSubscription }) asked: ChangedSubscription,
  ): Promise<Subscription> {
    return this.subscriptions.change(id, asked);
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({ summary: 'Ends a subscription' })
  @ApiNoContentResponse({ description: 'Done' })
  unsubscribe(@Param('id', { schema: subscriptionId }) id: string): Promise<void> {
    return this.subscriptions.unsubscribe(id);
  }

  @Post(':id/test')
  @HttpCode(202)
  @ApiOperation({ summary: 'Sends a test message; its delivery contains the result' })
  @ApiAcceptedResponse({ standardSchema: testSentShape })
  async test(@Param('id', { schema: subscriptionId }) id: string): Promise<TestSent> {
    return { delivery: await this.redeliver.test(id) };
  }

  @Post(':id/rotate-secret')
  @HttpCode(200)
  @ApiOperation({ summary: 'Replaces the secret and shows the new one once; for a day both sign' })
  @ApiOkResponse({ standardSchema: rotatedSecretShape })
  rotateSecret(@Param('id', { schema: subscriptionId }) id: string): Promise<RotatedSecret> {
    return this.subscriptions.rotateSecret(id);
  }

  @Post(':id/redeliver')
  @HttpCode(202)
  @ApiOperation({ summary: 'Sends all messages since a time again' })
  @ApiAcceptedResponse({ standardSchema: redeliveredShape })
  async since(
    @Param('id', { schema: subscriptionId }) id: string,
    @Body({ schema: redeliverSince }) { since }: RedeliverSince,
  ): Promise<Redelivered> {
    return { messages: await this.redeliver.since(id, since) };
  }
}
