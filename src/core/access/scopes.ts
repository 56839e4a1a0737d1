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

/** What an actor may do by its own key. Reading the whole log, metrics and administration are for the operator to allow. */
export const actorScopes: readonly Scope[] = ['read', 'alerts', 'share'];

/** What the operator may do. What it reads is decided for each viewer. */
export const operatorScopes = Object.keys(scopes) as readonly Scope[];

const isScope = (name: string): name is Scope => Object.hasOwn(scopes, name);

/** Reads scopes separated by single spaces (RFC 6749 §3.3), each once; null if one is not known. */
export function readScopes(text: string): Scope[] | null {
  const names = [...new Set(text.split(' '))];
  return names.every(isScope) ? names : null;
}

export const scopeText = (list: readonly Scope[]): string => list.join(' ');

/** Whether all of `asked` are among `held`. */
export const scopesWithin = (asked: readonly Scope[], held: readonly Scope[]): boolean =>
  asked.every((scope) => held.includes(scope));
