import { AditProblem, NoAnswer } from '../../client/problem.js';
import { AditError } from '../../core/errors.js';
import { FileLockError } from '../../platform/file-lock.js';
import { placesOf } from './refusal.js';
import { CommandError, EXIT } from './terminal.js';

/** What to print for an error, what to do next, and with which code to end. */
export interface Explanation {
  message: string;
  advice: string;
  exitCode: number;
}

/** Errors that the service throws when it cannot start, by name: their classes come with the service, which is loaded late. */
const ofTheService = new Map([
  ['ConfigError', 'Run "adit config check" after mending it.'],
  ['KeyFileError', 'Run "adit config check" to see where keys are looked for.'],
  ['DatabaseUnavailableError', 'Is the machine busy, or the database stopped? Try again in a minute.'],
  ['DataFolderHeldError', 'Two services on one folder would be two servers on one database.'],
]);

const adviceOf = ({ kind, url }: NoAnswer): string => {
  if (kind === 'unreachable')
    return 'Is the ledger running? Start it with "adit serve", or name it with --server or ADIT_SERVER.';
  if (kind === 'foreign')
    return `Name the ledger with --server or ADIT_SERVER; what answers at ${new URL(url).host} is something else, or a proxy before it.`;
  return 'Try again: the network, or a proxy, cut the connection.';
};

/** Explains an error to a person. */
export function explain(error: unknown): Explanation {
  if (error instanceof CommandError) return error;
  if (error instanceof AditProblem)
    return {
      message: `${error.message}${placesOf(error.problem.errors ?? [])}`,
      advice: 'The service has a page for every code under /errors.',
      exitCode: error.problem.status === 403 ? EXIT.notAllowed : EXIT.error,
    };
  if (error instanceof NoAnswer) return { message: error.message, advice: adviceOf(error), exitCode: EXIT.error };
  if (error instanceof AditError)
    return {
      message: `${error.message}${placesOf(error.errors)}`,
      advice: 'Check the input and try again.',
      exitCode: EXIT.error,
    };
  if (error instanceof FileLockError)
    return { message: error.message, advice: 'Another adit may be using the same folder.', exitCode: EXIT.error };
  return ofTheSystem(error as Error & { code?: unknown; address?: string; port?: number });
}

function ofTheSystem(error: Error & { code?: unknown; address?: string; port?: number }): Explanation {
  const { name, message, stack, code, address, port } = error;
  if (code === 'EADDRINUSE')
    return {
      message: `${address}:${port} is taken.`,
      advice: 'Another program listens there; give --port or set PORT.',
      exitCode: EXIT.error,
    };
  const advice = ofTheService.get(name);
  if (advice !== undefined) return { message, advice, exitCode: name === 'ConfigError' ? EXIT.usage : EXIT.error };
  return { message: `Something failed: ${message}`, advice: stack ?? '', exitCode: EXIT.error };
}
