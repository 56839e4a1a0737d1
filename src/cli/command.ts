import type { Command } from 'commander';
import { Terminal } from './output/terminal.js';

/** Registers one command on the program. */
export type Register = (program: Command) => void;

interface GlobalOptions {
  json?: boolean;
  color?: boolean;
}

/** The terminal as the options of the whole program and the environment ask for it. */
export function terminalOf(command: Command): Terminal {
  const { json = false, color = true } = command.optsWithGlobals<GlobalOptions>();
  return new Terminal(json, process.stdout, process.stderr, !color);
}

/** For an option that may be given several times. */
export const gathered = (value: string, before: string[]): string[] => [...before, value];

/** Where the ledger answers, as every command that speaks to one takes it. */
export const withServer = (command: Command): Command =>
  command.option('--server <url>', 'the ledger to speak to', 'http://127.0.0.1:8400');
