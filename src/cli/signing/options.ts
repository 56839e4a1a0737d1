import { type Command, InvalidArgumentError, Option } from 'commander';
import type { AditClient } from '../../client/adit-client.js';
import { instantMs } from '../../core/event/primitives.js';
import type { Signer } from '../../core/event/build.js';
import { gathered, terminalOf, withServer } from '../command.js';
import { readKeyFile } from '../key-file.js';
import { clientFor } from '../sign-in.js';
import { CommandError, EXIT, type Terminal } from '../output/terminal.js';
import type { NamedLot } from './known-lots.js';
import { Outbox, defaultOutbox } from './outbox.js';

/** What every command that signs takes. */
export interface SigningOptions {
  server: string;
  key?: string;
  as?: string;
  occurredAt?: string;
  save?: string;
  offline?: string | true;
  outbox: string;
  dryRun: boolean;
  again: boolean;
  withhold: string[];
}

/** A log's name, as `ADIT_ORIGIN` is written: a host in lower case and a path. */
const ORIGIN = /^[a-z0-9][a-z0-9.-]*(:[0-9]{1,5})?(\/[A-Za-z0-9._~-]{1,64}){0,8}$/;

const isOrigin = (value: string): boolean => ORIGIN.test(value) && /[./]|^localhost/.test(value);

/** Reads the name of a log. */
export function logName(value: string): string {
  if (isOrigin(value)) return value;
  throw new InvalidArgumentError(
    `It is no name of a log: write what the ledger calls itself at /v1/ledger, such as example.org/tin.`,
  );
}

function originOf(value: string): string {
  if (isOrigin(value)) return value;
  throw new InvalidArgumentError(
    `${value} is no name of a log. Write --offline=example.org/tin, or --offline as the last word to sign for the log that --server was.`,
  );
}

function momentOf(value: string): string {
  if (instantMs(value) !== null) return value;
  throw new InvalidArgumentError('Write day, time and offset, such as 2026-03-14T09:30:00+02:00.');
}

export const withOutbox = (command: Command): Command =>
  command.addOption(
    new Option('--outbox <folder>', 'where signed events are kept')
      .env('ADIT_OUTBOX')
      .default(defaultOutbox(), '~/.adit/outbox'),
  );

/** Adds the options of signing, sending and saving to a command. */
export const withSigning = (command: Command): Command =>
  withOutbox(
    withServer(command)
      .option('--occurred-at <time>', 'when it happened (default: now)', momentOf)
      .option('--save <name>', 'also write NAME.jws and its receipt NAME.tlog-proof')
      .option('--offline [log]', 'sign and save only; "adit outbox send" sends it', originOf)
      .option('--dry-run', 'show what would be signed, and sign nothing', false)
      .option('--again', 'sign another, though the outbox has the same unanswered', false),
  ).option('--withhold <pointer>', 'keep this claim back, such as /vehicle (repeat)', gathered, []);

/** The signer, outbox and ledger of a command. */
export interface Signing {
  options: SigningOptions;
  client: AditClient;
  outbox: Outbox;
  terminal: Terminal;
  iss: string;
  /** Log of the key, if the key file names it. */
  keyLog: string | undefined;
  signer: Signer;
  /** Lots that were found for the command, by id. */
  lotNames: Map<string, NamedLot>;
}

/** Reads the key and opens the outbox that a command's options name. */
export function signingOf(options: SigningOptions, command: Command): Signing {
  if (options.key === undefined)
    throw new CommandError(
      'It takes a key to sign.',
      'Give --key FILE, or set ADIT_KEY. "adit keygen FILE" makes one.',
      EXIT.usage,
    );
  if (options.withhold.length > 0 && options.save === undefined)
    throw new CommandError('What is withheld must be kept.', 'Give --save NAME.', EXIT.usage);
  const { signer, actor, log } = readKeyFile(options.key);
  const iss = options.as ?? actor;
  if (iss === undefined)
    throw new CommandError(
      `${options.key} does not say whose key it is.`,
      'Give --as ACTOR, or set ADIT_AS.',
      EXIT.usage,
    );
  return {
    options,
    client: clientFor(options),
    outbox: new Outbox(options.outbox),
    terminal: terminalOf(command),
    iss,
    keyLog: log,
    signer,
    lotNames: new Map(),
  };
}
