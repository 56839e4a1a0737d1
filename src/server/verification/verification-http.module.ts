import { Module } from '@nestjs/common';
import { FindingsController } from './findings/findings.controller.js';
import { RulePages } from './findings/rule-pages.js';
import { RulesController } from './findings/rules.controller.js';
import { VerificationModule } from './verification.module.js';

/** Serves findings and rules. */
@Module({
  imports: [VerificationModule],
  controllers: [FindingsController, RulesController],
  providers: [RulePages],
})
export class VerificationHttpModule {}
