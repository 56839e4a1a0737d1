import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import * as z from 'zod';
import { type Page, pageShape } from '../../../core/api/page.js';
import { type NewPerson, type Person, newPerson, personShape } from '../../../core/api/access/person.js';
import { type PageQuery, pageQuery } from '../../http/paging.js';
import { People } from './people.js';

@ApiTags('access')
@Controller('v1/people')
export class PeopleController {
  constructor(private readonly people: People) {}

  @Post()
  @ApiOperation({ summary: 'Maps a person of the identity provider to an actor' })
  @ApiCreatedResponse({ standardSchema: personShape })
  create(@Body({ schema: newPerson }) asked: NewPerson): Promise<Person> {
    return this.people.create(asked);
  }

  @Get()
  @ApiOperation({ summary: 'People who act for the viewer; for the operator, all' })
  @ApiOkResponse({ standardSchema: pageShape(personShape) })
  list(@Query({ schema: pageQuery }) query: PageQuery): Promise<Page<Person>> {
    return this.people.list(query);
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({ summary: 'Ends a person; its sessions end within seconds' })
  @ApiNoContentResponse({ description: 'Done' })
  end(@Param('id', { schema: z.uuid() }) id: string): Promise<void> {
    return this.people.end(id);
  }
}
