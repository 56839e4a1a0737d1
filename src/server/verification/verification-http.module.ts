import { Module } from '@nestjs/common';
import { FindingsController } from './findings/findings.controller.js';
import { RulePages } from './findings/rule-pages.js';
import { VerificationModule } from './verification.module.js';

/** Serves findings, and describes the rules. */
@Module({
  imports: [VerificationModule],
  controllers: [FindingsController],
  providers: [RulePages],
  exports: [RulePages],
})
export class VerificationHttpModule {}
