import type { Command } from 'commander';
import type { WaitingEventView } from '../../../core/api/waiting.js';
import { type Register, terminalOf, withServer } from '../../command.js';
import { type ListOptions, printList, withLimit } from '../../output/list.js';
import { shortId } from '../../output/lot-names.js';
import type { Column } from '../../output/table.js';
import { clientOf } from '../../sign-in.js';

/** Formats the first item of a list with the number of the others. */
const firstOf = ([first = '', ...others]: readonly string[]): string =>
  others.length === 0 ? first : `${first} +${others.length}`;

const columns: readonly Column<WaitingEventView>[] = [
  { title: 'event', value: ({ id }) => shortId(id) },
  { title: 'type', value: ({ type }) => type, least: 10 },
  { title: 'by', value: ({ iss }) => iss, least: 6 },
  { title: 'lot', value: ({ lots }) => firstOf(lots.map(shortId)), dropped: 2 },
  { title: 'waits for', value: ({ missing }) => firstOf(missing.map(shortId)) },
  { title: 'since', value: ({ since }) => since.slice(0, 10), dropped: 1 },
  { title: 'expires', value: ({ expiresAt }) => expiresAt.slice(0, 10) },
];

export const waiting: Register = (named) => {
  withLimit(withServer(named))
    .description(
      'Lists the events that the ledger keeps until those that they follow arrive, the one that came first first. One that still waits when it expires is discarded; it can be sent again.',
    )
    .option('--missing <event>', 'that wait for this event, by its whole id')
    .addHelpText('before', 'Example: adit waiting\n')
    .action(async ({ missing, ...page }: ListOptions & { missing?: string }, command: Command) => {
      const listing = { columns, none: 'No event waits.' };
      const rows = clientOf(command).waiting(missing === undefined ? {} : { missing });
      await printList(terminalOf(command), rows, listing, page);
    });
};
