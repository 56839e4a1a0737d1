import { type Config, settingsList } from './config.js';

/** Returns the configuration for display, without users and passwords in URLs. */
export function redactedConfig(config: Config): Record<string, string | number | boolean | null> {
  return Object.fromEntries(
    settingsList.map(({ name, member, secret = false }) => {
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
  const entries = settingsList.map(
    ({ name, default: standard, meaning }) => `# ${meaning}\n# ${name}=${standard ?? ''}\n`,
  );
  return `# Settings of Adit. Everything has a default; uncomment what you change. \`adit config check\` says what is in force.\n\n${entries.join('\n')}`;
}

/** Renders the table of settings in `docs/operating.md`. */
export function settingsTable(): string {
  const rows = settingsList.map(
    ({ name, default: standard, meaning }) => `| \`${name}\` | ${standard ? `\`${standard}\`` : ''} | ${meaning} |\n`,
  );
  return `| setting | default | meaning |\n| --- | --- | --- |\n${rows.join('')}`;
}
