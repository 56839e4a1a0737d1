import type { Command } from 'commander';
import type { AditClient } from '../../../client/adit-client.js';
import type { Alert } from '../../../core/api/alerts/alert.js';
import { type Register, terminalOf, withServer } from '../../command.js';
import { type FilterOptions, queryOf, withFilters, withLotIds } from '../../alerts/alert-filters.js';
import { ForwardAlerts, defaultSecretFile, stableSecret } from '../../alerts/forward-alerts.js';
import { registerDesk } from '../../alerts/desk.js';
import { showAlert } from '../../output/alert-lines.js';
import { EXIT, type Terminal } from '../../output/terminal.js';
import { triggerAlert, triggerable } from '../../alerts/trigger-alert.js';
import { clientOf } from '../../sign-in.js';

/** Shows an alert as text, or complete as JSON. */
function show(terminal: Terminal, alert: Alert): void {
  showAlert(terminal, alert);
  terminal.result(alert);
}

interface AlertOptions extends FilterOptions {
  follow: boolean;
}

async function list({ follow, ...asked }: AlertOptions, client: AditClient, terminal: Terminal): Promise<void> {
  const filters = await withLotIds(client, asked);
  if (follow) {
    for await (const { alert } of client.followAlerts(terminal.ended('SIGINT'), '0', queryOf(filters)))
      show(terminal, alert);
    return;
  }
  let count = 0;
  for await (const alert of client.alerts({ status: 'open', ...queryOf(filters) })) {
    show(terminal, alert);
    count += 1;
  }
  if (count === 0) terminal.say('No alert is open.');
}

interface ForwardOptions {
  forwardTo: string;
  secretFile: string;
}

const withForwarding = (command: Command): Command =>
  command.option('--secret-file <file>', 'where the secret that signs them is kept', defaultSecretFile());

/** Forwards one alert and reports the result. */
async function pass(forwarder: ForwardAlerts, id: string, alert: Alert, terminal: Terminal): Promise<boolean> {
  const { type, answer, good } = await forwarder.forward(id, alert);
  terminal.say(`  ${type} → ${good ? terminal.colour.green(answer) : terminal.colour.red(answer)}`);
  return good;
}

function listen(alerts: Command): void {
  withForwarding(alerts.command('listen'))
    .summary('send alerts on to a receiver that you are building')
    .description(
      'Follows the alerts of a ledger and sends each, signed by a secret that stays the same, to your machine.',
    )
    .requiredOption('--forward-to <url>', 'where your receiver listens')
    .addHelpText('before', 'Example: adit alerts listen --forward-to http://127.0.0.1:3000/alerts --rule tag-reused\n')
    .addHelpText('after', '\n--server and all filters of "adit alerts" apply.')
    .action(async (_options: unknown, command: Command) => {
      // Options of `alerts` apply to its subcommands too.
      const { forwardTo, secretFile, ...asked } = command.optsWithGlobals<AlertOptions & ForwardOptions>();
      const terminal = terminalOf(command);
      const client = clientOf(command);
      const filters = await withLotIds(client, asked);
      const secret = stableSecret(secretFile);
      const forwarder = new ForwardAlerts(forwardTo, secret);
      terminal.say(`Alerts go to ${forwardTo}, signed with ${secret}. Stop with Ctrl-C.`);
      terminal.result({ forwardTo, secret });
      for await (const { id, alert } of client.followAlerts(terminal.ended('SIGINT'), undefined, queryOf(filters))) {
        show(terminal, alert);
        await pass(forwarder, id, alert, terminal);
      }
    });
}

function trigger(alerts: Command): void {
  withForwarding(alerts.command('trigger'))
    .summary('bring about an alert of a rule, on a throw-away ledger')
    .argument('<rule>')
    .option('--forward-to <url>', 'where your receiver listens')
    .addHelpText('before', 'Example: adit alerts trigger tag-reused --forward-to http://127.0.0.1:3000/alerts\n')
    .addHelpText('after', () => `\nRules: ${triggerable().join(', ')}`)
    .action(async (rule: string, { forwardTo, secretFile }: Partial<ForwardOptions>, command) => {
      const terminal = terminalOf(command);
      const secret = forwardTo === undefined ? null : stableSecret(secretFile ?? defaultSecretFile());
      const forwarder = forwardTo === undefined || secret === null ? null : new ForwardAlerts(forwardTo, secret);
      if (secret !== null) terminal.say(`Alerts go to ${forwardTo ?? ''}, signed with ${secret}.`);
      terminal.say('Playing a small fault on a ledger of its own …');
      let good = true;
      await triggerAlert(rule, async ({ id, alert }) => {
        show(terminal, alert);
        if (forwarder !== null) good = (await pass(forwarder, id, alert, terminal)) && good;
      });
      if (!good) terminal.endWith(EXIT.error);
    });
}

export const alerts: Register = (group) => {
  withFilters(withServer(group))
    .description('Lists alerts that are open; with --follow it goes on and shows new ones as they come.')
    .option('--follow', 'stay, and show alerts as they come', false)
    .addHelpText('before', 'Example: adit alerts --follow --minimum-severity high\n')
    .action((options: AlertOptions, self: Command) => list(options, clientOf(self), terminalOf(self)));
  registerDesk(group);
  listen(group);
  trigger(group);
};
