import { AditProblem, NoAnswer } from '../../client/problem.js';
import { AditError } from '../../core/errors.js';
import { FileLockError } from '../../platform/file-lock.js';
import { placesOf } from './refusal.js';
import { CommandError, EXIT } from './terminal.js';

/** Message, remedy and exit code of an error. */
export interface Explanation {
  message: string;
  advice: string;
  exitCode: number;
}

/** Errors of the service at its start, by name, because their classes are loaded with the service. */
const ofTheService = new Map([
  ['ConfigError', 'Correct it, and run "adit config check".'],
  ['KeyFileError', 'Run "adit config check" to see where keys are looked for.'],
  ['PooledConnectionError', 'Change DATABASE_URL, or the mode of the pooler, and try again.'],
  ['DatabaseUnavailableError', 'Is the machine busy, or the database stopped? Try again in a minute.'],
  ['OlderServiceError', 'Stop it, and start it again with this release.'],
  ['DataFolderHeldError', 'Two services on one folder would be two servers on one database.'],
]);

const adviceOf = ({ kind, url }: NoAnswer): string => {
  if (kind === 'unreachable')
    return 'Is the ledger running? Start it with "adit serve", or name it with --server or ADIT_SERVER.';
  if (kind === 'foreign')
    return `Name the ledger with --server or ADIT_SERVER; what answers at ${new URL(url).host} is something else, or a proxy before it.`;
  return 'Try again: the network, or a proxy, cut the connection.';
};

/** Returns how to sign in where that is missing or failed. */
function adviceOn(code: string): string {
  if (code === 'token-required')
    return 'Give --key FILE (or ADIT_KEY), set ADIT_TOKEN to a key for machines, or run this as the operator where the ledger runs: in its folder, or with ADIT_OPERATOR_TOKEN_FILE.';
  if (code === 'token-invalid')
    return 'Is the key registered and not revoked, the clock right, and --server the public URL?';
  return 'The service has a page for every code under /errors.';
}

/** Removes the prefix that zod gives its messages. */
const withoutPrefix = (message: string): string => message.replace(/Invalid (?:input|option): /, '');

/** Explains an error to a person. */
export function explain(error: unknown): Explanation {
  if (error instanceof CommandError) return error;
  if (error instanceof AditProblem)
    return {
      message: `${withoutPrefix(error.message)}${placesOf(error.problem.errors ?? [], undefined, error.problem.detail)}`,
      advice: adviceOn(error.code),
      exitCode: [401, 403].includes(error.problem.status) ? EXIT.notAllowed : EXIT.error,
    };
  if (error instanceof NoAnswer) return { message: error.message, advice: adviceOf(error), exitCode: EXIT.error };
  if (error instanceof AditError)
    return {
      message: `${error.message}${placesOf(error.errors, undefined, error.detail)}`,
      advice: 'Check the input and try again.',
      exitCode: EXIT.error,
    };
  if (error instanceof FileLockError)
    return { message: error.message, advice: 'Another adit may be using the same folder.', exitCode: EXIT.error };
  return ofTheSystem(error as Parameters<typeof ofTheSystem>[0]);
}

/** Explanations of the system's errors about files. */
const fileFaults: Readonly<Record<string, [message: (path: string) => string, advice: string]>> = {
  ENOENT: [(path) => `There is no file or folder ${path}.`, 'Check the name, and the folder that the command runs in.'],
  ENOTDIR: [(path) => `${path} does not lead through folders.`, 'Check the name.'],
  EISDIR: [(path) => `${path} is a folder.`, 'Name a file.'],
  EACCES: [(path) => `${path} may not be read or written by this user.`, 'Check its permissions, or name another.'],
  EROFS: [(path) => `${path} is on a file system that is read-only.`, 'Name another place.'],
  ENOSPC: [(path) => `There is no room left for ${path}.`, 'Make room, or name another place.'],
};

function ofAFile({ code, path }: { code?: unknown; path?: unknown }): Explanation | null {
  const known = typeof code === 'string' && typeof path === 'string' ? fileFaults[code] : undefined;
  if (known === undefined) return null;
  const [message, advice] = known;
  // A file is written under another name until it is whole.
  return { message: message(String(path).replace(/\.part$/, '')), advice, exitCode: EXIT.error };
}

function ofTheSystem(error: Error & { code?: unknown; address?: string; port?: number; path?: unknown }): Explanation {
  const { name, message, stack, code, address, port } = error;
  if (code === 'EADDRINUSE')
    return {
      message: `${address}:${port} is taken.`,
      advice: 'Another program listens there; give --port or set PORT.',
      exitCode: EXIT.error,
    };
  const file = ofAFile(error);
  if (file !== null) return file;
  const advice = ofTheService.get(name);
  if (advice !== undefined) return { message, advice, exitCode: name === 'ConfigError' ? EXIT.usage : EXIT.error };
  return { message: `Something failed: ${message}`, advice: stack ?? '', exitCode: EXIT.error };
}
