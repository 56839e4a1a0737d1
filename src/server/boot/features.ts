import { Logger, type ModuleMetadata } from '@nestjs/common';
import { AccessHttpModule } from '../access/access-http.module.js';
import { AccessModule } from '../access/access.module.js';
import { OperatorToken, loadOperatorToken } from '../access/operator-token.js';
import { SessionKey } from '../access/sign-in/session-cookie.js';
import { AlertsHttpModule } from '../alerts/alerts-http.module.js';
import { AlertsJobsModule } from '../alerts/alerts-jobs.module.js';
import type { Config } from '../config/config.js';
import { RuleParameters } from '../config/rule-parameters.js';
import { loadSecret } from '../config/secret.js';
import { DatabaseSource } from '../database/database.module.js';
import { DeliveryHttpModule } from '../delivery/delivery-http.module.js';
import { DeliveryJobsModule } from '../delivery/delivery-jobs.module.js';
import { WebhookKeys } from '../delivery/subscriptions/webhook-keys.js';
import { JournalKey } from '../journal/journal-key.js';
import { JournalMemory } from '../journal/journal-memory.js';
import { LedgerHttpModule } from '../ledger/ledger-http.module.js';
import { LedgerIdentity } from '../ledger/ledger-identity.js';
import { LedgerJobsModule } from '../ledger/ledger-jobs.module.js';
import { ProvenanceHttpModule } from '../provenance/provenance-http.module.js';
import { QueueJobsModule } from '../queue/queue-jobs.module.js';
import { RegistryHttpModule } from '../registry/registry-http.module.js';
import { Guard } from '../transparency/guard.js';
import { loadKeys } from '../transparency/keys.js';
import { LogSigner } from '../transparency/seal-log.js';
import { TransparencyHttpModule } from '../transparency/transparency-http.module.js';
import { TransparencyJobsModule } from '../transparency/transparency-jobs.module.js';
import { WebHttpModule } from '../web/web-http.module.js';
import { WitnessPolicy, loadWitnessPolicy } from '../transparency/witnesses/witness-policy.js';
import { VerificationHttpModule } from '../verification/verification-http.module.js';
import { VerificationJobsModule } from '../verification/verification-jobs.module.js';
import type { ContextValue } from './context.module.js';
import { entities } from './entities.js';

type Modules = NonNullable<ModuleMetadata['imports']>;

/** Features of the processes that answer HTTP. */
const httpModules: Modules = [
  AccessHttpModule,
  RegistryHttpModule,
  LedgerHttpModule,
  TransparencyHttpModule,
  VerificationHttpModule,
  AlertsHttpModule,
  DeliveryHttpModule,
  ProvenanceHttpModule,
  WebHttpModule,
];

/** Features of the processes that run jobs. */
const jobsModules: Modules = [
  QueueJobsModule,
  LedgerJobsModule,
  TransparencyJobsModule,
  VerificationJobsModule,
  AlertsJobsModule,
  DeliveryJobsModule,
];

/** Returns the features of a process by its role. */
export const featureModules = ({ role }: Pick<Config, 'role'>): Modules => [
  AccessModule,
  ...(role === 'worker' ? [] : httpModules),
  ...(role === 'api' ? [] : jobsModules),
];

/** Loads the keys, the secret and the policy, which the features get by their classes. */
export function featureContext(config: Config, databaseUrl: string): ContextValue[] {
  const logger = new Logger('features');
  const warn = (message: string): void => logger.warn(message);
  const { origin } = config;
  const keys = loadKeys(config, origin, warn);
  const identity = new LedgerIdentity(origin, [...keys.logs.keys()], keys.services, config.registrar);
  const guard = new Guard(config.guardFile, origin);
  const secret = loadSecret(config.secretFile, keys.derivedSecret, warn);
  return [
    [
      DatabaseSource,
      { url: databaseUrl, replicaUrl: config.databaseReadUrl, entities, background: config.role === 'worker' },
    ],
    [LedgerIdentity, identity],
    [RuleParameters, RuleParameters.load(config.ruleParametersFile, config.sanctionsFile)],
    [LogSigner, { origin, signers: keys.logs, guard }],
    [WitnessPolicy, loadWitnessPolicy(config.witnessPolicyFile, identity.logKeys)],
    [JournalKey, new JournalKey(secret)],
    [JournalMemory, new JournalMemory(guard.journalPath, warn)],
    [WebhookKeys, new WebhookKeys(secret)],
    [OperatorToken, loadOperatorToken(config.operatorTokenFile, warn)],
    [SessionKey, new SessionKey(secret)],
  ];
}
