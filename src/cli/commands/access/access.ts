import type { Command } from 'commander';
import type { Access } from '../../../core/api/access/share.js';
import { type Register, terminalOf, withServer } from '../../command.js';
import { namedLot } from '../../named-lot.js';
import { type ListOptions, printList, withLimit } from '../../output/list.js';
import type { Column } from '../../output/table.js';
import { accessClientOf, clientOf } from '../../sign-in.js';
import { timeText } from './ids.js';
import { grant } from './grant.js';
import { keys } from './keys.js';
import { share } from './share.js';

const LOT = 'id, first 8 characters, tag or lot number';

/** The commands about who may see what. */
export const access: Register = (group) => {
  group.description(
    'Shows and decides who sees your lots. An actor sees what it declared, held, holds, carries or is to receive, and what you grant or share.',
  );
  explain(group);
  grant(group);
  share(group);
  log(group);
  keys(group);
};

function explain(group: Command): void {
  withServer(group.command('explain'))
    .summary('explain why an actor sees a lot, or does not')
    .argument('<lot>', LOT)
    .argument('<actor>', 'id of the actor')
    .addHelpText('before', 'Example: adit access explain RW-A000001 trader\n')
    .action(async (name: string, actor: string, _options: object, command: Command) => {
      const terminal = terminalOf(command);
      const lot = await namedLot(clientOf(command), name);
      const explanation = await accessClientOf(command).explain(lot.id, actor);
      const { sees, text, reasons } = explanation;
      const { colour } = terminal;
      const mark = { all: colour.green('✓'), part: colour.yellow('◐'), nothing: colour.red('✗') }[sees];
      terminal.say(`${mark} ${text}`);
      if (reasons.length > 1)
        terminal.say(`  ${reasons.length} rules apply: ${reasons.map(({ rule }) => rule).join(', ')}`);
      terminal.result(explanation);
    });
}

const columns: readonly Column<Access>[] = [
  { title: 'when', value: ({ at }) => timeText(at) },
  { title: 'who', value: ({ viewer }) => viewer.replace(/^actor:/, ''), least: 12 },
  { title: 'read', value: ({ route }) => routeWords(route), least: 8, dropped: 1 },
];

/** Names what a route shows: the last word of `/v1/lots/:id/report`, or the lot itself. */
const routeWords = (route: string): string => /:id\/([a-z]+)$/.exec(route)?.[1] ?? 'lot';

function log(group: Command): void {
  withLimit(withServer(group.command('log')))
    .summary('list who read a lot that you hold')
    .argument('<lot>', LOT)
    .addHelpText('before', 'Example: adit access log RW-A000001\n')
    .action(async (name: string, options: ListOptions, command: Command) => {
      const lot = await namedLot(clientOf(command), name);
      const listing = { columns, none: 'No read of it is recorded.' };
      await printList(terminalOf(command), accessClientOf(command).accesses(lot.id), listing, options);
    });
}
