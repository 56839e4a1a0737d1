import { routeNeeds } from './routes.js';
import { scopes } from './scopes.js';

const NEEDS: Readonly<Record<string, string>> = {
  public: 'nothing',
  submit: 'nothing: the signed event authenticates itself',
};

/** Renders the tables of scopes and of routes that docs/access.md contains. */
export function accessTables(): string {
  const routes = Object.entries(routeNeeds)
    .filter(([route]) => route.includes('/v1/') || route.includes('/log/') || route.includes('/metrics'))
    .map(([route, need]) => `| \`${route}\` | ${NEEDS[need] ?? `\`${need}\``} |`);
  return [
    '| scope | permits to |',
    '| --- | --- |',
    ...Object.entries(scopes).map(
      ([scope, meaning]) => `| \`${scope}\` | ${meaning.charAt(0).toLowerCase()}${meaning.slice(1)} |`,
    ),
    '',
    '| route | needs |',
    '| --- | --- |',
    ...routes,
    '',
  ].join('\n');
}
