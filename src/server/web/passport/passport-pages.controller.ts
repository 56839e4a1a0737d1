import { Controller, Get, Param, StreamableFile, UseInterceptors } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags, ApiTemporaryRedirectResponse } from '@nestjs/swagger';
import { GS1_LENGTH, type PassportData, gtin, passportDataShape } from '../../../core/api/access/passport.js';
import { identifierText, plainText } from '../../../core/api/values.js';
import { passportPage } from '../../../web/passport/passport-page.js';
import { sharePage } from '../../../web/passport/share-page.js';
import { sayIn } from '../../../web/phrases.js';
import { Passports } from '../../access/passports.js';
import { HeavyReads } from '../../http/heavy-reads.js';
import { wantsHtml } from '../../http/wants-html.js';
import { PAGE } from '../page-answer.js';
import { ShowPages } from '../show-pages.js';
import { TellPassport } from './tell-passport.js';
import { type Visit, Visiting, languageOf } from '../visit.js';

/** A code of an address, with what follows it, such as `.pdf`. */
const code = plainText(40);
const gs1Text = identifierText(GS1_LENGTH);

const PDF = '.pdf';
/** A passport may be kept for as long as its withdrawal may be unknown. */
const KEPT = 'public, max-age=60';
const FOUND = 307;

const TO_PASSPORT = 'To the passport, by its public code';

/** Serves published passports to everyone: as pages, as certificates, as data, and by GS1 Digital Link. */
@ApiTags('passports')
@UseInterceptors(HeavyReads)
@Controller('p')
export class PassportPagesController {
  constructor(
    private readonly passports: Passports,
    private readonly told: TellPassport,
    private readonly pages: ShowPages,
  ) {}

  /** The secret is behind the `#`, which browsers do not send: the page reads it. */
  @Get()
  @ApiProduces('text/html')
  @ApiOperation({ summary: 'Page: opens a share link' })
  @ApiOkResponse({ schema: PAGE })
  async opened(@Visiting() visit: Visit): Promise<string> {
    const html = await this.pages.show(visit, sharePage);
    void visit.reply.header('cache-control', 'no-store').header('x-robots-tag', 'noindex');
    return html;
  }

  @Get(':code')
  @ApiProduces('application/json', 'text/html', 'application/pdf')
  @ApiOperation({ summary: 'Page: a published passport; as PDF where the code is followed by .pdf' })
  @ApiOkResponse({ standardSchema: passportDataShape })
  async passport(
    @Visiting() visit: Visit,
    @Param('code', { schema: code }) asked: string,
  ): Promise<string | PassportData | StreamableFile> {
    const isPdf = asked.endsWith(PDF);
    const passport = await this.passports.byCode(isPdf ? asked.slice(0, -PDF.length) : asked);
    const data = await this.told.tell(passport);
    const { request, reply } = visit;
    if (isPdf) {
      const { printCertificate } = await import('./print-certificate.js');
      const pdf = await printCertificate(sayIn(languageOf(request)), data);
      void reply.header('cache-control', KEPT).header('vary', 'accept-language, cookie');
      const name = `attachment; filename="${data.code}.pdf"`;
      return new StreamableFile(pdf, { type: 'application/pdf', length: pdf.length, disposition: name });
    }
    if (wantsHtml(request.headers.accept)) {
      const html = await this.pages.show(visit, (say) => passportPage(say, data));
      void reply.header('cache-control', KEPT);
      return html;
    }
    void reply.header('cache-control', KEPT).header('vary', 'accept');
    return data;
  }
}

/** Leads GS1 Digital Links of labels to the passports that they are published under. */
@ApiTags('passports')
@Controller()
export class Gs1Controller {
  constructor(private readonly passports: Passports) {}

  @Get('01/:gtin/21/:serial')
  @ApiProduces('text/html')
  @ApiOperation({ summary: 'GS1 Digital Link: a GTIN with a serial number' })
  @ApiTemporaryRedirectResponse({ description: TO_PASSPORT, schema: PAGE })
  async serial(
    @Visiting() visit: Visit,
    @Param('gtin', { schema: gtin }) asked: string,
    @Param('serial', { schema: gs1Text }) serial: string,
  ): Promise<void> {
    lead(visit, await this.passports.byGs1({ gtin: asked, serial }));
  }

  @Get('01/:gtin/10/:lot')
  @ApiProduces('text/html')
  @ApiOperation({ summary: 'GS1 Digital Link: a GTIN with a lot number' })
  @ApiTemporaryRedirectResponse({ description: TO_PASSPORT, schema: PAGE })
  async lotOfGtin(
    @Visiting() visit: Visit,
    @Param('gtin', { schema: gtin }) asked: string,
    @Param('lot', { schema: gs1Text }) lotNumber: string,
  ): Promise<void> {
    lead(visit, await this.passports.byGs1({ gtin: asked, lotNumber }));
  }

  @Get('10/:lot')
  @ApiProduces('text/html')
  @ApiOperation({ summary: 'A lot number alone, where one published passport has it' })
  @ApiTemporaryRedirectResponse({ description: TO_PASSPORT, schema: PAGE })
  async lot(@Visiting() visit: Visit, @Param('lot', { schema: gs1Text }) lotNumber: string): Promise<void> {
    lead(visit, await this.passports.byGs1({ lotNumber }));
  }
}

/** Redirects to a passport, which answers in the form that the reader accepts. */
const lead = ({ reply }: Visit, found: string): void => {
  void reply.status(FOUND).header('location', `/p/${found}`).header('cache-control', KEPT).send();
};
