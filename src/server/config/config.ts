import { isIP } from 'node:net';
import { dirname, join } from 'node:path';
import type * as z from 'zod';
import { hostnameOf, isLoopback } from './config-values.js';
import { environmentWarnings } from './environment-warnings.js';
import { type Named, type SettingName, names, settings } from './settings.js';

type Settings = Readonly<z.infer<typeof settings>>;
/** The values of the settings, with those that follow from others. */
interface Values extends Omit<Settings, 'secretFile' | 'operatorTokenFile' | 'publicUrl'> {
  readonly secretFile: string;
  readonly operatorTokenFile: string;
  readonly publicUrl: string;
  /** Variables of the environment that no setting reads, or that were renamed. */
  readonly environmentWarnings: readonly string[];
}

/** The settings of the service, checked once at the start. A class, so that Nest can inject it by type. */
export abstract class Config extends (Object as unknown as abstract new () => Values) {}

/** Reports all problems of the environment at once. */
export class ConfigError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(`The configuration is invalid:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
    this.name = 'ConfigError';
  }
}

/** One setting, as `.env.example`, the documentation and `adit config check` show it. */
export interface Setting extends Named {
  member: SettingName;
  /** Default as text of the environment; null: unset, as the meaning explains. */
  default: string | null;
}

/** All settings, in the order of the documentation. */
export const settingsList: readonly Setting[] = Object.entries(settings.shape).map(([member, schema]) => ({
  ...(names.get(schema) as Named),
  member: member as SettingName,
  default: schema.def.type === 'prefault' ? schema.def.defaultValue : null,
}));

/** Returns the environment of this process with these settings, for a process that it starts. */
export const environmentWith = (more: Record<string, string>): NodeJS.ProcessEnv => ({
  ...process.env,
  ...more,
});

/**
 * Reads and checks the environment. An empty value counts as unset. `preset`, such as a role from the command line,
 * overrides the environment. Throws `ConfigError` with every problem; it contains no value of a secret.
 */
export function loadConfig(
  environment: Record<string, string | undefined> = process.env,
  preset: Record<string, string> = {},
): Config {
  const env = { ...environment, ...preset };
  const given = Object.fromEntries(
    settingsList.map(({ member, name, formerly }) => [member, env[name] || (formerly && env[formerly]) || undefined]),
  );
  const { data, error } = settings.safeParse(given);
  const problems = [
    ...(error?.issues ?? []).map(({ path: [member], message }) => `${nameOf(member)} ${readable(message)}`),
    ...contradictions(given),
  ];
  if (data === undefined || problems.length > 0) throw new ConfigError(problems);
  const { host, port, serviceKeyFile } = data;
  const values: Values = {
    ...data,
    secretFile: data.secretFile ?? join(dirname(serviceKeyFile), 'secret.key'),
    operatorTokenFile: data.operatorTokenFile ?? join(dirname(serviceKeyFile), 'operator.token'),
    publicUrl: data.publicUrl ?? `http://${isIP(host) === 6 ? `[${host}]` : host}:${port}`,
    environmentWarnings: environmentWarnings(env, settingsList),
  };
  return Object.freeze(values);
}

/** Returns the problems of settings that are acceptable alone but not together. */
function contradictions(given: Partial<Record<SettingName, string>>): string[] {
  const { host, access, databaseUrl, databaseOwnerUrl, smtpUrl, mailFrom, oidcIssuer, oidcClientId } = given;
  return [
    host !== undefined &&
      !isLoopback(host) &&
      access === 'open' &&
      `HOST ${host} can be reached from other machines: ADIT_ACCESS=open is for loopback addresses only`,
    (oidcIssuer === undefined) !== (oidcClientId === undefined) &&
      'ADIT_OIDC_ISSUER and ADIT_OIDC_CLIENT_ID are set together or not at all',
    oidcIssuer?.startsWith('http:') === true &&
      !isLoopback(hostnameOf(oidcIssuer)) &&
      'ADIT_OIDC_ISSUER must be https, except on loopback',
    databaseOwnerUrl !== undefined && databaseUrl === undefined && 'DATABASE_OWNER_URL is set but DATABASE_URL is not',
    smtpUrl !== undefined &&
      mailFrom === undefined &&
      'SMTP_URL is set but ADIT_MAIL_FROM is not: mails need an address that they come from',
  ].filter((problem) => problem !== false);
}

const nameOf = (member: PropertyKey | undefined): string =>
  settingsList.find((setting) => setting.member === member)?.name ?? String(member);

const readable = (message: string): string => (message.startsWith('must') ? message : `is not usable: ${message}`);

/** Returns the host of the identity provider, for people; null: there is none. */
export const providerOf = ({ oidcIssuer }: Pick<Config, 'oidcIssuer'>): string | null =>
  oidcIssuer === null ? null : new URL(oidcIssuer).host;
