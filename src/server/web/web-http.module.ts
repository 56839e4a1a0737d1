import { Module } from '@nestjs/common';
import { AccessHttpModule } from '../access/access-http.module.js';
import { AccessModule } from '../access/access.module.js';
import { AlertsHttpModule } from '../alerts/alerts-http.module.js';
import { DeliveryHttpModule } from '../delivery/delivery-http.module.js';
import { DatabaseModule } from '../database/database.module.js';
import { HttpModule } from '../http/http.module.js';
import { LedgerHttpModule } from '../ledger/ledger-http.module.js';
import { LedgerModule } from '../ledger/ledger.module.js';
import { ProvenanceHttpModule } from '../provenance/provenance-http.module.js';
import { QueueModule } from '../queue/queue.module.js';
import { RegistryHttpModule } from '../registry/registry-http.module.js';
import { TransparencyModule } from '../transparency/transparency.module.js';
import { VerificationHttpModule } from '../verification/verification-http.module.js';
import { VerificationModule } from '../verification/verification.module.js';
import { AssetsController } from './assets.controller.js';
import { BuiltFiles } from './built-files.js';
import { DeskController } from './desk/desk.controller.js';
import { GatherDesk } from './desk/gather-desk.js';
import { GatherEvents } from './desk/gather-events.js';
import { GatherForms } from './desk/gather-forms.js';
import { GatherPapers } from './desk/gather-papers.js';
import { PapersController } from './desk/papers.controller.js';
import { ErrorsController } from './errors.controller.js';
import { EventPagesController } from './event-pages.controller.js';
import { FindAnything } from './find-anything.js';
import { FindingPagesController } from './finding-pages.controller.js';
import { GatherPlaces } from './gather-places.js';
import { InboxController } from './inbox/inbox.controller.js';
import { TellInbox } from './inbox/tell-inbox.js';
import { TellSubscriptions } from './inbox/tell-subscriptions.js';
import { LotPagesController } from './lot-pages.controller.js';
import { LotTablesController } from './lot-tables.controller.js';
import { AccessListsController } from './operation/access-lists.controller.js';
import { JobsController } from './operation/jobs.controller.js';
import { OperationController } from './operation/operation.controller.js';
import { TellOperation } from './operation/tell-operation.js';
import { PassportEvidence } from './passport/passport-evidence.js';
import { Gs1Controller, PassportPagesController } from './passport/passport-pages.controller.js';
import { PassportsController } from './passport/passports.controller.js';
import { PassportsDataController } from './passport/passports-data.controller.js';
import { ActorPagesController } from './registry/actor-pages.controller.js';
import { GoodsPagesController } from './registry/goods-pages.controller.js';
import { TellGoods } from './registry/tell-goods.js';
import { SitePagesController } from './registry/site-pages.controller.js';
import { RulesController } from './rules.controller.js';
import { SearchPagesController } from './search-pages.controller.js';
import { ShowPages } from './show-pages.js';
import { StartController } from './start.controller.js';
import { StoriesController } from './stories.controller.js';
import { TellLot } from './tell-lot.js';
import { TellPassport } from './passport/tell-passport.js';

/** Serves the pages for people, and what they load. */
@Module({
  imports: [
    AccessHttpModule,
    AccessModule,
    AlertsHttpModule,
    DeliveryHttpModule,
    DatabaseModule,
    HttpModule,
    LedgerHttpModule,
    LedgerModule,
    ProvenanceHttpModule,
    QueueModule,
    RegistryHttpModule,
    TransparencyModule,
    VerificationHttpModule,
    VerificationModule,
  ],
  controllers: [
    StartController,
    SearchPagesController,
    LotPagesController,
    LotTablesController,
    EventPagesController,
    SitePagesController,
    ActorPagesController,
    GoodsPagesController,
    FindingPagesController,
    RulesController,
    ErrorsController,
    AssetsController,
    InboxController,
    OperationController,
    AccessListsController,
    JobsController,
    PassportPagesController,
    Gs1Controller,
    PassportsController,
    PassportsDataController,
    StoriesController,
    DeskController,
    PapersController,
  ],
  providers: [
    BuiltFiles,
    FindAnything,
    GatherDesk,
    GatherEvents,
    GatherForms,
    GatherPapers,
    GatherPlaces,
    PassportEvidence,
    ShowPages,
    TellGoods,
    TellInbox,
    TellLot,
    TellOperation,
    TellPassport,
    TellSubscriptions,
  ],
})
export class WebHttpModule {}
