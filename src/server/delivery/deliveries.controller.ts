import { Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import * as z from 'zod';
import {
  type DeliveryWithMessage,
  type ListedDelivery,
  deliveryShape,
  deliveryWithMessageShape,
} from '../../core/api/alerts/delivery.js';
import { type Page, pageShape } from '../../core/api/page.js';
import { type DeliveriesQuery, ListDeliveries, deliveriesQuery } from './list-deliveries.js';
import { Redeliver } from './redeliver.js';

const deliveryId = z.uuid();

@ApiTags('subscriptions')
@Controller('v1/deliveries')
export class DeliveriesController {
  constructor(
    private readonly deliveries: ListDeliveries,
    private readonly redeliver: Redeliver,
  ) {}

  @Get()
  @ApiOperation({ summary: 'Deliveries with every attempt, newest first' })
  @ApiOkResponse({ standardSchema: pageShape(deliveryShape) })
  list(@Query({ schema: deliveriesQuery }) query: DeliveriesQuery): Promise<Page<ListedDelivery>> {
    return this.deliveries.list(query);
  }

  @Get(':id')
  @ApiOperation({ summary: 'One delivery, with its message' })
  @ApiOkResponse({ standardSchema: deliveryWithMessageShape })
  read(@Param('id', { schema: deliveryId }) id: string): Promise<DeliveryWithMessage> {
    return this.deliveries.read(id);
  }

  @Post(':id/redeliver')
  @HttpCode(202)
  @ApiOperation({ summary: 'Sends one message again, under the same id' })
  @ApiAcceptedResponse({ standardSchema: deliveryWithMessageShape })
  async again(@Param('id', { schema: deliveryId }) id: string): Promise<ListedDelivery> {
    await this.redeliver.one(id);
    return this.deliveries.read(id);
  }
}
