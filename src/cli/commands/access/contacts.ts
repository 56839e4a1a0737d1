import type { Command } from 'commander';
import type { Contact } from '../../../core/api/access/contact.js';
import { type Register, terminalOf, withServer } from '../../command.js';
import { type ListOptions, printList, withLimit } from '../../output/list.js';
import type { Column } from '../../output/table.js';
import { CommandError, EXIT, type Terminal } from '../../output/terminal.js';
import { accessClientOf, signedInClientOf } from '../../sign-in.js';
import { said } from '../../signing/shorthand.js';

/** The commands about how actors are reached. */
export const contacts: Register = (group) => {
  group.description(
    'Shows how actors are reached. You fill and erase your own contacts; authorities of your country see them, and who you name. They are beside the log, and erasing them leaves nothing there.',
  );
  list(group);
  show(group);
  set(group);
  erase(group);
};

const columns: readonly Column<Contact>[] = [
  { title: 'actor', value: ({ actor }) => actor, least: 8 },
  { title: 'representative', value: ({ representative }) => representative ?? '', least: 10 },
  { title: 'phone', value: ({ phone }) => phone ?? '' },
  { title: 'e-mail', value: ({ email }) => email ?? '', least: 12, dropped: 1 },
  { title: 'tax number', value: ({ taxNumber }) => taxNumber ?? '', dropped: 2 },
];

function list(group: Command): void {
  withLimit(withServer(group.command('list')))
    .summary('list the contacts that you may see')
    .addHelpText('before', 'Example: adit contacts list --key authority.jwk\n')
    .action(async (options: ListOptions, command: Command) => {
      const listing = { columns, none: 'There are no contacts that you may see.' };
      await printList(terminalOf(command), accessClientOf(command).contacts(), listing, options);
    });
}

/** Describes contacts to a person, one line each. */
function describe(terminal: Terminal, { actor, representative, phone, email, taxNumber, shownTo }: Contact): void {
  terminal.say(terminal.colour.bold(actor));
  const lines = { representative, phone, 'e-mail': email, 'tax number': taxNumber };
  for (const [name, value] of Object.entries(lines)) if (value !== null) terminal.say(`  ${name}: ${value}`);
  if (shownTo !== null)
    terminal.say(`  shown to: authorities of your country${shownTo.map((each) => `, ${each}`).join('')}`);
}

function show(group: Command): void {
  withServer(group.command('show'))
    .summary('show how an actor is reached')
    .argument('<actor>', 'id of the actor')
    .addHelpText('before', 'Example: adit contacts show trader\n')
    .action(async (actor: string, _options: object, command: Command) => {
      const terminal = terminalOf(command);
      const contact = await accessClientOf(command).contact(actor);
      describe(terminal, contact);
      terminal.result(contact);
    });
}

/** Returns the actor that is signed in. Throws a usage error for who is none. */
async function ownActor(command: Command): Promise<string> {
  const { actor } = await signedInClientOf(command).session();
  if (actor !== null) return actor;
  throw new CommandError(
    'Contacts belong to an actor.',
    'Sign in as one: give --key FILE, or set ADIT_KEY.',
    EXIT.usage,
  );
}

interface SetOptions {
  representative?: string;
  phone?: string;
  email?: string;
  taxNumber?: string;
  showTo?: string[];
}

function set(group: Command): void {
  withServer(group.command('set'))
    .summary('replace your contacts')
    .option('--representative <name>', 'the person who represents you')
    .option('--phone <number>', 'such as "+250 788 123 456"')
    .option('--email <address>', 'such as office@example.org')
    .option('--tax-number <number>', 'of your tax authority')
    .option('--show-to <actors...>', 'who sees them, beside the authorities of your country')
    .addHelpText('before', 'Example: adit contacts set --representative "G. Uwase" --phone "+250 788 123 456"\n')
    .action(async ({ representative, phone, email, taxNumber, showTo }: SetOptions, command: Command) => {
      const terminal = terminalOf(command);
      const asked = said({ representative, phone, email, taxNumber, shownTo: showTo });
      const contact = await accessClientOf(command).setContact(await ownActor(command), asked);
      describe(terminal, contact);
      terminal.result(contact);
    });
}

function erase(group: Command): void {
  withServer(group.command('erase'))
    .summary('erase your contacts')
    .addHelpText('before', 'Example: adit contacts erase --key coop.jwk\n')
    .action(async (_options: object, command: Command) => {
      const terminal = terminalOf(command);
      const actor = await ownActor(command);
      await accessClientOf(command).eraseContact(actor);
      terminal.say(`Erased: the ledger has no contacts of ${actor} any more.`);
      terminal.result({ actor, erased: true });
    });
}
