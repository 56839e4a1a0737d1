import type { Command } from 'commander';
import { type Register, terminalOf } from '../command.js';
import { SHELLS, type Shell, completionOf } from '../output/completion.js';
import { CommandError, EXIT } from '../output/terminal.js';
import { completeAll } from '../program.js';

const isShell = (name: string): name is Shell => (SHELLS as readonly string[]).includes(name);

export const completion: Register = (named) => {
  named
    .argument('<shell>', SHELLS.join(', '))
    .addHelpText(
      'before',
      'Example: eval "$(adit completion bash)"      # in ~/.bashrc; zsh likewise\n         adit completion fish | source        # in ~/.config/fish/config.fish\n',
    )
    .action(async (shell: string, _options: unknown, command: Command) => {
      if (!isShell(shell))
        throw new CommandError(
          `There is no completion for ${shell}.`,
          `Name one of: ${SHELLS.join(', ')}.`,
          EXIT.usage,
        );
      const terminal = terminalOf(command);
      const program = command.parent as Command;
      await completeAll(program);
      const script = completionOf(program, shell);
      terminal.say(script.trimEnd());
      terminal.result({ shell, script });
    });
};
