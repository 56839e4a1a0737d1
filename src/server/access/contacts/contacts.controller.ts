import { Body, Controller, Delete, Get, Header, HttpCode, Param, Put, Query } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { type Contact, type NewContact, contactShape, newContact } from '../../../core/api/access/contact.js';
import { type Page, pageShape } from '../../../core/api/page.js';
import { registryId } from '../../../core/event/primitives.js';
import { type PageQuery, pageQuery } from '../../http/paging.js';
import { Contacts } from './contacts.js';

@ApiTags('access')
@Controller('v1/contacts')
export class ContactsController {
  constructor(private readonly contacts: Contacts) {}

  @Get()
  @Header('cache-control', 'no-store')
  @ApiOperation({
    summary: 'Lists the contacts that the viewer sees: its own, those shown to it, those of its country',
  })
  @ApiOkResponse({ standardSchema: pageShape(contactShape) })
  list(@Query({ schema: pageQuery }) query: PageQuery): Promise<Page<Contact>> {
    return this.contacts.list(query);
  }

  @Get(':actor')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Shows how an actor is reached' })
  @ApiOkResponse({ standardSchema: contactShape })
  get(@Param('actor', { schema: registryId }) actor: string): Promise<Contact> {
    return this.contacts.get(actor);
  }

  @Put(':actor')
  @ApiOperation({ summary: "Replaces the actor's own contacts, and to whom they are shown" })
  @ApiOkResponse({ standardSchema: contactShape })
  put(
    @Param('actor', { schema: registryId }) actor: string,
    @Body({ schema: newContact }) contact: NewContact,
  ): Promise<Contact> {
    return this.contacts.put(actor, contact);
  }

  @Delete(':actor')
  @HttpCode(204)
  @ApiOperation({ summary: "Erases the actor's own contacts" })
  @ApiNoContentResponse({ description: 'Erased' })
  erase(@Param('actor', { schema: registryId }) actor: string): Promise<void> {
    return this.contacts.erase(actor);
  }
}
