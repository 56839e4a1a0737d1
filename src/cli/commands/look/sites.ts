import type { Command } from 'commander';
import type { ListedSite } from '../../../core/api/registry.js';
import { type Register, terminalOf, withServer } from '../../command.js';
import { type ListOptions, printList, withLimit } from '../../output/list.js';
import type { Column } from '../../output/table.js';
import { type ServerOptions, clientOf } from '../../sign-in.js';

/** Returns the last day of a site's licence. */
function licenceEnd({ licence }: ListedSite): string {
  if (licence === null) return 'none';
  return (licence as { to?: string }).to ?? 'no end';
}

const columns: readonly Column<ListedSite>[] = [
  { title: 'site', value: ({ site }) => site, least: 8 },
  { title: 'country', value: ({ country }) => country },
  { title: 'operator', value: ({ operator }) => operator, least: 8 },
  { title: 'minerals', value: ({ minerals }) => minerals.join(', '), least: 8 },
  { title: 'licence to', value: licenceEnd, dropped: 2 },
  { title: 'inspected', value: ({ inspectedOn }) => inspectedOn ?? 'never', dropped: 1 },
];

interface Options extends ListOptions, ServerOptions {
  operator?: string;
  country?: string;
  mineral?: string;
}

export const sites: Register = (named) => {
  withLimit(withServer(named))
    .option('--operator <actor>', 'operated by this actor')
    .option('--country <country>', 'in this country, such as RW')
    .option('--mineral <mineral>', 'that may dig this mineral')
    .addHelpText('before', 'Example: adit sites --country RW\n')
    .action(async ({ server: _server, key: _key, as: _as, limit, all, ...filters }: Options, command: Command) => {
      const listing = { columns, none: 'There is no such site.' };
      const page = { ...(limit === undefined ? {} : { limit }), ...(all === undefined ? {} : { all }) };
      await printList(terminalOf(command), clientOf(command).sites({ ...filters }), listing, page);
    });
};
