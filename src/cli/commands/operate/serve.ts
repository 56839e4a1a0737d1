import { type Register, terminalOf } from '../../command.js';
import { operator } from '../../operator.js';

export const serve: Register = (named) => {
  named
    .description('Runs the API, the workers, or both, until a signal stops it.')
    .option('--role <role>', 'api, worker or all (default: ADIT_ROLE)')
    .option('--port <port>', 'port to listen on; 0 takes a free one (default: PORT)')
    .addHelpText('before', 'Example: adit serve --port 8400\n')
    .action(async ({ role, port }: { role?: string; port?: string }, command) => {
      const terminal = terminalOf(command);
      const { JsonLogger, boundGarbage, loadConfig, startServer, stopOnSignals } = await operator();
      const config = loadConfig(undefined, {
        ...(role === undefined ? {} : { ADIT_ROLE: role }),
        ...(port === undefined ? {} : { PORT: port }),
      });
      const logger = new JsonLogger(config.logLevel);
      boundGarbage(config);
      const server = await startServer(config, { logger });
      stopOnSignals(server, logger);
      terminal.say(`Adit answers at ${server.url} · documentation ${server.url}/docs · stop with Ctrl-C`);
      terminal.result({ url: server.url, role: config.role });
    });
};
