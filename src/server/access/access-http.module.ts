import { Module } from '@nestjs/common';
import { DatabaseModule } from '../database/database.module.js';
import { JournalModule } from '../journal/journal.module.js';
import { LedgerModule } from '../ledger/ledger.module.js';
import { AccessModule } from './access.module.js';
import { Contacts } from './contacts/contacts.js';
import { ContactsController } from './contacts/contacts.controller.js';
import { ExplainAccess } from './explain-access.js';
import { GrantsController } from './grants.controller.js';
import { IssueTokens } from './sign-in/issue-tokens.js';
import { ListGrants } from './list-grants.js';
import { MachineKeys } from './machine-keys.js';
import { MachineKeysController } from './machine-keys.controller.js';
import { IdentityProvider } from './people/identity-provider.js';
import { People } from './people/people.js';
import { PeopleController } from './people/people.controller.js';
import { ProviderSessionController } from './people/provider-session.controller.js';
import { SharesController } from './shares.controller.js';
import { SessionController } from './sign-in/session.controller.js';
import { SignInLinks } from './sign-in/sign-in-links.js';
import { TokenController } from './sign-in/token.controller.js';

/** Signs in actors, people and programs. */
@Module({
  imports: [AccessModule, DatabaseModule, JournalModule, LedgerModule],
  controllers: [
    ContactsController,
    GrantsController,
    MachineKeysController,
    PeopleController,
    ProviderSessionController,
    SessionController,
    SharesController,
    TokenController,
  ],
  providers: [Contacts, ExplainAccess, IdentityProvider, People, IssueTokens, ListGrants, MachineKeys, SignInLinks],
  exports: [ListGrants, People, MachineKeys],
})
export class AccessHttpModule {}
