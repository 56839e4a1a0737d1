import { Command, InvalidArgumentError, Option } from 'commander';
import { DEFAULT_SERVER, withoutColour } from './environment.js';
import type { Host } from './host.js';
import { Terminal } from './output/terminal.js';

/** Adds arguments, options, subcommands and action to a command that has its name and summary. */
export type Register = (named: Command) => void;

/** The program `adit`, the root of all commands. */
export class Program extends Command {
  constructor(readonly host: Host) {
    super('adit');
  }
}

/** Returns the process in which a command runs. */
function hostOf(command: Command): Host {
  let program = command;
  while (program.parent !== null) program = program.parent;
  return program instanceof Program ? program.host : process;
}

interface GlobalOptions {
  json?: boolean;
  color?: boolean;
}

/** Returns the terminal with the program's options and the environment applied. */
export function terminalOf(command: Command): Terminal {
  const { json = false, color = true } = command.optsWithGlobals<GlobalOptions>();
  return new Terminal(json, hostOf(command), !color || withoutColour());
}

/** Collects the values of an option that may be repeated. */
export const gathered = (value: string, before: string[]): string[] => [...before, value];

const LOOPBACK = /^(localhost|127(\.[0-9]{1,3}){3}|\[::1\])(:[0-9]{1,5})?(\/|$)/i;

/** Parses the URL of a ledger; `localhost:8400` without a scheme means http. */
export function serverAddress(value: string): string {
  const address = LOOPBACK.test(value) ? `http://${value}` : value;
  if (!/^https?:\/\//i.test(address))
    throw new InvalidArgumentError(`Write it with its scheme, such as https://${value.replace(/^[a-z]+:\/*/i, '')}.`);
  if (!URL.canParse(address)) throw new InvalidArgumentError('It is no URL; write it as http://127.0.0.1:8400.');
  const { search, hash } = new URL(address);
  if (search !== '' || hash !== '') throw new InvalidArgumentError('It is a base address: nothing may follow ? or #.');
  return address.replace(/\/+$/, '');
}

/** Adds the options of the ledger's URL, and of the key that signs in and signs. */
export const withServer = (command: Command): Command =>
  command
    .addOption(
      new Option('--server <url>', 'the ledger to speak to')
        .env('ADIT_SERVER')
        .default(DEFAULT_SERVER)
        .argParser(serverAddress),
    )
    .addOption(new Option('--key <file>', 'private key of an actor, to sign and to sign in').env('ADIT_KEY'))
    .addOption(new Option('--as <actor>', 'the actor (default: the one noted in the key file)').env('ADIT_AS'));
