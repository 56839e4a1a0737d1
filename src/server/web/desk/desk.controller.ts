import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import * as z from 'zod';
import { plainText } from '../../../core/api/values.js';
import { eventIdSchema, lotIdSchema, MAX_LOTS } from '../../../core/event/primitives.js';
import { type ActionName, actionNames } from '../../../web/desk/actions.js';
import { deskPage, noDeskPage } from '../../../web/desk/desk-page.js';
import { formPage, outboxPage, receivePage } from '../../../web/desk/form-pages.js';
import { signInPage } from '../../../web/explorer/sign-in-page.js';
import type { Say } from '../../../web/say.js';
import type { Page } from '../../../web/ui/frame.js';
import { viewerNow } from '../../http/viewing.js';
import { PAGE } from '../page-answer.js';
import { ShowPages } from '../show-pages.js';
import { type Visit, Visiting } from '../visit.js';
import { GatherDesk } from './gather-desk.js';
import { GatherForms } from './gather-forms.js';

const lang = plainText(8).optional();
const one = <T extends z.ZodType>(schema: T) =>
  z.preprocess(
    (value) => (value === undefined || Array.isArray(value) ? value : [value]),
    z.array(schema).max(MAX_LOTS),
  );
const receiveQuery = z.strictObject({ dispatch: eventIdSchema.optional(), lang });
const formQuery = z.strictObject({ lot: one(lotIdSchema).default([]), lang });

/** Serves the desk: the pages on which actors record what they do with their lots. */
@ApiTags('pages')
@Controller('desk')
export class DeskController {
  constructor(
    private readonly pages: ShowPages,
    private readonly desk: GatherDesk,
    private readonly forms: GatherForms,
  ) {}

  @Get()
  @ApiProduces('text/html')
  @ApiOperation({ summary: 'Page: what is on its way to an actor, what it holds and what it sent' })
  @ApiOkResponse({ schema: PAGE })
  home(@Visiting() visit: Visit): Promise<string> {
    return this.show(visit, async (say, actor) => deskPage(say, await this.desk.gather(actor)));
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
    @Query({ schema: formQuery }) { lot: ids }: z.infer<typeof formQuery>,
  ): Promise<string> {
    return this.show(visit, async (say, actor) => {
      const data = await this.forms.form(say, actor, name, ids);
      return formPage(say, say.count(`desk.do.${name}`, data.lots.length, { lot: data.lots[0]?.called ?? '' }), data);
    });
  }

  /** Shows a page of the desk to an actor; the sign-in to a stranger, and why there is no desk to others. */
  private show(visit: Visit, compose: (say: Say, actor: string) => Promise<Page>): Promise<string> {
    return this.pages.show(visit, async (say) => {
      const viewer = viewerNow();
      if (viewer.kind === 'actor') return compose(say, viewer.actor);
      return viewer.kind === 'operator' || viewer.kind === 'everyone' ? noDeskPage(say, viewer.kind) : signInPage(say);
    });
  }
}
