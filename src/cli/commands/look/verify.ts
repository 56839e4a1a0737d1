import type { Command } from 'commander';
import * as z from 'zod';
import { pinnedOf } from '../../../core/bundle/check.js';
import { parseJsonFile } from '../../../core/event/grammar.js';
import type { Policy } from '../../../core/log/policy.js';
import { type Register, gathered, terminalOf } from '../../command.js';
import {
  type CheckpointsSeen,
  defaultState,
  readSeen,
  saveEvidence,
  writeSeen,
} from '../../verify/seen-checkpoints.js';
import { readTextFile } from '../../input/read-file.js';
import { readPlace } from '../../input/read-place.js';
import { checkBundleText } from '../../verify/read-bundle.js';
import { CommandError, EXIT, type Terminal } from '../../output/terminal.js';
import { readLogKeys, readPolicy } from '../../verify/trust.js';
import { apartSaid, showVerdict, verifyBundle } from '../../verify/verify-bundle.js';
import { showPresentations } from '../../verify/show-presentation.js';
import { verifyPresentations } from '../../verify/verify-presentation.js';
import { verifyReceipt } from '../../verify/verify-receipt.js';

interface VerifyOptions {
  event?: string;
  logKey: string[];
  policy?: string;
  state: string;
  allowOlder?: boolean;
  reader?: string;
  presenter?: string;
}

const POLICY = 'It should hold a C2SP policy; docs/operating.md shows one.';
const PROOF =
  'It should be a bundle, as "adit bundle fetch" saves it, a receipt, as --save NAME writes it to NAME.tlog-proof, or what "adit disclose" writes.';
const EVENT = 'It should hold the event, as --save NAME writes it to NAME.jws, or what /v1/events/ID answers.';

/** How every receipt begins (C2SP tlog-proof). */
const RECEIPT = 'c2sp.org/tlog-proof@';

/** How every file of presentations begins. */
const PRESENTATION = /^\s*\{\s*"format"\s*:\s*"adit-presentations\//;

/** Characters of a file with one event at most. */
const MAX_EVENT_FILE = 1024 * 1024;

/** Result of a verification in one word, for scripts and people. */
type Word = 'VERIFIED' | 'BROKEN' | 'INCOMPLETE';
const exitCodes = { VERIFIED: EXIT.done, BROKEN: EXIT.broken, INCOMPLETE: EXIT.undecided } as const;

export const verify: Register = (named) => {
  named
    .description(
      'Checks the whole history of a lot (a bundle, FILE or URL), that an event is in the log (a receipt), or what was disclosed to you (a presentation), against the log key or the policy that you pinned. Works without any network. Remembers the newest checkpoint it saw of each log.',
    )
    .argument('<file>', 'a bundle, a .tlog-proof file, a presentation, or the URL of one')
    .option('--event <file>', 'of a receipt: the event, as <JWS>~… or as JSON with a member `event`')
    .option('--log-key <vkey>', "the log's verifier key, from somebody you trust; may be given again", gathered, [])
    .option('--policy <file>', 'a C2SP policy: the logs and witnesses that you trust')
    .option('--state <file>', 'where the newest checkpoints are kept', defaultState())
    .option('--allow-older', 'take a bundle that is older than a checkpoint seen before')
    .option('--reader <name>', 'of a presentation: you, for whom its proved presenter must have made it')
    .option('--presenter <actor>', 'of a presentation: who must have made it, proved by its key')
    .addHelpText(
      'before',
      'Example: adit verify lot.bundle.json --log-key example.org/tin+…\n         adit verify sale.tlog-proof --event sale.jws --log-key example.org/tin+…\n',
    )
    .action(async (place: string, options: VerifyOptions, command: Command) => {
      const terminal = terminalOf(command);
      const policy =
        options.policy === undefined ? null : readPolicy(options.policy, readTextFile(options.policy, POLICY));
      const trusting = { ...options, logKey: readLogKeys(options.logKey) };
      const text = await readPlace(place, PROOF);
      const { word, seen } = await verifyText({ place, text }, policy, trusting, terminal);
      remember(seen, options.state, text, terminal);
      terminal.endWith(exitCodes[word]);
    });
};

/** Verifies a file as what it is. */
async function verifyText(
  { place, text }: { place: string; text: string },
  policy: Policy | null,
  options: VerifyOptions,
  terminal: Terminal,
): Promise<FileVerdict> {
  if (text.startsWith(RECEIPT)) return receipt(text, policy, options, terminal);
  if (PRESENTATION.test(text)) return presentation(text, policy, options, terminal);
  checkBundleText(place, text);
  return bundle(text, policy, options, terminal);
}

async function presentation(
  text: string,
  policy: Policy | null,
  { logKey, state, reader, presenter }: VerifyOptions,
  terminal: Terminal,
): Promise<FileVerdict> {
  const logKeys = pinnedOf({ logKeys: logKey, policy });
  const verdict = await verifyPresentations(text, { logKeys, policy, seen: readSeen(state), reader, presenter });
  showPresentations(verdict, terminal);
  return verdict;
}

interface FileVerdict {
  word: Word;
  seen: CheckpointsSeen | null;
}

async function bundle(
  text: string,
  policy: Policy | null,
  { logKey, state, allowOlder = false }: VerifyOptions,
  terminal: Terminal,
): Promise<FileVerdict> {
  const verdict = await verifyBundle(text, { logKeys: logKey, policy, seen: readSeen(state), allowOlder });
  showVerdict(verdict, terminal);
  const { steps, judged, currentAsOf, events, checkpoint } = verdict.report;
  const size = checkpoint?.size ?? null;
  const { word, reason } = verdict;
  terminal.result({
    verdict: word,
    reason: reason === '' ? null : reason,
    size,
    events,
    currentAsOf,
    continuity: apartSaid(verdict.seen),
    steps,
    ...judged,
  });
  return verdict;
}

async function receipt(
  proof: string,
  policy: Policy | null,
  { event, logKey, state }: VerifyOptions,
  terminal: Terminal,
): Promise<FileVerdict> {
  if (event === undefined)
    throw new CommandError('A receipt says nothing without its event.', 'Name it with --event.', EXIT.usage);
  const keys = pinnedOf({ logKeys: logKey, policy });
  const verdict = verifyReceipt(proof, eventText(await readPlace(event, EVENT)), keys, readSeen(state), policy);
  const { colour } = terminal;
  if (verdict.word === 'VERIFIED') {
    const { id, index, size } = verdict;
    terminal.say(`  ${colour.green('✓')} event ${id} is entry ${index} of a signed log of ${size}`);
    const apart = apartSaid(verdict.seen);
    if (apart !== null) terminal.say(`  ${colour.yellow('?')} ${apart}`);
    terminal.say(colour.green('VERIFIED'));
    terminal.result({ verdict: verdict.word, index, size, id, continuity: apart });
    return verdict;
  }
  const { word, reason } = verdict;
  terminal.say(`${word === 'BROKEN' ? colour.red(word) : colour.yellow(word)}: ${reason}`);
  terminal.result({ verdict: word, reason });
  return verdict;
}

/**
 * Stores the checkpoints that were seen. A contradicting one is saved beside them, because it proves misbehaviour of
 * the log.
 */
function remember(seen: CheckpointsSeen | null, state: string, proof: string, terminal: Terminal): void {
  if (seen === null) return;
  if (seen.fork) terminal.say(`  The two checkpoints, which prove it to anyone: ${saveEvidence(state, seen, proof)}`);
  else writeSeen(state, seen.newest);
}

/** Returns the event itself from an answer of `GET /v1/events/{id}` or from its text. */
function eventText(text: string): string {
  if (!text.trimStart().startsWith('{')) return text;
  const parsed = z.looseObject({ event: z.string() }).safeParse(parseJsonFile(text, 'The event', MAX_EVENT_FILE));
  if (parsed.success) return parsed.data.event;
  throw new CommandError(
    'The event is neither a JWS nor JSON with a member `event`.',
    'Give what the service answers at /v1/events/ID.',
  );
}
