import { Body, Controller, Delete, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { type NewPassport, type Passport, newPassport, passportShape } from '../../../core/api/access/passport.js';
import { lotIdSchema } from '../../../core/event/primitives.js';
import { Passports } from '../../access/passports.js';
import { RenewIndex } from '../../transparency/renew-index.js';

/** Publishes and withdraws the passports of lots. */
@ApiTags('access')
@Controller('v1/lots/:id/passport')
export class PassportsController {
  constructor(
    private readonly passports: Passports,
    private readonly index: RenewIndex,
  ) {}

  @Post()
  @HttpCode(200)
  @ApiOperation({ summary: 'Publishes the passport of a lot that the viewer holds, under a public code' })
  @ApiOkResponse({ standardSchema: passportShape })
  async publish(
    @Param('id', { schema: lotIdSchema }) id: string,
    @Body({ schema: newPassport }) asked: NewPassport,
  ): Promise<Passport> {
    const passport = await this.passports.publish(id, asked);
    // Seals the index now, since the public evidence has the last one and readers cannot ask for another.
    if (asked.evidence) await this.index.renew();
    return passport;
  }

  @Get()
  @ApiOperation({ summary: 'The passport of a lot, for those who see the lot' })
  @ApiOkResponse({ standardSchema: passportShape })
  read(@Param('id', { schema: lotIdSchema }) id: string): Promise<Passport> {
    return this.passports.ofLot(id);
  }

  @Delete()
  @HttpCode(204)
  @ApiOperation({ summary: 'Withdraws the passport of a lot; its code leads nowhere from then on' })
  @ApiNoContentResponse({ description: 'It is withdrawn' })
  withdraw(@Param('id', { schema: lotIdSchema }) id: string): Promise<void> {
    return this.passports.withdraw(id);
  }
}
