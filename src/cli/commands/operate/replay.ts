import type { Difference, EntryProblem } from '../../../server/operator.js';
import { countOf } from '../../../core/words.js';
import { type Register, terminalOf } from '../../command.js';
import { EXIT } from '../../output/terminal.js';
import { operator } from '../../operator.js';

const describe = ({ table, key, column, stored, replayed }: Difference): string =>
  column === null
    ? `${table} (${key}): ${stored === null ? 'the row is missing' : 'the row should not be there'}`
    : `${table} (${key}) ${column}: stored ${stored ?? 'null'}, the log gives ${replayed ?? 'null'}`;

export const replay: Register = (named) => {
  named
    .addHelpText('before', 'Example: adit replay\n')
    .description('Re-admits every entry and compares each derived row with the stored one. Changes nothing.')
    .action(async (_options: unknown, command) => {
      const terminal = terminalOf(command);
      let bar: ((done: number) => void) | null = null;
      const { loadConfig, replayProjections } = await operator();
      const found = await replayProjections(loadConfig(), {
        pace: async (done, size) => (bar ??= terminal.progress('replaying', size))(done),
      });
      for (const { detail } of found.entries) terminal.say(`${terminal.colour.red('✗')} ${detail}`);
      for (const difference of found.differences) terminal.say(`${terminal.colour.red('✗')} ${describe(difference)}`);
      terminal.result(found);
      const good = found.entries.length === 0 && found.differences.length === 0;
      terminal.say(
        good
          ? `${terminal.colour.green('VERIFIED')}: ${countOf(found.size, 'entry gives', 'entries give')} exactly the stored rows`
          : `${terminal.colour.red('BROKEN')}${where(found.entries[0], found.differences[0])}`,
      );
      if (!good) terminal.endWith(EXIT.broken);
    });
};

function where(entry: EntryProblem | undefined, difference: Difference | undefined): string {
  if (entry !== undefined) return ` at event ${entry.index}`;
  return difference === undefined ? '' : ` in table ${difference.table}`;
}
