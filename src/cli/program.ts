import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { Program } from './command.js';
import { type ListedCommand, commands } from './commands/index.js';
import type { Host, Screen } from './host.js';

/** The package's description, beside `dist`. */
const PACKAGE = new URL('../../../package.json', import.meta.url);

const HINT = 'adit --help shows all commands; adit COMMAND --help explains one.';

function asJson(text: string): string {
  const error = text.trim().replace(/^error: /, '');
  return `${JSON.stringify({ error, advice: HINT })}\n`;
}

const namesOf = (command: Command): string => [command.name(), ...command.aliases()].join('|');

/** Characters of a line of help outside a terminal. */
const HELP_WIDTH = 80;

const widthOf = ({ isTTY, columns = HELP_WIDTH }: Screen): number => (isTTY === true ? columns : HELP_WIDTH);

/** Commands with name and summary only, with the loader of the rest. */
const incomplete = new WeakMap<Command, ListedCommand['load']>();

/** Adds arguments, options, subcommands and action to a listed command. */
export async function complete(command: Command): Promise<void> {
  const load = incomplete.get(command);
  if (load === undefined) return;
  incomplete.delete(command);
  (await load())(command);
}

/**
 * Builds the program `adit` with the list of its commands; each is completed when it is called. Throws instead of
 * ending the process.
 * @param json whether wrong use is reported as JSON.
 */
export function createProgram(json = false, host: Host = process): Program {
  const program = new Program(host);
  program
    .description('An open custody ledger for minerals, from the mouth of the mine to the buyer.')
    .version((JSON.parse(readFileSync(PACKAGE, 'utf8')) as { version: string }).version, '--version', 'the version')
    .option('--json', 'one JSON document instead of words')
    .option('--no-color', 'no colours, also on a terminal')
    .option('--no-input', 'never ask; fail where an answer is needed')
    .configureHelp({ sortSubcommands: false, subcommandTerm: namesOf })
    .configureOutput({
      writeOut: (text) => void host.stdout.write(text),
      writeErr: (text) => void host.stderr.write(text),
      outputError: (text, write) => write(json ? asJson(text) : `${text}${HINT}\n`),
      getOutHelpWidth: () => widthOf(host.stdout),
      getErrHelpWidth: () => widthOf(host.stderr),
    })
    .exitOverride()
    .hook('preSubcommand', (_program, command) => complete(command));
  for (const { name, summary, load } of commands) incomplete.set(program.command(name).summary(summary), load);
  return program;
}

/** Builds the program with every command completed, for code that needs all of them. */
export async function createWholeProgram(): Promise<Program> {
  const program = createProgram();
  await completeAll(program);
  return program;
}

/** Completes every command of a program. */
export async function completeAll(program: Command): Promise<void> {
  for (const command of program.commands) await complete(command);
}
