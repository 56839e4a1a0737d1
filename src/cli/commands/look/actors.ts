import type { Command } from 'commander';
import type { ListedActor } from '../../../core/api/registry.js';
import { type Register, terminalOf, withServer } from '../../command.js';
import { type ListOptions, printList, withLimit } from '../../output/list.js';
import type { Column } from '../../output/table.js';
import { type ServerOptions, clientOf } from '../../sign-in.js';

const columns: readonly Column<ListedActor>[] = [
  { title: 'actor', value: ({ actor }) => actor, least: 8 },
  { title: 'country', value: ({ country }) => country ?? '' },
  { title: 'roles', value: ({ roles }) => roles.join(', '), least: 8 },
  { title: 'card to', value: ({ card }) => card?.to ?? '', dropped: 1 },
  { title: 'state', value: ({ suspended }) => (suspended ? 'SUSPENDED' : 'active') },
];

interface Options extends ListOptions, ServerOptions {
  role?: string;
  country?: string;
}

export const actors: Register = (named) => {
  withLimit(withServer(named))
    .option('--role <role>', 'with this role, such as trader')
    .option('--country <country>', 'of this country, such as RW')
    .addHelpText('before', 'Example: adit actors --role trader\n')
    .action(async ({ server: _server, key: _key, as: _as, limit, all, ...filters }: Options, command: Command) => {
      const listing = { columns, none: 'There is no such actor.' };
      const page = { ...(limit === undefined ? {} : { limit }), ...(all === undefined ? {} : { all }) };
      await printList(terminalOf(command), clientOf(command).actors({ ...filters }), listing, page);
    });
};
