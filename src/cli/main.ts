#!/usr/bin/env node
import { CommanderError } from 'commander';
import { AditError } from '../core/errors.js';
import { AditProblem, NoAnswer } from '../client/problem.js';
import { terminalOf } from './command.js';
import { CommandError, EXIT } from './output/terminal.js';
import { createProgram } from './program.js';

const program = createProgram();

/** Errors that the service throws when it cannot start, by name: their classes come with the service, which is loaded late. */
const ofTheService = new Map([
  ['ConfigError', 'Run "adit config check" after mending it.'],
  ['KeyFileError', 'Run "adit config check" to see where keys are looked for.'],
  ['DataFolderHeldError', 'Two services on one folder would be two servers on one database.'],
]);

/** What to print for an error, what to do next, and with which code to end. */
function explain(error: unknown): { message: string; advice: string; exitCode: number } {
  if (error instanceof CommandError) return error;
  if (error instanceof AditProblem)
    return {
      message: error.message,
      advice: 'The service has a page for every code under /errors.',
      exitCode: error.problem.status === 403 ? EXIT.notAllowed : EXIT.error,
    };
  if (error instanceof NoAnswer)
    return {
      message: error.message,
      advice: 'Is the ledger running? Start it with "adit serve", or name it with --server.',
      exitCode: EXIT.error,
    };
  if (error instanceof AditError)
    return { message: error.message, advice: 'Check the input and try again.', exitCode: EXIT.error };
  const { name, message, stack } = error as Error;
  const { code, address, port } = error as { code?: unknown; address?: string; port?: number };
  if (code === 'EADDRINUSE')
    return {
      message: `${address}:${port} is taken.`,
      advice: 'Another program listens there; set PORT.',
      exitCode: EXIT.error,
    };
  const advice = ofTheService.get(name);
  if (advice !== undefined) return { message, advice, exitCode: name === 'ConfigError' ? EXIT.usage : EXIT.error };
  return { message: `Something failed: ${message}`, advice: stack ?? '', exitCode: EXIT.error };
}

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? EXIT.done : EXIT.usage;
  else {
    const { message, advice, exitCode } = explain(error);
    terminalOf(program).fail(message, advice);
    process.exitCode = exitCode;
  }
}
