import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Register, terminalOf } from './commands.js';
import { CommandError, EXIT } from './terminal.js';
import { type SeenCheckpoints, verifyReceipt } from './verify-receipt.js';

interface VerifyOptions {
  event: string;
  logKey?: string;
  state: string;
}

export const verify: Register = (program) => {
  program
    .command('verify')
    .summary('check a receipt, without trusting anybody')
    .description(
      'Checks that an event is in the log that a receipt (FILE or URL) speaks of, against the log key that you pinned. Remembers the newest checkpoint it saw of each log.',
    )
    .argument('<receipt>', 'a .tlog-proof file, or its URL')
    .requiredOption('--event <file>', 'the event: its file or URL, as <JWS>~… or as JSON with a member `event`')
    .option('--log-key <vkey>', "the log's verifier key, from somebody you trust")
    .option('--state <file>', 'where the newest checkpoints are kept', join(homedir(), '.adit', 'checkpoints.json'))
    .addHelpText('before', 'Example: adit verify sale.tlog-proof --event sale.jws --log-key example.org/tin+…\n')
    .action(async (receipt: string, options: VerifyOptions, command) => {
      const terminal = terminalOf(command);
      const seen = readSeen(options.state);
      const [proof, event] = await Promise.all([readText(receipt), readText(options.event)]);
      const verdict = verifyReceipt(proof, eventText(event), options.logKey ?? null, seen);
      const { colour } = terminal;
      if (verdict.word === 'VERIFIED') {
        writeSeen(options.state, verdict.seen);
        terminal.say(
          `  ${colour.green('✓')} event ${verdict.id} is entry ${verdict.index} of a signed log of ${verdict.size}`,
        );
        terminal.say(colour.green('VERIFIED'));
        terminal.result({ verdict: verdict.word, index: verdict.index, size: verdict.size, id: verdict.id });
        return;
      }
      terminal.say(
        `${verdict.word === 'BROKEN' ? colour.red('BROKEN') : colour.yellow('INCOMPLETE')}: ${verdict.reason}`,
      );
      terminal.result({ verdict: verdict.word, reason: verdict.reason });
      process.exitCode = verdict.word === 'BROKEN' ? EXIT.broken : EXIT.undecided;
    });
};

async function readText(place: string): Promise<string> {
  try {
    if (!/^https?:\/\//.test(place)) return readFileSync(place, 'utf8');
    const response = await fetch(place);
    if (response.ok) return await response.text();
  } catch {
    // Said below, for both.
  }
  throw new CommandError(`${place} cannot be read.`, 'Name a file, or a URL that answers.');
}

/** The event itself, out of what `GET /v1/events/{id}` answers or as it was sent. */
function eventText(text: string): string {
  if (!text.trimStart().startsWith('{')) return text;
  try {
    return (JSON.parse(text) as { event: string }).event;
  } catch {
    throw new CommandError(
      'The event is neither a JWS nor JSON with a member `event`.',
      'Give what the service answers at /v1/events/ID.',
    );
  }
}

function readSeen(path: string): SeenCheckpoints {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as SeenCheckpoints;
  } catch {
    return {};
  }
}

function writeSeen(path: string, seen: SeenCheckpoints): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${JSON.stringify(seen, null, 2)}\n`);
}
