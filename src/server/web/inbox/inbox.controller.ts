import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import * as z from 'zod';
import { maySilence, silencesQuery } from '../../../core/api/alerts/silence.js';
import { ruleNames } from '../../../core/api/values.js';
import { deliveriesPage } from '../../../web/inbox/deliveries-page.js';
import { inboxPage } from '../../../web/inbox/inbox-page.js';
import { silencesPage } from '../../../web/inbox/silences-page.js';
import { subscriptionsPage } from '../../../web/inbox/subscriptions-page.js';
import { SilenceAlerts } from '../../alerts/silence-alerts.js';
import { deliveriesQuery } from '../../delivery/list-deliveries.js';
import { ruleTitle } from '../../delivery/words/index.js';
import { pageQuery } from '../../http/paging.js';
import { PAGE } from '../page-answer.js';
import { filtersOf, listQuery, pageQueryOf } from '../queries.js';
import { ShowPages } from '../show-pages.js';
import { type Visit, Visiting } from '../visit.js';
import { TellInbox } from './tell-inbox.js';
import { TellSubscriptions } from './tell-subscriptions.js';

const caseId = z.uuid();
const silences = pageQueryOf(silencesQuery);
const subscriptions = pageQueryOf(pageQuery);
const deliveries = pageQueryOf(deliveriesQuery);
const silenceable = ruleNames.filter(maySilence);

/** Serves the inbox: alerts as cases, who is notified of them, and what is silenced. */
@ApiTags('pages')
@Controller('inbox')
export class InboxController {
  constructor(
    private readonly pages: ShowPages,
    private readonly inbox: TellInbox,
    private readonly subscribed: TellSubscriptions,
    private readonly silenced: SilenceAlerts,
  ) {}

  @Get()
  @ApiProduces('text/html')
  @ApiOperation({ summary: 'Page: the alerts that need the reader, and the most urgent as a case' })
  @ApiOkResponse({ schema: PAGE })
  all(@Visiting() visit: Visit): Promise<string> {
    return this.pages.show(visit, async (say) => inboxPage(say, await this.inbox.tell(null, say.language)));
  }

  @Get('subscriptions')
  @ApiProduces('text/html')
  @ApiOperation({ summary: "Page: the reader's subscriptions, with a test for each" })
  @ApiOkResponse({ schema: PAGE })
  subscriptions(
    @Visiting() visit: Visit,
    @Query({ schema: subscriptions }) asked: z.infer<typeof subscriptions>,
  ): Promise<string> {
    return this.pages.show(visit, async (say) => subscriptionsPage(say, await this.subscribed.list(listQuery(asked))));
  }

  @Get('deliveries')
  @ApiProduces('text/html')
  @ApiOperation({ summary: "Page: messages to the reader's subscriptions, with every attempt" })
  @ApiOkResponse({ schema: PAGE })
  deliveries(
    @Visiting() visit: Visit,
    @Query({ schema: deliveries }) asked: z.infer<typeof deliveries>,
  ): Promise<string> {
    return this.pages.show(visit, async (say) =>
      deliveriesPage(say, { ...(await this.subscribed.deliveries(listQuery(asked))), filters: filtersOf(asked) }),
    );
  }

  @Get('silences')
  @ApiProduces('text/html')
  @ApiOperation({ summary: 'Page: what the reader has silenced, until when and why' })
  @ApiOkResponse({ schema: PAGE })
  silences(@Visiting() visit: Visit, @Query({ schema: silences }) asked: z.infer<typeof silences>): Promise<string> {
    const withEnded = asked.ended === 'include';
    return this.pages.show(visit, async (say) =>
      silencesPage(say, {
        silences: await this.silenced.list(withEnded),
        rules: silenceable.map((rule) => [rule, ruleTitle(rule, say.language)] as const),
        withEnded,
      }),
    );
  }

  @Get(':id')
  @ApiProduces('text/html')
  @ApiOperation({ summary: 'Page: one alert as a case, beside the others' })
  @ApiOkResponse({ schema: PAGE })
  case(@Visiting() visit: Visit, @Param('id', { schema: caseId }) id: string): Promise<string> {
    return this.pages.show(visit, async (say) => inboxPage(say, await this.inbox.tell(id, say.language)));
  }
}
