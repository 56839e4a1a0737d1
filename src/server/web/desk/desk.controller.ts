import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import * as z from 'zod';
import { eventIdSchema, lotIdSchema } from '../../../core/event/primitives.js';
import { type ActionName, actionNames } from '../../../web/desk/actions.js';
import { accessPage } from '../../../web/desk/access-page.js';
import { correctPage } from '../../../web/desk/correct-page.js';
import { deskPage, noDeskPage } from '../../../web/desk/desk-page.js';
import { formPage, outboxPage, receivePage } from '../../../web/desk/form-pages.js';
import type { Say } from '../../../web/say.js';
import type { Page } from '../../../web/ui/frame.js';
import { ReadLot } from '../../provenance/read-lot.js';
import { pageQuery } from '../../http/paging.js';
import { viewerNow } from '../../http/viewing.js';
import { PAGE } from '../page-answer.js';
import { ShowPages } from '../show-pages.js';
import { type Visit, Visiting } from '../visit.js';
import { lang, lotsQuery } from './desk-queries.js';
import { GatherDesk } from './gather-desk.js';
import { GatherEvents } from './gather-events.js';
import { GatherForms } from './gather-forms.js';

/** Checks a cursor also where the viewer has no lists, and it is not decoded. */
const cursor = pageQuery.shape.cursor
  .unwrap()
  .regex(/^[A-Za-z0-9_-]+$/, 'does not come from this list')
  .optional();
/** `?stock=…`: the part of each list that is shown. */
const homeQuery = z.strictObject({ incoming: cursor, stock: cursor, outgoing: cursor, lang });
const receiveQuery = z.strictObject({ dispatch: eventIdSchema.optional(), lang });

/** Characters by which people know an event. */
const SHORT = 8;

/** Serves the desk: the pages on which actors record what they do with their lots. */
@ApiTags('pages')
@Controller('desk')
export class DeskController {
  constructor(
    private readonly pages: ShowPages,
    private readonly desk: GatherDesk,
    private readonly forms: GatherForms,
    private readonly events: GatherEvents,
    private readonly lots: ReadLot,
  ) {}

  @Get()
  @ApiProduces('text/html')
  @ApiOperation({ summary: 'Page: what is on its way to an actor, what it holds and what it sent' })
  @ApiOkResponse({ schema: PAGE })
  home(
    @Visiting() visit: Visit,
    @Query({ schema: homeQuery }) { lang: _lang, ...from }: z.infer<typeof homeQuery>,
  ): Promise<string> {
    return this.show(visit, async (say, actor) => deskPage(say, await this.desk.gather(actor, from)));
  }

  @Get('receive')
  @ApiProduces('text/html')
  @ApiOperation({ summary: 'Page: receive or reject lots that are on their way to an actor' })
  @ApiOkResponse({ schema: PAGE })
  receive(
    @Visiting() visit: Visit,
    @Query({ schema: receiveQuery }) { dispatch }: z.infer<typeof receiveQuery>,
  ): Promise<string> {
    return this.show(visit, async (say, actor) => receivePage(say, await this.forms.receive(say, actor, dispatch)));
  }

  @Get('outbox')
  @ApiProduces('text/html')
  @ApiOperation({ summary: 'Page: the events that this browser has signed, and their answers' })
  @ApiOkResponse({ schema: PAGE })
  outbox(@Visiting() visit: Visit): Promise<string> {
    return this.show(visit, (say) => Promise.resolve(outboxPage(say)));
  }

  @Get('do/:action')
  @ApiProduces('text/html')
  @ApiOperation({ summary: 'Page: record an event about lots that an actor holds' })
  @ApiOkResponse({ schema: PAGE })
  form(
    @Visiting() visit: Visit,
    @Param('action', { schema: z.enum(actionNames) }) name: ActionName,
    @Query({ schema: lotsQuery }) { lot: ids }: z.infer<typeof lotsQuery>,
  ): Promise<string> {
    return this.show(visit, async (say, actor) => {
      const data = await this.forms.form(say, actor, name, ids);
      return formPage(say, say.count(`desk.do.${name}`, data.lots.length, { lot: data.lots[0]?.called ?? '' }), data);
    });
  }

  @Get('correct/:event')
  @ApiProduces('text/html')
  @ApiOperation({ summary: 'Page: correct claims of an event that an actor signed' })
  @ApiOkResponse({ schema: PAGE })
  correct(@Visiting() visit: Visit, @Param('event', { schema: eventIdSchema }) id: string): Promise<string> {
    return this.show(visit, async (say, actor) => {
      const { type, data } = await this.events.correct(actor, id);
      return correctPage(say, type, data);
    });
  }

  @Get('dispute/:event')
  @ApiProduces('text/html')
  @ApiOperation({ summary: 'Page: dispute an event that names an actor' })
  @ApiOkResponse({ schema: PAGE })
  dispute(@Visiting() visit: Visit, @Param('event', { schema: eventIdSchema }) id: string): Promise<string> {
    return this.show(visit, async (say, actor) =>
      formPage(
        say,
        say.word('desk.dispute.title', { event: id.slice(0, SHORT) }),
        await this.events.dispute(actor, id),
      ),
    );
  }

  @Get('access/:lot')
  @ApiProduces('text/html')
  @ApiOperation({ summary: 'Page: share a lot, grant access to it, and see who read it' })
  @ApiOkResponse({ schema: PAGE })
  access(@Visiting() visit: Visit, @Param('lot', { schema: lotIdSchema }) id: string): Promise<string> {
    return this.show(visit, async (say) => accessPage(say, await this.lots.ofParty(id)));
  }

  /** Shows a page of the desk to an actor; the sign-in to a stranger, and why there is no desk to others. */
  private show(visit: Visit, compose: (say: Say, actor: string) => Promise<Page>): Promise<string> {
    return this.pages.show(visit, async (say) => {
      const viewer = viewerNow();
      if (viewer.kind === 'actor') return compose(say, viewer.actor);
      if (viewer.kind === 'operator' || viewer.kind === 'everyone') return noDeskPage(say, viewer.kind);
      return this.pages.signIn(say);
    });
  }
}
