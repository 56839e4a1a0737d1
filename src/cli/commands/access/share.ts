import type { Command } from 'commander';
import type { Share } from '../../../core/api/access/share.js';
import { terminalOf, withServer } from '../../command.js';
import { untilOf } from '../../input/until.js';
import { namedLot } from '../../named-lot.js';
import { type ListOptions, printList, withLimit } from '../../output/list.js';
import type { Column } from '../../output/table.js';
import { accessClientOf, clientOf } from '../../sign-in.js';
import { shortText, timeText } from './ids.js';

const LOT = 'id, first 8 characters, tag or lot number';

/** Adds `share make`, `share list` and `share withdraw`. */
export function share(access: Command): void {
  const group = access.command('share').summary('links that show one lot to who has them');
  make(group);
  list(group);
  withdraw(group);
}

interface MakeOptions {
  until: string;
  label?: string;
  disclosures?: boolean;
}

function make(group: Command): void {
  withServer(group.command('make'))
    .summary('make a link to one lot; prints it, this once')
    .description(
      'Makes a link that shows one lot as you see it, to whoever has the link. The ledger keeps only its hash: a lost link cannot be printed again.',
    )
    .argument('<lot>', LOT)
    .requiredOption('--until <time>', '30d, a day, or a time; at most two years')
    .option('--label <text>', 'for whom it is; only you see it')
    .option('--disclosures', 'also names, prices and places that you may see')
    .addHelpText('before', 'Example: adit access share make RW-A000001 --until 30d --label "for the bank"\n')
    .action(async (name: string, { until, label, disclosures = false }: MakeOptions, command: Command) => {
      const terminal = terminalOf(command);
      const expiresAt = untilOf(until);
      const lot = await namedLot(clientOf(command), name);
      const asked = { expiresAt, disclosures, ...(label === undefined ? {} : { label }) };
      const made = await accessClientOf(command).makeShare(lot.id, asked);
      terminal.say(made.url);
      terminal.note(
        `Shown this once. It shows ${name} until ${timeText(made.expiresAt)} UTC. End it with: adit access share withdraw ${made.id}`,
      );
      terminal.result(made);
    });
}

function stateOf({ withdrawnAt, expiresAt }: Share): string {
  if (withdrawnAt !== null) return 'withdrawn';
  return Date.parse(expiresAt) <= Date.now() ? 'ended' : 'in force';
}

const columns: readonly Column<Share>[] = [
  { title: 'share', value: ({ id }) => id },
  { title: 'until', value: ({ expiresAt }) => timeText(expiresAt) },
  { title: 'state', value: stateOf },
  { title: 'uses', value: ({ uses }) => String(uses), right: true },
  { title: 'last', value: ({ lastUsedAt }) => (lastUsedAt === null ? '' : timeText(lastUsedAt)), dropped: 1 },
  { title: 'label', value: ({ label }) => label ?? '', least: 8, dropped: 2 },
];

function list(group: Command): void {
  withLimit(withServer(group.command('list')))
    .summary('list your links to a lot, with their uses')
    .argument('<lot>', LOT)
    .addHelpText('before', 'Example: adit access share list RW-A000001\n')
    .action(async (name: string, options: ListOptions, command: Command) => {
      const lot = await namedLot(clientOf(command), name);
      const shares = await accessClientOf(command).shares(lot.id);
      const rows = (async function* () {
        yield* shares;
      })();
      await printList(terminalOf(command), rows, { columns, none: 'There is no share link of it by you.' }, options);
    });
}

function withdraw(group: Command): void {
  withServer(group.command('withdraw'))
    .summary('end a link at once')
    .argument('<share>', 'its id')
    .addHelpText('before', 'Example: adit access share withdraw SHARE\n')
    .action(async (id: string, _options: object, command: Command) => {
      const terminal = terminalOf(command);
      await accessClientOf(command).withdrawShare(id);
      terminal.say(`Ended: the link ${shortText(id)} shows nothing any more.`);
      terminal.result({ id, withdrawn: true });
    });
}
