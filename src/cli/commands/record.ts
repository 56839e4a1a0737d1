import { readFileSync, writeFileSync } from 'node:fs';
import type { BuiltEvent } from '../../core/event/build.js';
import { AditClient, type Submitted } from '../../client/adit-client.js';
import { AditProblem } from '../../client/problem.js';
import { type Draft, recordEvent, signDraft } from '../../client/record-event.js';
import { type Register, gathered, terminalOf, withServer } from '../command.js';
import { readSigner } from '../key-file.js';
import { CommandError, EXIT, type Terminal } from '../output/terminal.js';

interface RecordOptions {
  server: string;
  key: string;
  as: string;
  occurredAt?: string;
  save?: string;
  offline?: string;
  withhold: string[];
}

export const record: Register = (program) => {
  withServer(program.command('record'))
    .summary('build, chain, sign and send one event')
    .description(
      'Reads the body of an event (JSON) from FILE or - for standard input. `prev` of existing lots and the ids of new ones are filled in.',
    )
    .argument('<type>', 'such as lot.declared')
    .argument('<file>')
    .requiredOption('--key <file>', 'private key of the signer (adit keygen)')
    .requiredOption('--as <actor>', 'actor id of the signer')
    .option('--save <name>', 'also write NAME.jws and NAME.tlog-proof, for "adit verify"')
    .option(
      '--withhold <pointer>',
      'commit to this claim (as /value) and send it to nobody; NAME.disclosures.json keeps it. May be given again',
      gathered,
      [],
    )
    .option('--offline <origin>', 'only sign, for the log of this name, and write NAME.jws; "adit submit" sends it')
    .option('--occurred-at <time>', 'when it happened, RFC 3339 (default: now)')
    .addHelpText('before', 'Example: adit record custody.dispatched sale.json --key coop.jwk --as coop\n')
    .action(async (type: string, file: string, options: RecordOptions, command) => {
      const terminal = terminalOf(command);
      const { withhold, save: name } = options;
      if (withhold.length > 0 && name === undefined)
        throw new CommandError('What is withheld must be kept.', 'Give --save NAME.', EXIT.usage);
      const draft = { type, iss: options.as, occurredAt: options.occurredAt, body: readBody(file) };
      if (options.offline !== undefined) return signOnly(options.offline, draft, options, terminal);
      try {
        const recorded = await recordEvent(new AditClient(options.server), draft, readSigner(options.key), {
          withhold,
        });
        if (recorded.status === 'waiting') terminal.say(`waiting for ${recorded.missing.join(', ')}`);
        else terminal.say(`${terminal.colour.green('✓')} entry ${recorded.index}  ${recorded.id}`);
        if (name !== undefined) save(name, recorded, terminal);
        const { disclosures: _kept, ...told } = recorded;
        terminal.result(told);
      } catch (error) {
        throw refused(error, options.server);
      }
    });
};

/** A refusal, as a person is told of it; any other error as it is. */
export function refused(error: unknown, server: string): unknown {
  if (!(error instanceof AditProblem)) return error;
  const places = (error.problem.errors ?? []).map(({ pointer, detail }) => `  ${pointer}: ${detail}`);
  return new CommandError(
    [`Refused (${error.code}): ${error.problem.detail}`, ...places].join('\n'),
    `What it means: ${server}/errors/${error.code}`,
    error.problem.status === 403 ? EXIT.notAllowed : EXIT.error,
  );
}

/** For a key that never meets a network: the event goes to the ledger by any other machine. */
async function signOnly(
  log: string,
  draft: Draft,
  { key, save: name, withhold }: RecordOptions,
  terminal: Terminal,
): Promise<void> {
  if (name === undefined) throw new CommandError('Where is it to be written?', 'Give --save NAME.', EXIT.usage);
  const signed = await signDraft(log, draft, readSigner(key), { withhold });
  const { event, id } = signed;
  writeFileSync(`${name}.jws`, event);
  keep(name, signed);
  terminal.say(`${terminal.colour.green('✓')} signed ${id}`);
  terminal.say(`  saved ${name}.jws; "adit submit ${name}.jws" sends it, from any machine`);
  terminal.result({ id, event });
}

/** The event itself is kept also while it waits: it is the sender's proof of what it said. */
function save(name: string, recorded: Submitted & Kept, terminal: Terminal): void {
  writeFileSync(`${name}.jws`, recorded.event);
  keep(name, recorded);
  if (recorded.status !== 'waiting') writeFileSync(`${name}.tlog-proof`, recorded.receipt);
  terminal.say(`  saved ${name}.jws${recorded.status === 'waiting' ? '' : ` and ${name}.tlog-proof`}`);
}

type Kept = Pick<BuiltEvent, 'id' | 'event' | 'disclosures'>;

/** All that may be disclosed, also what was withheld: nobody else has it. */
function keep(name: string, { id, disclosures }: Kept): void {
  if (disclosures.length === 0) return;
  writeFileSync(`${name}.disclosures.json`, `${JSON.stringify({ event: id, disclosures })}\n`, { mode: 0o600 });
}

function readBody(file: string): Record<string, unknown> {
  try {
    return JSON.parse(readFileSync(file === '-' ? 0 : file, 'utf8')) as Record<string, unknown>;
  } catch {
    throw new CommandError(
      `${file} is not a JSON file.`,
      'It should hold the body of the event; docs/event-format.md shows each.',
    );
  }
}
