import type { Command } from 'commander';
import type { LotState } from '../../../core/api/lot.js';
import { type Register, terminalOf, withServer } from '../../command.js';
import { type ListOptions, printList, withLimit } from '../../output/list.js';
import { calledOf, goodsOf, massOf, shortId, whereOf } from '../../output/lot-names.js';
import type { Column } from '../../output/table.js';
import { CommandError, EXIT } from '../../output/terminal.js';
import { clientOf } from '../../sign-in.js';

/** Words for the API's statuses. */
const STATUSES: Readonly<Record<string, string>> = {
  held: 'held',
  'on-the-way': 'inTransit',
  'used-up': 'consumed',
  closed: 'closed',
};

export const lotColumns: readonly Column<LotState>[] = [
  { title: 'lot', value: ({ id }) => shortId(id) },
  { title: 'tag or number', value: calledOf, least: 10 },
  { title: 'goods', value: goodsOf, least: 8, dropped: 1 },
  { title: 'mass', value: massOf, right: true },
  { title: 'where', value: whereOf, least: 12 },
];

interface Options extends ListOptions {
  server: string;
  holder?: string;
  to?: string;
  site?: string;
  tag?: string;
  mineral?: string;
  status?: string;
}

function queryOf({ holder, to, site, tag, mineral, status }: Options): Record<string, string> {
  const known = status === undefined || status in STATUSES || Object.values(STATUSES).includes(status);
  if (!known)
    throw new CommandError(
      `There is no status ${status}.`,
      `A lot is one of: ${Object.keys(STATUSES).join(', ')}.`,
      EXIT.usage,
    );
  const asked = { holder, inTransitTo: to, site, tag, mineral, status: STATUSES[status ?? ''] ?? status };
  return Object.fromEntries(Object.entries(asked).filter((pair): pair is [string, string] => pair[1] !== undefined));
}

export const lots: Register = (named) => {
  withLimit(withServer(named))
    .description('Lists lots, newest first. Filters narrow the list; all that are given must hold.')
    .option('--holder <actor>', 'held or dispatched by this actor')
    .option('--to <actor>', 'on their way to this actor')
    .option('--site <site>', 'declared at this site, or made of what was')
    .option('--tag <tag>', 'that carry or carried this tag')
    .option('--mineral <mineral>', 'of this mineral')
    .option('--status <status>', Object.keys(STATUSES).join(', '))
    .addHelpText('before', 'Example: adit lots --holder coop --status held\n         adit lots --to trader\n')
    .action(async (options: Options, command: Command) => {
      const client = clientOf(command);
      const listing = { columns: lotColumns, none: 'There is no such lot.' };
      await printList(terminalOf(command), client.allLots(queryOf(options)), listing, options);
    });
};
