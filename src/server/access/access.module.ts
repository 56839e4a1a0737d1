import { Module } from '@nestjs/common';
import { DatabaseModule } from '../database/database.module.js';
import { LedgerModule } from '../ledger/ledger.module.js';
import { Identify } from '../http/viewing.js';
import { AccessTokens } from './sign-in/access-tokens.js';
import { ActorKeys } from './actor-keys.js';
import { IdentifyViewers } from './identify-viewers.js';
import { Passports } from './passports.js';
import { KnownPeople } from './people/known-people.js';
import { SignedInBy } from './people/signed-in-by.js';
import { RecordAccesses } from './record-accesses.js';
import { Shares } from './shares.js';
import { RecogniseMachines } from './recognise-machines.js';
import { Cookies } from './sign-in/session-cookie.js';
import { Sessions } from './sign-in/sessions.js';
import { SpentProofs } from './spent-proofs.js';

/** Recognises who makes a request, in every process that answers HTTP. */
@Module({
  imports: [DatabaseModule, LedgerModule],
  providers: [
    AccessTokens,
    ActorKeys,
    Cookies,
    KnownPeople,
    SignedInBy,
    Passports,
    RecordAccesses,
    Shares,
    IdentifyViewers,
    RecogniseMachines,
    Sessions,
    SpentProofs,
    { provide: Identify, useExisting: IdentifyViewers },
  ],
  exports: [ActorKeys, Identify, KnownPeople, Passports, RecordAccesses, Sessions, Shares, SpentProofs],
})
export class AccessModule {}
