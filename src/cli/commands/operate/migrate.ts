import { type Register, terminalOf } from '../../command.js';
import { operator } from '../../operator.js';

export const migrate: Register = (named) => {
  named
    .addHelpText('before', 'Example: adit migrate\n')
    .description('Runs the migrations that the database lacks. `adit serve` does so too when it starts.')
    .action(async (_options: unknown, command) => {
      const terminal = terminalOf(command);
      const { loadConfig, openDatabase } = await operator();
      const database = await openDatabase(loadConfig(), (message) => terminal.say(message));
      await database.stop();
      terminal.say(`${terminal.colour.green('✓')} the database is up to date`);
      terminal.result({ migrated: true });
    });
};
