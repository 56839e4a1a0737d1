import * as z from 'zod';
import { mailAddress } from '../../core/api/values.js';
import {
  ORIGIN,
  addresses,
  mailServer,
  namedMailAddress,
  onOff,
  origins,
  path,
  paths,
  text,
  url,
  whole,
} from './config-values.js';

/** Names and explains a setting, for messages, `.env.example` and the documentation. */
export interface Named {
  /** Variable of the environment. */
  name: string;
  /** Former variable, read if the new one is not set. */
  formerly?: string;
  /** True if the value may contain a password. */
  secret?: boolean;
  meaning: string;
}

/** Names of the settings, by their schema. */
export const names = z.registry<Named>();

const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

/** A setting that is null if it is not set. */
const orNull = <Schema extends z.ZodType>(schema: Schema) => schema.nullable().default(null as never);

/** All settings of the service in the order of the documentation: type, default, name and meaning. */
export const settings = z.object({
  databaseUrl: orNull(url('postgres', 'postgresql')).register(names, {
    name: 'DATABASE_URL',
    secret: true,
    meaning: 'PostgreSQL that the service works on. Unset: a PostgreSQL of its own under ADIT_DATA_DIR.',
  }),
  databaseOwnerUrl: orNull(url('postgres', 'postgresql')).register(names, {
    name: 'DATABASE_OWNER_URL',
    secret: true,
    meaning: 'The same database for migrations, as a role that may create tables. Unset: DATABASE_URL.',
  }),
  databaseReadUrl: orNull(url('postgres', 'postgresql')).register(names, {
    name: 'DATABASE_READ_URL',
    secret: true,
    meaning:
      'A streaming replica of the same database, from which reads that may be two seconds old are answered. Unset: all reads go to DATABASE_URL.',
  }),
  redisUrl: orNull(url('redis', 'rediss')).register(names, {
    name: 'REDIS_URL',
    secret: true,
    meaning: 'Redis for the jobs. Unset: jobs wait in the same PostgreSQL.',
  }),
  origin: z
    .string()
    .regex(ORIGIN, 'must be a host and a path without scheme, such as example.org/tin')
    .prefault('localhost/adit')
    .register(names, {
      name: 'ADIT_ORIGIN',
      meaning: 'The name of the log, signed into every event and checkpoint. It can never change.',
    }),
  dataDir: path.prefault('.adit/data').register(names, {
    name: 'ADIT_DATA_DIR',
    meaning: 'Folder of the embedded database.',
  }),
  logKeyFile: path.prefault('.adit/keys/log.key').register(names, {
    name: 'ADIT_LOG_KEY_FILE',
    meaning: 'The private key that signs checkpoints. Keep it outside ADIT_DATA_DIR.',
  }),
  otherLogKeyFiles: paths.prefault('').register(names, {
    name: 'ADIT_OTHER_LOG_KEY_FILES',
    meaning:
      'While the log key is being replaced: files of the one that is to follow, or of those before it, separated by commas.',
  }),
  serviceKeyFile: path.prefault('.adit/keys/service.jwk').register(names, {
    name: 'ADIT_SERVICE_KEY_FILE',
    meaning: "The private key that signs refusals and the log's time. Keep it outside ADIT_DATA_DIR.",
  }),
  otherServiceKeyFiles: paths.prefault('').register(names, {
    name: 'ADIT_OTHER_SERVICE_KEY_FILES',
    meaning:
      'While the service key is being replaced: files of the one that is to follow, or of those before it, separated by commas.',
  }),
  secretFile: orNull(path).register(names, {
    name: 'ADIT_SECRET_FILE',
    meaning: 'Random bytes from which webhook secrets derive. Unset: secret.key beside ADIT_SERVICE_KEY_FILE.',
  }),
  operatorTokenFile: orNull(path).register(names, {
    name: 'ADIT_OPERATOR_TOKEN_FILE',
    meaning:
      "The operator's token, by which commands on this machine sign in. Unset: operator.token beside ADIT_SERVICE_KEY_FILE.",
  }),
  guardFile: path.prefault('.adit/guard.json').register(names, {
    name: 'ADIT_GUARD_FILE',
    meaning:
      'File of the guard: the newest signed checkpoint, by which the service detects an older database. Keep it outside ADIT_DATA_DIR.',
  }),
  registrar: orNull(
    z.string().regex(/^[A-Za-z0-9_-]{43}$/, 'must be a thumbprint of 43 base64url characters'),
  ).register(names, {
    name: 'ADIT_REGISTRAR',
    meaning: 'Thumbprint of the only key that may open the ledger. Unset: the first key that does.',
  }),
  host: text.prefault('127.0.0.1').register(names, {
    name: 'HOST',
    meaning: 'Address to listen on. Behind a proxy or beyond this machine, set ADIT_PUBLIC_URL too.',
  }),
  port: whole(0, 65_535)
    .prefault('8400')
    .register(names, { name: 'PORT', meaning: 'Port to listen on; 0 takes a free one.' }),
  access: z.enum(['closed', 'open']).prefault('closed').register(names, {
    name: 'ADIT_ACCESS',
    meaning:
      'closed: readers see what they are entitled to. open: every program on this machine sees and changes everything, for trying things out; HOST must then be a loopback address.',
  }),
  oidcIssuer: orNull(url('http', 'https')).register(names, {
    name: 'ADIT_OIDC_ISSUER',
    meaning:
      'Identity provider (OpenID Connect) through which people sign in: its issuer, such as https://login.example.org/realms/mine. Unset: none.',
  }),
  oidcClientId: orNull(text).register(names, {
    name: 'ADIT_OIDC_CLIENT_ID',
    meaning:
      'Id of this service at the identity provider. Its redirect URI there is ADIT_PUBLIC_URL/v1/session/oidc/callback.',
  }),
  oidcClientSecretFile: orNull(path).register(names, {
    name: 'ADIT_OIDC_CLIENT_SECRET_FILE',
    meaning: 'File with the secret of this service at the identity provider. Unset: it has none there (PKCE alone).',
  }),
  oidcOrigins: origins.prefault('').register(names, {
    name: 'ADIT_OIDC_ORIGINS',
    meaning:
      'Further origins at which the identity provider has endpoints, separated by commas. Requests for signing people in go to these and to ADIT_OIDC_ISSUER alone.',
  }),
  accessRecordDays: whole(1, 36_500).prefault('1095').register(names, {
    name: 'ADIT_ACCESS_RECORD_DAYS',
    meaning: 'Days for which the record of who read which lot is kept.',
  }),
  publicUrl: orNull(url('http', 'https').transform((value) => value.replace(/\/+$/, ''))).register(names, {
    name: 'ADIT_PUBLIC_URL',
    meaning: 'Public URL of the service. Unset: http://HOST:PORT.',
  }),
  corsOrigins: origins.prefault('').register(names, {
    name: 'ADIT_CORS_ORIGINS',
    meaning:
      'Origins of other sites whose pages may call the API with tokens, such as https://desk.example.org, separated by commas. Cookies are never taken from them. Unset: none.',
  }),
  trustProxy: addresses.prefault('').register(names, {
    name: 'ADIT_TRUST_PROXY',
    meaning:
      'Addresses or ranges of the proxies before this service, separated by commas: X-Forwarded-For counts from them alone, so that limits are per client. Unset: from none.',
  }),
  entryBundles: onOff.prefault('off').register(names, {
    name: 'ADIT_ENTRY_BUNDLES',
    meaning: 'on: /log/tile/entries serves every event to those with the scope monitor.',
  }),
  webhookPrivateTargets: onOff.prefault('off').register(names, {
    name: 'ADIT_WEBHOOK_PRIVATE_TARGETS',
    meaning: 'on: webhooks may go to loopback and private addresses. For development only.',
  }),
  smtpUrl: orNull(mailServer).register(names, {
    name: 'SMTP_URL',
    secret: true,
    meaning:
      'Mail server for alerts by e-mail, smtp://user:password@host:587 or smtps://host. A password leaves this machine encrypted or not at all. Unset: no mail.',
  }),
  mailFrom: orNull(namedMailAddress).register(names, {
    name: 'ADIT_MAIL_FROM',
    meaning: 'The address that mails come from, such as Adit <alerts@example.org>. Needed where SMTP_URL is set.',
  }),
  operatorMail: orNull(mailAddress).register(names, {
    name: 'ADIT_OPERATOR_MAIL',
    meaning: "Mail address that is notified when a subscriber's endpoint is disabled and has no contact. Unset: none.",
  }),
  witnessPolicyFile: orNull(path).register(names, {
    name: 'ADIT_POLICY_FILE',
    formerly: 'ADIT_WITNESS_POLICY_FILE',
    meaning:
      'C2SP tlog-policy that names this log and its witnesses. Set: readers see only checkpoints that meet its quorum. Unset: no witness is asked.',
  }),
  witnessIntervalSeconds: whole(1, 86_400).prefault('5').register(names, {
    name: 'ADIT_WITNESS_INTERVAL_SECONDS',
    meaning: 'Seconds between the times that the witnesses are asked.',
  }),
  ruleParametersFile: orNull(path).register(names, {
    name: 'ADIT_RULE_PARAMETERS_FILE',
    meaning:
      'JSON list of thresholds over those of docs/rules.md, each with its version and the day from which it holds.',
  }),
  sanctionsFile: orNull(path).register(names, {
    name: 'ADIT_SANCTIONS_FILE',
    meaning:
      'List of sanctions of OpenSanctions (simplified CSV), with which the names of parties are compared. Unset: none. A hit is a finding and refuses nothing.',
  }),
  volumesDelayDays: whole(0, 3_660).prefault('0').register(names, {
    name: 'ADIT_VOLUMES_DELAY_DAYS',
    meaning: "Days after which a month's volumes of a site are published.",
  }),
  volumesBucketKilograms: whole(0, 1_000_000).prefault('0').register(names, {
    name: 'ADIT_VOLUMES_BUCKET_KILOGRAMS',
    meaning: 'Published volumes are rounded up to a multiple of so many kilograms; 0: they are exact.',
  }),
  auditIntervalSeconds: whole(1, 604_800).prefault('300').register(names, {
    name: 'ADIT_AUDIT_INTERVAL_SECONDS',
    meaning: 'Seconds between audits that recompute the log from its stored bytes.',
  }),
  auditCycleSeconds: whole(0, 604_800).prefault('240').register(names, {
    name: 'ADIT_AUDIT_CYCLE_SECONDS',
    meaning:
      'Seconds over which such an audit spreads its work; it pauses more while events are appended. 0: as fast as it can.',
  }),
  indexIntervalSeconds: whole(1, 604_800).prefault('3600').register(names, {
    name: 'ADIT_INDEX_INTERVAL_SECONDS',
    meaning: 'Seconds between sealings of the index, which proves that bundles leave nothing out.',
  }),
  clockIntervalSeconds: whole(1, 3_600).prefault('3600').register(names, {
    name: 'ADIT_CLOCK_INTERVAL_SECONDS',
    meaning: "The log's time enters the log at least this often, seconds.",
  }),
  verifyThreads: whole(1, 64).prefault('2').register(names, {
    name: 'ADIT_VERIFY_THREADS',
    meaning: 'Threads that check signatures.',
  }),
  appendQueue: whole(1, 1_000_000).prefault('20000').register(names, {
    name: 'ADIT_APPEND_QUEUE',
    meaning: 'Events that may wait to be appended; beyond them the answer is 503 overloaded.',
  }),
  readsPerMinute: whole(0, 100_000_000).prefault('12000').register(names, {
    name: 'ADIT_READS_PER_MINUTE',
    meaning:
      'Reads that one actor or share link may make in a minute, from all addresses; beyond them the answer is 429 rate-limited. 0: any number.',
  }),
  changesPerMinute: whole(0, 100_000_000).prefault('1200').register(names, {
    name: 'ADIT_CHANGES_PER_MINUTE',
    meaning:
      'Changes of subscriptions, notes, shares, keys and the like that one actor may make in a minute; signed events are not counted. Beyond them the answer is 429 rate-limited. 0: any number.',
  }),
  rateLimitPerMinute: whole(0, 100_000_000).prefault('600000').register(names, {
    name: 'ADIT_RATE_LIMIT_PER_MINUTE',
    meaning:
      'Requests that one address may send in a minute; beyond them the answer is 429 rate-limited. Behind a proxy that ADIT_TRUST_PROXY does not name all come from one address. 0: any number.',
  }),
  streamsPerAddress: whole(1, 3_000).prefault('2000').register(names, {
    name: 'ADIT_STREAMS_PER_ADDRESS',
    meaning: 'Streams of alerts that one address may have open at once; beyond them the answer is 429 rate-limited.',
  }),
  logLevel: z
    .enum(logLevels)
    .prefault('info')
    .register(names, { name: 'ADIT_LOG_LEVEL', meaning: `One of ${logLevels.join(', ')}.` }),
  crashAt: orNull(
    z.string().regex(/^[a-z-]{1,32}:[1-9][0-9]{0,5}$/, 'must be a point and a number, such as after-commit:3'),
  ).register(names, {
    name: 'ADIT_CRASH_AT',
    meaning: 'For fault tests only: the process kills itself at the n-th passage of a point of the append.',
  }),
  role: z.enum(['api', 'worker', 'all']).prefault('all').register(names, {
    name: 'ADIT_ROLE',
    meaning: 'api answers HTTP, worker runs jobs, all does both.',
  }),
});

export type SettingName = keyof typeof settings.shape;
