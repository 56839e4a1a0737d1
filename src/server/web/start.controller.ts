import { Controller, Get, Header } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import { type Start, startShape } from '../../core/api/ledger.js';
import { logPage } from '../../web/explorer/log-page.js';
import { startPage } from '../../web/explorer/start-page.js';
import { wantsHtml } from '../http/wants-html.js';
import { DescribeLedger } from '../ledger/read/describe-ledger.js';
import { ReadLog } from '../ledger/read/read-log.js';
import { ShowCheckpoint } from '../transparency/show-checkpoint.js';
import { PAGE } from './page-answer.js';
import { ShowPages } from './show-pages.js';
import { type Visit, Visiting } from './visit.js';

/** Where things are for programs, by path, and what each is. */
const startLinks: Readonly<Record<string, string>> = {
  '/docs': 'the HTTP API, to read and to try',
  '/openapi.json': 'the same for programs (OpenAPI 3.1)',
  '/v1/ledger': 'origin, keys and size of the log',
  '/v1/lots': 'lots, newest first',
  '/v1/findings': 'what the verifiers found',
  '/v1/alerts': 'alerts, the newest change first',
  '/rules': 'the rules, with what each means and what to do',
  '/errors': 'the error codes',
  '/log/checkpoint': 'the newest signed checkpoint of the log',
  '/log/witnesses': 'the witnesses that sign it too',
  '/readyz': 'whether the service can answer requests now',
};

/** Serves the start page and the page of the log; programs get the start page as JSON. */
@ApiTags('ledger')
@Controller()
export class StartController {
  constructor(
    private readonly ledger: DescribeLedger,
    private readonly checkpoints: ShowCheckpoint,
    private readonly log: ReadLog,
    private readonly pages: ShowPages,
  ) {}

  @Get()
  @Header('vary', 'accept')
  @ApiProduces('application/json', 'text/html')
  @ApiOperation({ summary: 'Which ledger this is, and where things are' })
  @ApiOkResponse({ standardSchema: startShape })
  async start(@Visiting() visit: Visit): Promise<string | Start> {
    const ledger = await this.ledger.describe();
    if (!wantsHtml(visit.request.headers.accept)) return { ledger, links: startLinks };
    const [witnessing, newest] = await Promise.all([this.checkpoints.witnesses(), this.log.recordedAt(ledger.size)]);
    const shown = newest === null ? null : new Date(newest).toISOString();
    return this.pages.show(visit, () => startPage({ ledger, witnessing, newest: shown }));
  }

  @Get('signin')
  @ApiProduces('text/html')
  @ApiOperation({ summary: 'Page: sign in by a printed link or a key file' })
  @ApiOkResponse({ schema: PAGE })
  signIn(@Visiting() visit: Visit): Promise<string> {
    return this.pages.show(visit, (say) => this.pages.signIn(say));
  }

  @Get('log')
  @ApiProduces('text/html')
  @ApiOperation({ summary: 'Page: the log, its signed state, its keys and its witnesses' })
  @ApiOkResponse({ schema: PAGE })
  logPage(@Visiting() visit: Visit): Promise<string> {
    return this.pages.show(visit, async (say) => {
      const [ledger, keys, witnessing] = await Promise.all([
        this.ledger.describe(),
        this.ledger.keys(),
        this.checkpoints.witnesses(),
      ]);
      // There is none before the first quorum; the page shows the rest.
      const checkpoint = await this.checkpoints.newest().then(
        ({ note }) => note,
        () => null,
      );
      return logPage(say, { ledger, keys, witnessing, checkpoint });
    });
  }
}
