import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { commands } from './commands/index.js';

/** Beside `dist`, where the package is described. */
const PACKAGE = new URL('../../../package.json', import.meta.url);

const HINT = 'adit --help shows all commands; adit COMMAND --help explains one.';

function asJson(text: string): string {
  const error = text.trim().replace(/^error: /, '');
  return `${JSON.stringify({ error, advice: HINT })}\n`;
}

/** Builds the program `adit` with every command; throws instead of ending the process. @param json tells wrong use as JSON. */
export function createProgram(json = false): Command {
  const program = new Command('adit')
    .description('An open custody ledger for minerals, from the mouth of the mine to the buyer.')
    .version((JSON.parse(readFileSync(PACKAGE, 'utf8')) as { version: string }).version, '--version', 'the version')
    .option('--json', 'one JSON document instead of words')
    .option('--no-color', 'no colours, also on a terminal')
    .option('--no-input', 'never ask; fail where an answer is needed')
    .configureHelp({ sortSubcommands: false })
    .configureOutput({ outputError: (text, write) => write(json ? asJson(text) : `${text}${HINT}\n`) })
    .exitOverride();
  for (const register of commands) register(program);
  return program;
}
