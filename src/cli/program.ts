import { Command } from 'commander';
import { commands } from './commands/index.js';

/** Builds the program `adit` with every command; throws instead of ending the process. */
export function createProgram(): Command {
  const program = new Command('adit')
    .description('An open custody ledger for minerals, from the mouth of the mine to the buyer.')
    .option('--json', 'one JSON document instead of words')
    .option('--no-color', 'no colours, also on a terminal')
    .configureHelp({ sortSubcommands: false })
    .showHelpAfterError('(adit --help shows all commands)')
    .exitOverride();
  for (const register of commands) register(program);
  return program;
}
