import { isIP } from 'node:net';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import {
  ORIGIN,
  mailAddress,
  mailServer,
  namedMailAddress,
  onOff,
  path,
  paths,
  text,
  url,
  whole,
} from './config-values.js';
import { environmentWarnings } from './environment-warnings.js';

/** The settings of the service, checked once at the start. A class, so that Nest can inject it by type. */
export abstract class Config {
  /** null: the service starts an embedded PostgreSQL under `dataDir`. */
  abstract readonly databaseUrl: string | null;
  /** For migrations; null: migrations use `databaseUrl`. */
  abstract readonly databaseOwnerUrl: string | null;
  /** null: jobs are in the same PostgreSQL. */
  abstract readonly redisUrl: string | null;
  abstract readonly origin: string;
  abstract readonly dataDir: string;
  abstract readonly logKeyFile: string;
  /** Further log keys: the next one, or former ones. */
  abstract readonly otherLogKeyFiles: readonly string[];
  abstract readonly serviceKeyFile: string;
  abstract readonly otherServiceKeyFiles: readonly string[];
  /** File of the secret from which the service derives its keys for encryption and webhooks. */
  abstract readonly secretFile: string;
  abstract readonly guardFile: string;
  /** Thumbprint of the only key that may open the ledger; null: any key. */
  abstract readonly registrar: string | null;
  abstract readonly host: string;
  abstract readonly port: number;
  abstract readonly publicUrl: string;
  /** True if the setting that permits access from other machines has its exact value. */
  abstract readonly exposed: boolean;
  abstract readonly entryBundles: boolean;
  abstract readonly webhookPrivateTargets: boolean;
  /** null: the service sends no mail. */
  abstract readonly smtpUrl: string | null;
  /** Sender address of mails; never null if `smtpUrl` is set. */
  abstract readonly mailFrom: string | null;
  /** Mail address for notifications that no subscriber can receive; null: none. */
  abstract readonly operatorMail: string | null;
  /** File of the C2SP policy that names the witnesses; null: none. */
  abstract readonly witnessPolicyFile: string | null;
  abstract readonly witnessIntervalSeconds: number;
  /** File of thresholds that override those of Adit; null: none. */
  abstract readonly ruleParametersFile: string | null;
  /**
   * Age in days at which a site's volumes are published, and the multiple of kilograms to which they are rounded up (0:
   * exact).
   */
  abstract readonly volumesDelayDays: number;
  abstract readonly volumesBucketKilograms: number;
  abstract readonly auditIntervalSeconds: number;
  abstract readonly indexIntervalSeconds: number;
  /** Duration in which the background audit reads everything once. */
  abstract readonly auditCycleSeconds: number;
  abstract readonly clockIntervalSeconds: number;
  /** Threads that verify signatures. */
  abstract readonly verifyThreads: number;
  /** Events that may wait for the sequencer; above it the service answers `overloaded`. */
  abstract readonly appendQueue: number;
  /** Requests of one address in a minute at most; 0: no limit. */
  abstract readonly rateLimitPerMinute: number;
  /** Open streams of alerts of one address at most. */
  abstract readonly streamsPerAddress: number;
  /** Point at which a fault test kills this process; null in operation. */
  abstract readonly crashAt: string | null;
  abstract readonly logLevel: LogLevel;
  abstract readonly role: Role;
  /** Variables of the environment that no setting reads, or that were renamed. */
  abstract readonly environmentWarnings: readonly string[];
}

const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

const roles = ['api', 'worker', 'all'] as const;
/** `api` answers HTTP, `worker` runs jobs, `all` does both in one process. */
export type Role = (typeof roles)[number];

/** The exact value that permits the service to listen beyond this machine. */
export const EXPOSE = 'ledger-without-access-control';

/** Reports all problems of the environment at once. */
export class ConfigError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(`The configuration is invalid:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
    this.name = 'ConfigError';
  }
}

/** One setting, as `.env.example`, `adit config check` and error messages show it. */
export interface ConfigKey {
  name: string;
  /** Former name, read if the new one is not set. */
  formerly?: string;
  /** Member of `Config`. */
  member: keyof Config;
  /** Default as text of the environment; null: unset, as the description explains. */
  default: string | null;
  description: string;
  secret: boolean;
  schema: z.ZodType;
}

const key = (
  name: string,
  member: keyof Config,
  standard: string | null,
  schema: z.ZodType,
  description: string,
  secret = false,
): ConfigKey => ({ name, member, default: standard, schema, description, secret });

/** All settings, in the order of the documentation. */
export const configKeys: readonly ConfigKey[] = [
  key(
    'DATABASE_URL',
    'databaseUrl',
    null,
    url('postgres', 'postgresql'),
    'PostgreSQL that the service works on. Unset: a PostgreSQL of its own under ADIT_DATA_DIR.',
    true,
  ),
  key(
    'DATABASE_OWNER_URL',
    'databaseOwnerUrl',
    null,
    url('postgres', 'postgresql'),
    'The same database for migrations, as a role that may create tables. Unset: DATABASE_URL.',
    true,
  ),
  key(
    'REDIS_URL',
    'redisUrl',
    null,
    url('redis', 'rediss'),
    'Redis for the jobs. Unset: jobs wait in the same PostgreSQL.',
    true,
  ),
  key(
    'ADIT_ORIGIN',
    'origin',
    'localhost/adit',
    z.string().regex(ORIGIN, 'must be a host and a path without scheme, such as example.org/tin'),
    'The name of the log, signed into every event and checkpoint. It can never change.',
  ),
  key('ADIT_DATA_DIR', 'dataDir', '.adit/data', path, 'Folder of the embedded database.'),
  key(
    'ADIT_LOG_KEY_FILE',
    'logKeyFile',
    '.adit/keys/log.key',
    path,
    'The private key that signs checkpoints. Keep it outside ADIT_DATA_DIR.',
  ),
  key(
    'ADIT_OTHER_LOG_KEY_FILES',
    'otherLogKeyFiles',
    '',
    paths,
    'While the log key is being replaced: files of the one that is to follow, or of those before it, separated by commas.',
  ),
  key(
    'ADIT_SERVICE_KEY_FILE',
    'serviceKeyFile',
    '.adit/keys/service.jwk',
    path,
    "The private key that signs refusals and the log's time. Keep it outside ADIT_DATA_DIR.",
  ),
  key(
    'ADIT_OTHER_SERVICE_KEY_FILES',
    'otherServiceKeyFiles',
    '',
    paths,
    'While the service key is being replaced: files of the one that is to follow, or of those before it, separated by commas.',
  ),
  key(
    'ADIT_SECRET_FILE',
    'secretFile',
    null,
    path,
    'Random bytes from which webhook secrets derive. Unset: secret.key beside ADIT_SERVICE_KEY_FILE.',
  ),
  key(
    'ADIT_GUARD_FILE',
    'guardFile',
    '.adit/guard.json',
    path,
    'File of the guard: the newest signed checkpoint, by which the service detects an older database. Keep it outside ADIT_DATA_DIR.',
  ),
  key(
    'ADIT_REGISTRAR',
    'registrar',
    null,
    z.string().regex(/^[A-Za-z0-9_-]{43}$/, 'must be a thumbprint of 43 base64url characters'),
    'Thumbprint of the only key that may open the ledger. Unset: the first key that does.',
  ),
  key('HOST', 'host', '127.0.0.1', text, 'Address to listen on. Anything but a loopback address needs ADIT_EXPOSE.'),
  key('PORT', 'port', '8400', whole(0, 65_535), 'Port to listen on; 0 takes a free one.'),
  key(
    'ADIT_EXPOSE',
    'exposed',
    null,
    z.literal(EXPOSE, { error: `must read ${EXPOSE}` }).transform(() => true),
    `There is no access control yet: any client that reaches the port can read all and append. To listen beyond this machine nevertheless, write ${EXPOSE}.`,
  ),
  key(
    'ADIT_PUBLIC_URL',
    'publicUrl',
    null,
    url('http', 'https').transform((value) => value.replace(/\/+$/, '')),
    'Public URL of the service. Unset: http://HOST:PORT.',
  ),
  key('ADIT_ENTRY_BUNDLES', 'entryBundles', 'off', onOff, 'on: /log/tile/entries serves every event to everyone.'),
  key(
    'ADIT_WEBHOOK_PRIVATE_TARGETS',
    'webhookPrivateTargets',
    'off',
    onOff,
    'on: webhooks may go to loopback and private addresses. For development only.',
  ),
  key(
    'SMTP_URL',
    'smtpUrl',
    null,
    mailServer,
    'Mail server for alerts by e-mail, smtp://user:password@host:587 or smtps://host. A password leaves this machine encrypted or not at all. Unset: no mail.',
    true,
  ),
  key(
    'ADIT_MAIL_FROM',
    'mailFrom',
    null,
    namedMailAddress,
    'The address that mails come from, such as Adit <alerts@example.org>. Needed where SMTP_URL is set.',
  ),
  key(
    'ADIT_OPERATOR_MAIL',
    'operatorMail',
    null,
    mailAddress,
    "Mail address that is notified when a subscriber's endpoint is disabled and has no contact. Unset: none.",
  ),
  {
    ...key(
      'ADIT_POLICY_FILE',
      'witnessPolicyFile',
      null,
      path,
      'C2SP tlog-policy that names this log and its witnesses. Set: readers see only checkpoints that meet its quorum. Unset: no witness is asked.',
    ),
    formerly: 'ADIT_WITNESS_POLICY_FILE',
  },
  key(
    'ADIT_WITNESS_INTERVAL_SECONDS',
    'witnessIntervalSeconds',
    '5',
    whole(1, 86_400),
    'Seconds between the times that the witnesses are asked.',
  ),
  key(
    'ADIT_RULE_PARAMETERS_FILE',
    'ruleParametersFile',
    null,
    path,
    'JSON list of thresholds over those of docs/rules.md, each with its version and the day from which it holds.',
  ),
  key(
    'ADIT_VOLUMES_DELAY_DAYS',
    'volumesDelayDays',
    '0',
    whole(0, 3_660),
    "Days after which a month's volumes of a site are published.",
  ),
  key(
    'ADIT_VOLUMES_BUCKET_KILOGRAMS',
    'volumesBucketKilograms',
    '0',
    whole(0, 1_000_000),
    'Published volumes are rounded up to a multiple of so many kilograms; 0: they are exact.',
  ),
  key(
    'ADIT_AUDIT_INTERVAL_SECONDS',
    'auditIntervalSeconds',
    '300',
    whole(1, 604_800),
    'Seconds between audits that recompute the log from its stored bytes.',
  ),
  key(
    'ADIT_AUDIT_CYCLE_SECONDS',
    'auditCycleSeconds',
    '240',
    whole(0, 604_800),
    'Seconds over which such an audit spreads its work; it pauses more while events are appended. 0: as fast as it can.',
  ),
  key(
    'ADIT_INDEX_INTERVAL_SECONDS',
    'indexIntervalSeconds',
    '3600',
    whole(1, 604_800),
    'Seconds between sealings of the index, which proves that bundles leave nothing out.',
  ),
  key(
    'ADIT_CLOCK_INTERVAL_SECONDS',
    'clockIntervalSeconds',
    '3600',
    whole(1, 3_600),
    "The log's time enters the log at least this often, seconds.",
  ),
  key('ADIT_VERIFY_THREADS', 'verifyThreads', '2', whole(1, 64), 'Threads that check signatures.'),
  key(
    'ADIT_APPEND_QUEUE',
    'appendQueue',
    '20000',
    whole(1, 1_000_000),
    'Events that may wait to be appended; beyond them the answer is 503 overloaded.',
  ),
  key(
    'ADIT_RATE_LIMIT_PER_MINUTE',
    'rateLimitPerMinute',
    '600000',
    whole(0, 100_000_000),
    'Requests that one address may send in a minute; beyond them the answer is 429 rate-limited. Behind a proxy all come from one address. 0: any number.',
  ),
  key(
    'ADIT_STREAMS_PER_ADDRESS',
    'streamsPerAddress',
    '2000',
    whole(1, 3_000),
    'Streams of alerts that one address may have open at once; beyond them the answer is 429 rate-limited.',
  ),
  key('ADIT_LOG_LEVEL', 'logLevel', 'info', z.enum(logLevels), `One of ${logLevels.join(', ')}.`),
  key(
    'ADIT_CRASH_AT',
    'crashAt',
    null,
    z.string().regex(/^[a-z-]{1,32}:[1-9][0-9]{0,5}$/, 'must be a point and a number, such as after-commit:3'),
    'For fault tests only: the process kills itself at the n-th passage of a point of the append.',
  ),
  key('ADIT_ROLE', 'role', 'all', z.enum(roles), 'api answers HTTP, worker runs jobs, all does both in one process.'),
];

/** Whether only this machine can reach an address. */
export function isLoopback(host: string): boolean {
  if (host === 'localhost' || host === '::1') return true;
  return isIP(host) === 4 && host.startsWith('127.');
}

/**
 * Reads and checks the environment. An empty value counts as unset. `preset`, such as a role from the command line,
 * overrides the environment. Throws `ConfigError` with every problem; it contains no value of a secret.
 */
export function loadConfig(
  environment: Record<string, string | undefined> = process.env,
  preset: Record<string, string> = {},
): Config {
  const env = { ...environment, ...preset };
  const problems: string[] = [];
  const values: Record<string, unknown> = {};
  for (const { name, formerly, member, default: standard, schema } of configKeys) {
    const given = set(env[name]) ?? (formerly === undefined ? undefined : set(env[formerly])) ?? standard;
    const result = given === null ? { success: true as const, data: null } : schema.safeParse(given);
    if (result.success) values[member] = result.data;
    else problems.push(...result.error.issues.map((issue) => `${name} ${readable(issue.message)}`));
  }
  values['exposed'] ??= false;
  const host = values['host'];
  if (typeof host === 'string' && !isLoopback(host) && values['exposed'] !== true)
    problems.push(
      `HOST ${host} can be reached from other machines, and there is no access control yet: set ADIT_EXPOSE=${EXPOSE}, or leave HOST at 127.0.0.1`,
    );
  if (values['databaseOwnerUrl'] && !values['databaseUrl'] && !env['DATABASE_URL'])
    problems.push('DATABASE_OWNER_URL is set but DATABASE_URL is not');
  if (values['smtpUrl'] && values['mailFrom'] === null)
    problems.push('SMTP_URL is set but ADIT_MAIL_FROM is not: mails need an address that they come from');
  if (problems.length > 0) throw new ConfigError(problems);
  values['environmentWarnings'] = environmentWarnings(env, configKeys);
  values['secretFile'] ??= join(dirname(String(values['serviceKeyFile'])), 'secret.key');
  values['publicUrl'] ??=
    `http://${isIP(String(host)) === 6 ? `[${String(host)}]` : String(host)}:${String(values['port'])}`;
  return Object.freeze(values) as unknown as Config;
}

const set = (value: string | undefined): string | undefined => (value === '' ? undefined : value);

const readable = (message: string): string => (message.startsWith('must') ? message : `is not usable: ${message}`);
