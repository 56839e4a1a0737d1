import { AditClient } from '../client/adit-client.js';
import type { Alert } from '../client/shapes.js';
import { type Register, terminalOf, withServer } from './commands.js';
import type { Terminal } from './terminal.js';

const show = (terminal: Terminal, alert: Alert): void => {
  const { colour } = terminal;
  const severity = ['critical', 'high'].includes(alert.severity)
    ? colour.red(alert.severity)
    : colour.yellow(alert.severity);
  terminal.say(`${alert.openedAt.slice(0, 19).replace('T', ' ')}  ${severity}  ${alert.rule}  ${alert.status}`);
  terminal.say(`  ${alert.detail} (${alert.measured}; limit ${alert.threshold})`);
  terminal.result(alert);
};

export const alerts: Register = (program) => {
  withServer(program.command('alerts'))
    .summary('what was found, and what is found now')
    .description('Lists alerts that are open; with --follow it goes on and shows new ones as they come.')
    .option('--follow', 'stay, and show alerts as they come', false)
    .addHelpText('before', 'Example: adit alerts --follow\n')
    .action(async ({ server, follow }: { server: string; follow: boolean }, command) => {
      const terminal = terminalOf(command);
      const client = new AditClient(server);
      if (!follow) {
        let count = 0;
        for await (const alert of client.alerts({ status: 'open' })) {
          show(terminal, alert);
          count += 1;
        }
        if (count === 0) terminal.say('No alert is open.');
        return;
      }
      const ended = new AbortController();
      process.once('SIGINT', () => ended.abort());
      for await (const { alert } of client.followAlerts(ended.signal, '0')) show(terminal, alert);
    });
};
