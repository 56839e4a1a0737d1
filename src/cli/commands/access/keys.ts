import { type Command, InvalidArgumentError, Option } from 'commander';
import { type Scope, scopes } from '../../../core/access/scopes.js';
import type { CreatedMachineKey, MachineKey } from '../../../core/api/access/machine-key.js';
import { terminalOf, withServer } from '../../command.js';
import { untilOf } from '../../input/until.js';
import { type ListOptions, printList, withLimit } from '../../output/list.js';
import type { Column } from '../../output/table.js';
import type { Terminal } from '../../output/terminal.js';
import { accessClientOf } from '../../sign-in.js';
import { oneById, shortText, timeText } from './ids.js';

const KEYS = { name: 'key', list: 'adit access keys list' };
const ID = 'its id, or the first 8 characters';

/** Adds `keys make`, `keys list`, `keys rotate` and `keys end`. */
export function keys(access: Command): void {
  const group = access.command('keys').summary('keys for programs, which read and submit in your name');
  make(group);
  list(group);
  rotate(group);
  end(group);
}

/** Prints a key, which the ledger shows this once. */
function show(terminal: Terminal, made: CreatedMachineKey): void {
  terminal.say(made.key);
  terminal.note(
    `Shown this once; "${made.label}" is valid until ${timeText(made.expiresAt)} UTC. Programs send it as "Authorization: Bearer", commands take it from ADIT_TOKEN.`,
  );
  terminal.result(made);
}

interface MakeOptions {
  scope: Scope[];
  until?: string;
  for?: string;
}

function make(group: Command): void {
  const names = Object.keys(scopes) as Scope[];
  withServer(group.command('make'))
    .summary('make a key for a program; prints it, this once')
    .argument('<label>', 'a name for people')
    .addOption(
      new Option('--scope <scopes...>', 'what it may do').choices(names).default(['read'] satisfies Scope[], 'read'),
    )
    .option('--until <time>', '90d, a day, or a time; at most 366 days (default: 90d)')
    .option('--for <actor>', 'for whom it acts (operator only)')
    .addHelpText('before', 'Example: adit access keys make "weighbridge" --scope read --until 90d\n')
    .addHelpText('after', `\nScopes:\n${names.map((name) => `  ${name.padEnd(8)} ${scopes[name]}`).join('\n')}`)
    .action(async (label: string, { scope, until, for: actor }: MakeOptions, command: Command) => {
      const made = await accessClientOf(command).makeKey({
        label,
        scopes: scope,
        ...(until === undefined ? {} : { expiresAt: untilOf(until) }),
        ...(actor === undefined ? {} : { actor }),
      });
      show(terminalOf(command), made);
    });
}

function stateOf({ revokedAt, expiresAt }: MachineKey): string {
  if (revokedAt !== null) return 'revoked';
  return Date.parse(expiresAt) <= Date.now() ? 'expired' : 'in force';
}

const columns: readonly Column<MachineKey>[] = [
  { title: 'key', value: ({ id }) => shortText(id) },
  { title: 'label', value: ({ label }) => label, least: 8 },
  { title: 'for', value: ({ actor }) => actor ?? 'operator', least: 8, dropped: 1 },
  { title: 'may', value: (key) => key.scopes.join(', '), least: 6 },
  { title: 'state', value: stateOf },
  { title: 'until', value: ({ expiresAt }) => timeText(expiresAt) },
  { title: 'last used', value: ({ lastUsedAt }) => (lastUsedAt === null ? 'never' : timeText(lastUsedAt)), dropped: 2 },
];

function list(group: Command): void {
  withLimit(withServer(group.command('list')))
    .summary('list keys for programs')
    .addHelpText('before', 'Example: adit access keys list\n')
    .action(async (options: ListOptions, command: Command) => {
      const listing = { columns, none: 'There is no key for a program.' };
      await printList(terminalOf(command), accessClientOf(command).keys(), listing, options);
    });
}

function hoursOf(text: string): number {
  if (/^[0-9]{1,3}$/.test(text) && Number(text) <= 720) return Number(text);
  throw new InvalidArgumentError('Write whole hours, at most 720.');
}

function rotate(group: Command): void {
  withServer(group.command('rotate'))
    .summary('replace a key; for some hours both are valid')
    .argument('<key>', ID)
    .option('--overlap <hours>', 'how long the former stays valid', hoursOf, 24)
    .addHelpText('before', 'Example: adit access keys rotate KEY --overlap 2\n')
    .action(async (begin: string, { overlap }: { overlap: number }, command: Command) => {
      const client = accessClientOf(command);
      const { id } = await oneById(client.keys(), (key) => key.id, begin, KEYS);
      show(terminalOf(command), await client.rotateKey(id, overlap));
    });
}

function end(group: Command): void {
  withServer(group.command('end'))
    .summary('revoke a key; within seconds it opens nothing')
    .argument('<key>', ID)
    .addHelpText('before', 'Example: adit access keys end KEY\n')
    .action(async (begin: string, _options: object, command: Command) => {
      const terminal = terminalOf(command);
      const client = accessClientOf(command);
      const { id, label } = await oneById(client.keys(), (key) => key.id, begin, KEYS);
      await client.endKey(id);
      terminal.say(`Ended: the key "${label}" opens nothing any more.`);
      terminal.result({ id, revoked: true });
    });
}
