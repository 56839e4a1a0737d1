import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { h } from 'preact';
import { renderToString } from 'preact-render-to-string';
import { signInPage } from '../../web/explorer/sign-in-page.js';
import { sayIn } from '../../web/phrases.js';
import type { Say } from '../../web/say.js';
import { Document, type Frame, OPERATOR_READER, type Page, type SharedView } from '../../web/ui/frame.js';
import { type Column, csvOf } from '../../web/ui/table.js';
import { hasScope, type Viewer } from '../../core/access/viewer.js';
import { Config, providerOf } from '../config/config.js';
import { ListAlerts } from '../alerts/list-alerts.js';
import { DescribeLedger } from '../ledger/read/describe-ledger.js';
import { LedgerIdentity } from '../ledger/ledger-identity.js';
import { BuiltFiles } from './built-files.js';
import { type Visit, keepLanguage, languageOf } from './visit.js';

/** Pages load style, programs, pictures and data of this service alone. */
const PAGE_CSP =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";

/** A table that a page shows and that can be had as a file. */
export interface FileOfRows<Row> {
  rows: readonly Row[];
  columns: readonly Column<Row>[];
  /** Name of the file, without its ending. */
  name: string;
}

/** Names the reader of a page; null: not signed in, empty: the ledger is open. */
function readerOf({ viewer }: FastifyRequest): string | null {
  if (viewer?.kind === 'actor') return viewer.actor;
  if (viewer?.kind === 'operator') return OPERATOR_READER;
  return viewer?.kind === 'everyone' ? '' : null;
}

/** Returns what a share link shows to the reader of a page; null: there is none. */
const sharedOf = ({ viewer }: FastifyRequest): SharedView | null =>
  viewer?.kind === 'share' ? { lot: viewer.lot, expiresAt: viewer.expiresAt, isFormer: viewer.until !== null } : null;

/** Renders pages for their readers: in their language, with the ledger's present state. */
@Injectable()
export class ShowPages {
  constructor(
    private readonly ledger: DescribeLedger,
    private readonly identity: LedgerIdentity,
    private readonly files: BuiltFiles,
    private readonly alerts: ListAlerts,
    private readonly config: Config,
  ) {}

  /** Returns the page at which people sign in, by what this service has for it. */
  signIn(say: Say): Page {
    return signInPage(say, providerOf(this.config));
  }

  /** Renders the page that `compose` makes for the reader's language. */
  async show({ request, reply }: Visit, compose: (say: Say) => Page | Promise<Page>): Promise<string> {
    const say = sayIn(languageOf(request));
    const [page, { size }, open] = await Promise.all([
      compose(say),
      this.ledger.describe(),
      this.openFor(request.viewer),
    ]);
    keepLanguage(request, reply);
    return this.html(page, { say, size, open }, { request, reply });
  }

  /** Renders a page, or with `?format=csv` the rows of its table as a file. */
  async showTable<Row>(
    visit: Visit,
    compose: (say: Say) => Promise<{ page: () => Page; file: FileOfRows<Row> }>,
  ): Promise<string> {
    const { format } = visit.request.query as { format?: unknown };
    if (format !== 'csv') return this.show(visit, async (say) => (await compose(say)).page());
    const { file } = await compose(sayIn(languageOf(visit.request)));
    void visit.reply
      .type('text/csv; charset=utf-8')
      .header('cache-control', 'private, no-cache')
      .header('content-disposition', `attachment; filename="${file.name.replaceAll(/[^\w.-]/g, '_')}.csv"`);
    return csvOf(file.rows, file.columns);
  }

  /** Renders a page without a look at the ledger, for problems. */
  async showProblem(request: FastifyRequest, reply: FastifyReply, compose: (say: Say) => Page): Promise<string> {
    const say = sayIn(languageOf(request));
    const size = await this.ledger.describe().then(
      (ledger) => ledger.size,
      () => 0,
    );
    return this.html(compose(say), { say, size, open: null }, { request, reply });
  }

  /** Counts the open alerts of a reader; null for one that has no inbox. */
  private openFor(viewer: Viewer | null): Promise<number | null> {
    return viewer !== null && hasScope(viewer, 'alerts') ? this.alerts.countOpen() : Promise.resolve(null);
  }

  private html(page: Page, state: Pick<Frame, 'say' | 'size' | 'open'>, { request, reply }: Visit): string {
    void reply
      .header('content-security-policy', PAGE_CSP)
      .header('vary', 'accept, accept-language, cookie')
      .header('cache-control', 'private, no-cache');
    const shared = sharedOf(request);
    // What a link shows to who has it is neither kept nor found by others.
    if (shared !== null) void reply.header('cache-control', 'no-store').header('x-robots-tag', 'noindex');
    const frame = {
      ...state,
      address: request.url,
      origin: this.identity.origin,
      reader: readerOf(request),
      shared,
      asset: this.files.address,
    };
    return `<!doctype html>\n${renderToString(h(Document, { frame, page }))}\n`;
  }
}
