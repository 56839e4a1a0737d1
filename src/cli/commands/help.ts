import type { Command } from 'commander';
import type { Register } from '../command.js';
import { didYouMean } from '../input/did-you-mean.js';
import { CommandError, EXIT } from '../output/terminal.js';
import { complete } from '../program.js';

export const help: Register = (named) => {
  named
    .argument('[words...]', 'the command, such as declare, or alerts silence')
    .addHelpText('before', 'Example: adit help declare\n')
    .action(async (words: string[], _options: unknown, command: Command) => {
      let explained = command.parent as Command;
      for (const word of words) {
        const next = explained.commands.find((each) => each.name() === word || each.aliases().includes(word));
        if (next === undefined) throw unknownCommand(word, explained);
        await complete(next);
        explained = next;
      }
      explained.outputHelp();
    });
};

function unknownCommand(word: string, { commands }: Command): CommandError {
  const meant = didYouMean(
    word,
    commands.map((each) => each.name()),
  );
  return new CommandError(`There is no command ${word}.${meant}`, '"adit --help" shows all commands.', EXIT.usage);
}
