import { type Register, terminalOf } from '../../command.js';
import { type ServeOptions, service } from '../../operator.js';

export const serve: Register = (named) => {
  named
    .description('Runs the API, the workers, or both, until a signal stops it. Both run as two processes with one log.')
    .option('--role <role>', 'api, worker or all (default: ADIT_ROLE)')
    .option('--single', 'run both in one process, which takes less memory', false)
    .option('--port <port>', 'port to listen on; 0 takes a free one (default: PORT)')
    .addHelpText('before', 'Example: adit serve --port 8400\n')
    .action(async (options: ServeOptions, command) => {
      const terminal = terminalOf(command);
      const { serve: serveLedger } = await service();
      const { url, role, signIn } = await serveLedger(options);
      terminal.say(`Adit answers at ${url} · documentation ${url}/docs · stop with Ctrl-C`);
      if (signIn !== null) terminal.say(`Sign in with a browser, once and within 15 minutes: ${signIn}`);
      terminal.result({ url, role });
    });
};
