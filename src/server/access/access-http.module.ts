import { Module } from '@nestjs/common';
import { AccessModule } from './access.module.js';
import { IssueTokens } from './issue-tokens.js';
import { TokenController } from './token.controller.js';

/** Signs in actors, people and programs. */
@Module({ imports: [AccessModule], controllers: [TokenController], providers: [IssueTokens] })
export class AccessHttpModule {}
