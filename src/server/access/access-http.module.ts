import { Module } from '@nestjs/common';
import { DatabaseModule } from '../database/database.module.js';
import { LedgerModule } from '../ledger/ledger.module.js';
import { AccessModule } from './access.module.js';
import { ExplainAccess } from './explain-access.js';
import { IssueTokens } from './issue-tokens.js';
import { SharesController } from './shares.controller.js';
import { TokenController } from './token.controller.js';

/** Signs in actors, people and programs. */
@Module({
  imports: [AccessModule, DatabaseModule, LedgerModule],
  controllers: [SharesController, TokenController],
  providers: [ExplainAccess, IssueTokens],
})
export class AccessHttpModule {}
