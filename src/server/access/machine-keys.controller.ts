import { Body, Controller, Delete, Get, Header, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import * as z from 'zod';
import {
  type CreatedMachineKey,
  type MachineKey,
  type NewMachineKey,
  type RotateMachineKey,
  createdMachineKeyShape,
  machineKeyShape,
  newMachineKey,
  rotateMachineKey,
} from '../../core/api/access/machine-key.js';
import { type Page, pageShape } from '../../core/api/page.js';
import { type PageQuery, pageQuery } from '../http/paging.js';
import { MachineKeys } from './machine-keys.js';

const keyId = z.uuid();

@ApiTags('access')
@Controller('v1/keys')
export class MachineKeysController {
  constructor(private readonly keys: MachineKeys) {}

  @Post()
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Makes a key for a program, and shows it once' })
  @ApiCreatedResponse({ standardSchema: createdMachineKeyShape })
  create(@Body({ schema: newMachineKey }) asked: NewMachineKey): Promise<CreatedMachineKey> {
    return this.keys.create(asked);
  }

  @Get()
  @ApiOperation({ summary: 'Keys for machines of the viewer; for the operator, of all' })
  @ApiOkResponse({ standardSchema: pageShape(machineKeyShape) })
  list(@Query({ schema: pageQuery }) query: PageQuery): Promise<Page<MachineKey>> {
    return this.keys.list(query);
  }

  @Post(':id/rotate')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Replaces a key and shows the new one once; for some hours both are valid' })
  @ApiOkResponse({ standardSchema: createdMachineKeyShape })
  rotate(
    @Param('id', { schema: keyId }) id: string,
    @Body({ schema: rotateMachineKey }) asked: RotateMachineKey,
  ): Promise<CreatedMachineKey> {
    return this.keys.rotate(id, asked);
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({ summary: 'Revokes a key; within seconds it is refused everywhere' })
  @ApiNoContentResponse({ description: 'Done' })
  revoke(@Param('id', { schema: keyId }) id: string): Promise<void> {
    return this.keys.revoke(id);
  }
}
