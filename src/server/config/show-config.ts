import { type Config, configKeys } from './config.js';

/** Returns the configuration for display, without users and passwords in URLs. */
export function redactedConfig(config: Config): Record<string, string | number | boolean | null> {
  return Object.fromEntries(
    configKeys.map(({ name, member, secret }) => {
      const value = config[member];
      if (secret && typeof value === 'string') return [name, withoutPassword(value)];
      return [name, typeof value === 'object' && value !== null ? value.join(',') : value];
    }),
  );
}

function withoutPassword(address: string): string {
  const { protocol, host, pathname } = new URL(address);
  return `${protocol}//${host}${pathname}`;
}

/** Renders `.env.example`: every setting with its meaning, commented out at its default. */
export function environmentExample(): string {
  const entries = configKeys.map(
    ({ name, default: standard, description }) => `# ${description}\n# ${name}=${standard ?? ''}\n`,
  );
  return `# Settings of Adit. Everything has a default; uncomment what you change. \`adit config check\` says what is in force.\n\n${entries.join('\n')}`;
}
