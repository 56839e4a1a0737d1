import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { AccessClient } from '../client/access-client.js';
import { AditClient } from '../client/adit-client.js';
import { type Credentials, bearer, signingIn } from '../client/sign-in.js';
import { operatorTokenFile, signInOfEnvironment, tokenOfEnvironment } from './environment.js';
import { CommandError, EXIT } from './output/terminal.js';

/** What a command that uses a ledger takes. */
export interface ServerOptions {
  server: string;
  /** File of the private key with which to sign in. */
  key?: string;
  /** The actor of the key. */
  as?: string;
}

/** Hosts to which the token of the operator may be sent: this machine. */
const LOOPBACK = /^(localhost|127(\.[0-9]{1,3}){3}|\[::1\])$/;

/**
 * Returns how a command signs in: with its key, with the token of the environment, or, on the machine of the ledger, as its
 * operator; null: there is none of these.
 */
async function credentialsFor({ server, key, as }: ServerOptions): Promise<Credentials | null> {
  const token = tokenOfEnvironment();
  if (key !== undefined) {
    // Loaded here alone: most commands sign nothing, and need not wait for what signs.
    const [{ KeyCredentials }, { readKeyFile }] = await Promise.all([
      import('../client/key-credentials.js'),
      import('./key-file.js'),
    ]);
    const { signer, actor } = readKeyFile(key);
    const iss = as ?? actor;
    if (iss === undefined)
      throw new CommandError(`${key} does not name its actor.`, 'Give --as ACTOR, or set ADIT_AS.', EXIT.usage);
    return new KeyCredentials(server, iss, signer);
  }
  if (token !== undefined) return bearer(token);
  const ofOperator = LOOPBACK.test(new URL(server).hostname) ? readOperatorToken() : null;
  return ofOperator === null ? null : bearer(ofOperator);
}

function readOperatorToken(): string | null {
  try {
    return readFileSync(operatorTokenFile(), 'utf8').trim();
  } catch {
    // Not the machine of the ledger, or not its operator.
    return null;
  }
}

export const clientFor = (options: ServerOptions): AditClient =>
  new AditClient(
    options.server,
    signingIn(() => credentialsFor(options)),
  );

/** Returns the client of a command, which signs in before it is asked to. */
export function signedInClientOf(command: Command): AditClient {
  const options = command.optsWithGlobals<ServerOptions>();
  return new AditClient(
    options.server,
    signingIn(() => credentialsFor(options), { isEager: true }),
  );
}

/** Returns the client of a command, by its options and those of its parents. */
export const clientOf = (command: Command): AditClient => clientFor(command.optsWithGlobals<ServerOptions>());

/** Returns the client of who may see what, for a command. */
export function accessClientOf(command: Command): AccessClient {
  const options = command.optsWithGlobals<ServerOptions>();
  return new AccessClient(
    options.server,
    signingIn(() => credentialsFor(options)),
  );
}

/** Returns a `fetch` for an address, which signs in only to the ledger that the environment names. */
export function fetcherFor(url: string): typeof fetch {
  const options = signInOfEnvironment();
  return url.startsWith(`${options.server}/`) ? signingIn(() => credentialsFor(options)) : fetch;
}
