/** What a token, a key of a machine or a session may be used for, with its meaning for people. */
export const scopes = {
  read: 'Read what its owner may see',
  alerts: "Manage its owner's subscriptions, silences and notes on alerts",
  share: 'Make and withdraw share links, passports, contacts and keys in the name of its owner',
  monitor: 'Read every entry of the log, to monitor it',
  metrics: 'Read the metrics of the service',
  admin: 'Administer people, keys and settings of the service',
} as const;

export type Scope = keyof typeof scopes;
