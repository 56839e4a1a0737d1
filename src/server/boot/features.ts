import { Logger, type ModuleMetadata } from '@nestjs/common';
import { AlertsModule } from '../alerts/alerts.module.js';
import type { Config } from '../config/config.js';
import { DatabaseModule } from '../database/database.module.js';
import { entities } from './entities.js';
import { DeliveryModule } from '../delivery/delivery.module.js';
import { WebhookKeys } from '../delivery/webhook-keys.js';
import { JournalModule } from '../journal/journal.module.js';
import type { CheckThreads } from '../ledger/intake/check-threads.js';
import { LedgerIdentity } from '../ledger/ledger-identity.js';
import { LedgerModule } from '../ledger/ledger.module.js';
import { ProvenanceModule } from '../provenance/provenance.module.js';
import { QueueJobsModule } from '../queue/queue-jobs.module.js';
import { RegistryModule } from '../registry/registry.module.js';
import { Guard } from '../transparency/guard.js';
import { loadKeys } from '../transparency/keys.js';
import type { LogSigner } from '../transparency/seal-log.js';
import { TransparencyModule } from '../transparency/transparency.module.js';
import { loadWitnessPolicy } from '../transparency/witness-policy.js';
import { loadSecret } from '../config/secret.js';
import { VerificationModule } from '../verification/verification.module.js';

type Modules = NonNullable<ModuleMetadata['imports']>;

/**
 * Returns the features of the service in order: registry, ledger, transparency, verification, alerts, delivery,
 * provenance. Processors and controllers are included only in their role.
 * @param threads that check signatures for several ledgers of this process; default: threads of this ledger's own.
 */
export function featureModules(config: Config, databaseUrl: string, threads?: CheckThreads): Modules {
  const logger = new Logger('features');
  const failed = (err: Error): void => logger.error({ msg: 'an idle database connection was lost', err });
  const { origin } = config;
  const keys = loadKeys(config, origin, (message) => logger.warn(message));
  const identity = new LedgerIdentity(origin, [...keys.logs.keys()], keys.services, config.registrar);
  const signer: LogSigner = { origin, signers: keys.logs, guard: new Guard(config.guardFile, origin) };
  const witnesses = loadWitnessPolicy(config.witnessPolicyFile, identity.logKeys);
  const secret = loadSecret(config.secretFile, keys.derivedSecret, (message) => logger.warn(message));
  const answersHttp = config.role !== 'worker';
  const runsJobs = config.role !== 'api';
  return [
    DatabaseModule.forRoot({ url: databaseUrl, failed, entities }),
    ...(runsJobs ? [QueueJobsModule] : []),
    JournalModule.forRoot({ secret, memoryFile: signer.guard.journalPath }),
    RegistryModule.forRoot(answersHttp),
    LedgerModule.forRoot(identity, { runsJobs, answersHttp, threads }),
    TransparencyModule.forRoot(signer, { runsJobs, answersHttp, witnesses }),
    VerificationModule.forRoot({ runsJobs, answersHttp }),
    AlertsModule.forRoot({ runsJobs, answersHttp }),
    DeliveryModule.forRoot({ keys: new WebhookKeys(secret), runsJobs, answersHttp }),
    ProvenanceModule.forRoot(answersHttp),
  ];
}
