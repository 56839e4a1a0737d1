import { type Register, terminalOf } from '../../command.js';
import { EXIT } from '../../output/terminal.js';
import { operator } from '../../operator.js';

export const configCheck: Register = (group) => {
  group.description('The configuration of this machine.');
  group
    .command('check')
    .summary('check the environment, and show what it amounts to')
    .addHelpText('before', 'Example: adit config check\n')
    .action(async (_options: unknown, command) => {
      const terminal = terminalOf(command);
      const { ConfigError, settingsList, configWarnings, loadConfig, redactedConfig } = await operator();
      try {
        const loaded = loadConfig();
        const shown = redactedConfig(loaded);
        const warnings = configWarnings(loaded);
        for (const { name } of settingsList) terminal.say(`${name.padEnd(30)} ${JSON.stringify(shown[name])}`);
        terminal.say(`\n${terminal.colour.green('✓')} the configuration is usable`);
        for (const warning of warnings) terminal.say(`${terminal.colour.yellow('!')} ${warning}`);
        terminal.result({ usable: true, config: shown, warnings });
      } catch (error) {
        if (!(error instanceof ConfigError)) throw error;
        for (const problem of error.problems) terminal.say(`${terminal.colour.red('✗')} ${problem}`);
        terminal.result({ usable: false, problems: error.problems });
        terminal.endWith(EXIT.usage);
      }
    });
};
