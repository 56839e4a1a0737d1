import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import * as z from 'zod';
import { identifierText, plainText } from '../../../core/api/values.js';
import type { GoodsKind } from '../../../core/rules/engine/goods-sought.js';
import { findingColumns } from '../../../web/explorer/finding-pages.js';
import { type GoodsPageData, goodsColumns, goodsPage } from '../../../web/explorer/goods-page.js';
import { lotColumns } from '../../../web/explorer/lots-page.js';
import type { Say } from '../../../web/say.js';
import type { Column } from '../../../web/ui/table.js';
import { PAGE, PAGE_OR_FILE } from '../page-answer.js';
import { ShowPages } from '../show-pages.js';
import { type Visit, Visiting } from '../visit.js';
import { TellGoods } from './tell-goods.js';

const identifier: z.ZodType<string> = identifierText(64);
const query = z.strictObject({
  table: z.enum(['events', 'lots', 'findings']).default('events').describe('Which table the file has'),
  format: z.literal('csv').optional(),
  lang: plainText(8).optional(),
});
type Asked = z.infer<typeof query>;

/** Serves the pages of what goods travel with: certificates, containers, seals and vehicles. */
@ApiTags('pages')
@Controller()
export class GoodsPagesController {
  constructor(
    private readonly pages: ShowPages,
    private readonly goods: TellGoods,
  ) {}

  @Get('certificates/:number')
  @ApiProduces(...PAGE_OR_FILE)
  @ApiOperation({ summary: 'Page: a certificate, with the events, lots and findings that name it' })
  @ApiOkResponse({ schema: PAGE })
  certificate(
    @Visiting() visit: Visit,
    @Param('number', { schema: identifier }) number: string,
    @Query({ schema: query }) asked: Asked,
  ): Promise<string> {
    return this.show(visit, 'certificate', number, asked);
  }

  @Get('containers/:number')
  @ApiProduces(...PAGE_OR_FILE)
  @ApiOperation({ summary: 'Page: a container, with the events, lots and findings that name it' })
  @ApiOkResponse({ schema: PAGE })
  container(
    @Visiting() visit: Visit,
    @Param('number', { schema: identifier }) number: string,
    @Query({ schema: query }) asked: Asked,
  ): Promise<string> {
    return this.show(visit, 'container', number, asked);
  }

  @Get('seals/:number')
  @ApiProduces(...PAGE_OR_FILE)
  @ApiOperation({ summary: 'Page: a seal, with the events, lots and findings that name it' })
  @ApiOkResponse({ schema: PAGE })
  seal(
    @Visiting() visit: Visit,
    @Param('number', { schema: identifier }) number: string,
    @Query({ schema: query }) asked: Asked,
  ): Promise<string> {
    return this.show(visit, 'seal', number, asked);
  }

  @Get('vehicles/:number')
  @ApiProduces(...PAGE_OR_FILE)
  @ApiOperation({ summary: 'Page: a vehicle, with the events, lots and findings that name it' })
  @ApiOkResponse({ schema: PAGE })
  vehicle(
    @Visiting() visit: Visit,
    @Param('number', { schema: identifier }) number: string,
    @Query({ schema: query }) asked: Asked,
  ): Promise<string> {
    return this.show(visit, 'vehicle', number, asked);
  }

  private show(visit: Visit, kind: GoodsKind, number: string, { table }: Asked): Promise<string> {
    const shown = <Row>(
      rows: (data: GoodsPageData) => readonly Row[],
      columns: (say: Say) => readonly Column<Row>[],
    ): Promise<string> =>
      this.pages.showTable(visit, async (say) => {
        const data = await this.goods.tell(kind, number, say.language);
        const file = { rows: rows(data), columns: columns(say), name: `${kind}-${number}-${table}` };
        return { page: () => goodsPage(say, data), file };
      });
    if (table === 'lots') return shown(({ lots }) => lots, lotColumns);
    if (table === 'findings') return shown(({ findings }) => findings, findingColumns);
    return shown(({ events }) => events, goodsColumns);
  }
}
