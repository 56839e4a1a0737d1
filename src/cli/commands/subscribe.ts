import type { Command } from 'commander';
import { AditClient } from '../../client/adit-client.js';
import type { Delivery, Subscription } from '../../client/shapes.js';
import { type FilterOptions, filtersOf, withFilters } from '../alerts/alert-filters.js';
import { type Register, terminalOf, withServer } from '../command.js';
import { CommandError, EXIT, type Terminal } from '../output/terminal.js';

/** How long a test message may take to arrive, ms: one try, and the time to get to it. */
const PATIENCE = 20_000;

interface SubscribeOptions extends FilterOptions {
  server: string;
  label?: string;
  language?: string;
  digest?: string;
  escalateAfter?: string;
  quiet?: string;
  contact?: string;
}

function describe(terminal: Terminal, one: Subscription): void {
  const { colour } = terminal;
  const state = one.enabled ? colour.green('on') : colour.red(`off: ${one.disabledReason ?? ''}`);
  terminal.say(`${one.id}  ${one.channel}  ${one.url ?? one.address ?? ''}  ${state}`);
  if (Object.keys(one.filters).length > 0) terminal.say(`  ${JSON.stringify(one.filters)}`);
  if (one.failures > 0) terminal.say(`  ${one.failures} tries have failed since ${one.failingSince ?? ''}`);
}

const minutes = (text: string | undefined, option: string): number | undefined => {
  if (text === undefined) return undefined;
  if (!/^[0-9]{1,5}$/.test(text))
    throw new CommandError(
      `${option} takes minutes, not ${text}.`,
      'Write them as a whole number, such as 60.',
      EXIT.usage,
    );
  return Number(text);
};

/** `22:00-06:00 Africa/Kigali` */
function quietHours(text: string | undefined): object | undefined {
  if (text === undefined) return undefined;
  const [, from, to, timeZone] = /^(\d\d:\d\d)-(\d\d:\d\d) (\S+)$/.exec(text) ?? [];
  if (timeZone === undefined)
    throw new CommandError(
      `${text} are no quiet hours.`,
      'Write them with a time zone: --quiet "22:00-06:00 Africa/Kigali".',
      EXIT.usage,
    );
  return { from, to, timeZone };
}

/** What is not asked for is left out of the request. */
function optionsOf({ server: _server, ...options }: SubscribeOptions): object {
  const asked = {
    label: options.label,
    language: options.language,
    filters: filtersOf(options),
    digestMinutes: minutes(options.digest, '--digest'),
    escalateAfterMinutes: minutes(options.escalateAfter, '--escalate-after'),
    quietHours: quietHours(options.quiet),
    contact: options.contact,
  };
  return Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== undefined));
}

const withOptions = (command: Command): Command =>
  withFilters(withServer(command))
    .option('--label <text>', 'a name for people')
    .option('--language <code>', 'of mails: en, fr, sw, es')
    .option('--digest <minutes>', 'one message about all that was told within so many minutes')
    .option('--escalate-after <minutes>', 'only what nobody has acknowledged within so many minutes')
    .option('--quiet <hours>', 'what is not critical waits then: "22:00-06:00 Africa/Kigali"');

function begin(subscribe: Command, channel: 'webhook' | 'mail', example: string): void {
  const place = channel === 'webhook' ? 'url' : 'address';
  const command = withOptions(subscribe.command(channel))
    .summary(channel === 'webhook' ? 'alerts by webhook; prints the secret, this once' : 'alerts by mail')
    .argument(`<${place}>`)
    .addHelpText('before', `Example: ${example}\n`);
  if (channel === 'webhook') command.option('--contact <address>', 'mail address of who is told if it is switched off');
  command.action(async (target: string, options: SubscribeOptions, self: Command) => {
    const terminal = terminalOf(self);
    const client = new AditClient(options.server);
    const made = await client.subscribe({ channel, [place]: target, ...optionsOf(options) });
    describe(terminal, made);
    if (made.secret !== undefined) terminal.say(`  secret, shown this once: ${made.secret}`);
    if (made.publicKey !== null) terminal.say(`  public key of the v1a signatures: ${made.publicKey}`);
    terminal.say(`  Try it: adit subscribe test ${made.id}`);
    terminal.result(made);
  });
}

/** Waits until the first try of a test has been made, and says what came of it. */
async function tried(client: AditClient, id: string): Promise<Delivery> {
  const end = Date.now() + PATIENCE;
  for (;;) {
    const delivery = await client.delivery(id);
    if (delivery.attempts.length > 0) return delivery;
    if (Date.now() > end)
      throw new CommandError(
        'The test message has not been sent yet.',
        'Is a worker running? See adit serve --role worker.',
      );
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

async function test(id: string, server: string, terminal: Terminal): Promise<void> {
  const client = new AditClient(server);
  const { delivery } = await client.testSubscription(id);
  const { status, attempts } = await tried(client, delivery);
  const last = attempts.at(-1);
  const answer = `${last?.httpStatus ?? 'no answer'}${last?.failure == null ? '' : `, ${last.failure}`}`;
  terminal.say(
    `${status === 'delivered' ? terminal.colour.green('arrived') : terminal.colour.red('did not arrive')} (${answer})`,
  );
  terminal.result({ status, attempts });
  if (status !== 'delivered') terminal.endWith(EXIT.error);
}

export const subscribe: Register = (group) => {
  group.description('Begins, lists, tries out and ends subscriptions to alerts.');
  begin(group, 'webhook', 'adit subscribe webhook https://example.org/alerts --minimum-severity high');
  begin(group, 'mail', 'adit subscribe mail grace@example.org --language fr --site hill --digest 1440');
  withServer(group.command('list'))
    .summary('who is told what, and how it goes')
    .addHelpText('before', 'Example: adit subscribe list\n')
    .action(async ({ server }: { server: string }, self) => {
      const terminal = terminalOf(self);
      let count = 0;
      for await (const one of new AditClient(server).subscriptions()) {
        describe(terminal, one);
        terminal.result(one);
        count += 1;
      }
      if (count === 0) terminal.say('Nobody has subscribed.');
    });
  withServer(group.command('test').argument('<id>'))
    .summary('send a test message, and say whether it arrived')
    .addHelpText('before', 'Example: adit subscribe test SUBSCRIPTION\n')
    .action((id: string, { server }: { server: string }, self) => test(id, server, terminalOf(self)));
  withServer(group.command('rotate').argument('<id>'))
    .summary('make a new secret; the old one also signs for a day')
    .addHelpText('before', 'Example: adit subscribe rotate SUBSCRIPTION\n')
    .action(async (id: string, { server }: { server: string }, self) => {
      const terminal = terminalOf(self);
      const rotated = await new AditClient(server).rotateSecret(id);
      terminal.say(`new secret, shown this once: ${rotated.secret}`);
      terminal.say(`the former one signs until ${rotated.formerSecretUntil}`);
      terminal.result(rotated);
    });
  withServer(group.command('redeliver').argument('<id>'))
    .summary('send again all that was told since a time')
    .addHelpText('before', 'Example: adit subscribe redeliver SUBSCRIPTION --since 2026-05-01T00:00:00Z\n')
    .requiredOption('--since <time>', 'RFC 3339, such as 2026-05-12T06:00:00Z')
    .action(async (id: string, { server, since }: { server: string; since: string }, self) => {
      const terminal = terminalOf(self);
      const { messages } = await new AditClient(server).redeliver(id, since);
      terminal.say(`${messages} messages are on their way.`);
      terminal.result({ messages });
    });
  withServer(group.command('end').argument('<id>'))
    .summary('end a subscription')
    .addHelpText('before', 'Example: adit subscribe end SUBSCRIPTION\n')
    .action(async (id: string, { server }: { server: string }, self) => {
      const terminal = terminalOf(self);
      await new AditClient(server).unsubscribe(id);
      terminal.say('ended');
      terminal.result({ id, ended: true });
    });
};
