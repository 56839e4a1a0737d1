#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import { AditError } from '../core/errors.js';
import { AditProblem, NoAnswer } from '../client/problem.js';
import { alerts } from './alerts.js';
import { audit } from './audit.js';
import { terminalOf } from './commands.js';
import { bundle } from './bundle.js';
import { configCheck } from './config-check.js';
import { demo } from './demo.js';
import { init } from './init.js';
import { keygen } from './keygen.js';
import { lot } from './lot.js';
import { migrate } from './migrate.js';
import { record } from './record.js';
import { replay } from './replay.js';
import { rotate } from './rotate.js';
import { scenario } from './scenario.js';
import { serve } from './serve.js';
import { submit } from './submit.js';
import { subscribe } from './subscribe.js';
import { CommandError, EXIT } from './terminal.js';
import { verify } from './verify.js';
import { witness } from './witness.js';

const program = new Command('adit')
  .description('An open custody ledger for minerals, from the mouth of the mine to the buyer.')
  .option('--json', 'one JSON document instead of words')
  .option('--no-color', 'no colours, also on a terminal')
  .configureHelp({ sortSubcommands: false })
  .showHelpAfterError('(adit --help shows all commands)')
  .exitOverride();

for (const register of [
  demo,
  serve,
  init,
  keygen,
  rotate,
  record,
  submit,
  lot,
  bundle,
  verify,
  witness,
  alerts,
  subscribe,
  scenario,
  replay,
  audit,
  migrate,
  configCheck,
])
  register(program);

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
