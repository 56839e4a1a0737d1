import { JsonLogger, loadConfig, startServer, stopOnSignals } from '../server/operator.js';
import { type Register, terminalOf } from './commands.js';

export const serve: Register = (program) => {
  program
    .command('serve')
    .summary('run the ledger')
    .description('Runs the API, the workers, or both, until it is told to stop.')
    .option('--role <role>', 'api, worker or all (default: ADIT_ROLE)')
    .addHelpText('before', 'Example: adit serve\n')
    .action(async ({ role }: { role?: string }, command) => {
      const terminal = terminalOf(command);
      const config = loadConfig(undefined, role === undefined ? {} : { ADIT_ROLE: role });
      const logger = new JsonLogger(config.logLevel);
      const server = await startServer(config, { logger });
      stopOnSignals(server, logger);
      terminal.say(`Adit answers at ${server.url} · documentation ${server.url}/docs · stop with Ctrl-C`);
      terminal.result({ url: server.url, role: config.role });
    });
};
