import type { Command } from 'commander';
import type { AditClient } from '../../../client/adit-client.js';
import type { ListedDelivery } from '../../../core/api/alerts/delivery.js';
import { countOf } from '../../../core/words.js';
import type { Subscription } from '../../../core/api/alerts/subscription.js';
import { type FilterOptions, filterWords, filtersOf, withFilters, withLotIds } from '../../alerts/alert-filters.js';
import { type Register, terminalOf, withServer } from '../../command.js';
import { shortId } from '../../output/lot-names.js';
import { CommandError, EXIT, type Terminal } from '../../output/terminal.js';
import { dayAndTime } from '../../signing/report.js';
import { clientOf } from '../../sign-in.js';

/** Time limit for a test message, ms: one attempt and the wait before it. */
const PATIENCE = 20_000;

const ID = 'its id, or the first 8 characters';

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
  const state = one.enabled ? colour.green('on') : colour.red(`off: ${one.disabledReason ?? 'switched off'}`);
  const label = one.label === null ? '' : `  ${one.label}`;
  terminal.say(`${shortId(one.id)}  ${one.channel}  ${one.url ?? one.address ?? ''}  ${state}${label}`);
  const only = filterWords(one.filters);
  if (only !== '') terminal.say(`  only ${only}`);
  const { failures, failingSince } = one;
  if (failures > 0)
    terminal.say(
      `  ${countOf(failures, 'try', 'tries')} ${failures === 1 ? 'has' : 'have'} failed since ${dayAndTime(failingSince ?? '')} UTC`,
    );
}

/** Finds the subscription with this id, or with an id that begins so. */
async function subscriptionNamed(client: AditClient, id: string): Promise<Subscription> {
  const found: Subscription[] = [];
  for await (const one of client.subscriptions()) if (one.id.startsWith(id.toLowerCase())) found.push(one);
  const [only] = found;
  if (only !== undefined && found.length === 1) return only;
  throw new CommandError(
    only === undefined ? `There is no subscription ${id}.` : `${found.length} subscriptions begin with ${id}.`,
    '"adit subscribe list" lists them, with their ids.',
    only === undefined ? EXIT.error : EXIT.usage,
  );
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

/** Parses `22:00-06:00 Africa/Kigali`. */
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

/** Returns the request with the given options only. */
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
    .option('--digest <minutes>', 'one message for all alerts within so many minutes')
    .option('--escalate-after <minutes>', 'only what nobody has acknowledged within so many minutes')
    .option('--quiet <hours>', 'what is not critical waits then: "22:00-06:00 Africa/Kigali"');

function begin(subscribe: Command, channel: 'webhook' | 'mail', example: string): void {
  const place = channel === 'webhook' ? 'url' : 'address';
  const command = withOptions(subscribe.command(channel))
    .summary(channel === 'webhook' ? 'alerts by webhook; prints the secret, this once' : 'alerts by mail')
    .argument(`<${place}>`)
    .addHelpText('before', `Example: ${example}\n`);
  if (channel === 'webhook')
    command.option('--contact <address>', 'mail address notified when the subscription is switched off');
  command.action(async (target: string, options: SubscribeOptions, self: Command) => {
    const terminal = terminalOf(self);
    const client = clientOf(self);
    const asked = optionsOf(await withLotIds(client, options));
    const made = await client.subscribe({ channel, [place]: target, ...asked });
    describe(terminal, made);
    if (made.secret !== undefined) terminal.say(`  secret, shown this once: ${made.secret}`);
    if (made.publicKey !== null) terminal.say(`  public key of the v1a signatures: ${made.publicKey}`);
    terminal.say(`  Try it: adit subscribe test ${shortId(made.id)}`);
    terminal.result(made);
  });
}

/** Waits for the first attempt of a test message; returns its delivery. */
async function tried(client: AditClient, id: string): Promise<ListedDelivery> {
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

async function test(name: string, client: AditClient, terminal: Terminal): Promise<void> {
  const { id } = await subscriptionNamed(client, name);
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
    .summary('list subscriptions and how they go')
    .addHelpText('before', 'Example: adit subscribe list\n')
    .action(async (_options: object, self: Command) => {
      const terminal = terminalOf(self);
      let count = 0;
      for await (const one of clientOf(self).subscriptions()) {
        describe(terminal, one);
        terminal.result(one);
        count += 1;
      }
      if (count === 0) terminal.say('Nobody has subscribed.');
    });
  withServer(group.command('test').argument('<id>', ID))
    .summary('send a test message, and say whether it arrived')
    .addHelpText('before', 'Example: adit subscribe test SUBSCRIPTION\n')
    .action((id: string, _options: object, self: Command) => test(id, clientOf(self), terminalOf(self)));
  withServer(group.command('rotate').argument('<id>', ID))
    .summary('make a new secret; the old one also signs for a day')
    .addHelpText('before', 'Example: adit subscribe rotate SUBSCRIPTION\n')
    .action(async (id: string, _options: object, self: Command) => {
      const terminal = terminalOf(self);
      const client = clientOf(self);
      const rotated = await client.rotateSecret((await subscriptionNamed(client, id)).id);
      terminal.say(`new secret, shown this once: ${rotated.secret}`);
      terminal.say(`the former one signs until ${dayAndTime(rotated.formerSecretUntil)} UTC`);
      terminal.result(rotated);
    });
  withServer(group.command('redeliver').argument('<id>', ID))
    .summary('send again all messages since a time')
    .addHelpText('before', 'Example: adit subscribe redeliver SUBSCRIPTION --since 2026-05-01T00:00:00Z\n')
    .requiredOption('--since <time>', 'RFC 3339, such as 2026-05-12T06:00:00Z')
    .action(async (id: string, { since }: { since: string }, self: Command) => {
      const terminal = terminalOf(self);
      const client = clientOf(self);
      const { messages } = await client.redeliver((await subscriptionNamed(client, id)).id, since);
      terminal.say(`${countOf(messages, 'message')} ${messages === 1 ? 'is' : 'are'} on the way.`);
      terminal.result({ messages });
    });
  withServer(group.command('end').argument('<id>', ID))
    .summary('end a subscription')
    .addHelpText('before', 'Example: adit subscribe end SUBSCRIPTION\n')
    .action(async (name: string, _options: object, self: Command) => {
      const terminal = terminalOf(self);
      const client = clientOf(self);
      const { id, url, address } = await subscriptionNamed(client, name);
      await client.unsubscribe(id);
      terminal.say(`Ended: nothing more is sent to ${url ?? address ?? id}.`);
      terminal.result({ id, ended: true });
    });
};
