import type { Command } from 'commander';
import type { AditClient } from '../../../client/adit-client.js';
import { NoAnswer } from '../../../client/problem.js';
import { chainLots, seenIn, signDraft } from '../../../client/record-event.js';
import type { DryRunAnswer } from '../../../core/api/event.js';
import { AditError } from '../../../core/errors.js';
import { generateSigner } from '../../../core/event/build.js';
import { eventTypes } from '../../../core/event/types/index.js';
import { type Register, terminalOf, withServer } from '../../command.js';
import { readJsonObject } from '../../input/read-file.js';
import { readKeyFile } from '../../key-file.js';
import { unsignable } from '../../output/refusal.js';
import { CommandError, EXIT, type Terminal } from '../../output/terminal.js';
import { dryRun, sayDryRun } from '../../signing/dry-run.js';
import { readEventText } from '../../../client/event-text.js';
import { readEventFile } from '../../signing/event-file.js';
import { KnownLots, type NamedLot } from '../../signing/known-lots.js';
import { withOutbox } from '../../signing/options.js';
import { Outbox } from '../../signing/outbox.js';
import { unknownType, withLotIds } from './record.js';
import { clientOf } from '../../sign-in.js';

interface CheckOptions {
  server: string;
  type?: string;
  as?: string;
  key?: string;
  outbox: string;
  offline: boolean;
}

type Body = Record<string, unknown>;

/** The content of a file to check: the body of an event, or a signed event. */
interface Checked {
  type: string;
  body: Body;
  event?: string;
}

export const check: Register = (named) => {
  withOutbox(withServer(named))
    .description(
      'Checks FILE against the schema of its type, and asks the ledger what it would answer: accepted, waiting or refused, and why. Signs and records nothing. Ends with 1 where something is wrong.',
    )
    .argument('<file>', 'body of an event (JSON), or NAME.jws')
    .option('--type <type>', 'type of the event, where FILE does not say')
    .option('--offline', 'check the schema only', false)
    .addHelpText('before', 'Example: adit check bag.json --type lot.declared --as coop\n')
    .action(async (file: string, options: CheckOptions, command: Command) => {
      const terminal = terminalOf(command);
      const checked = read(file, options.type);
      await checkSchema(checked.type, checked.body);
      terminal.say(`${terminal.colour.green('✓')} ${file} has the form of ${checked.type}`);
      const answer = options.offline ? null : await askLedger(checked, file, options, command);
      if (answer?.status === 'refused') terminal.endWith(EXIT.error);
      else if (answer !== null) sayNext(terminal, checked, file);
      terminal.result({ type: checked.type, answer });
    });
};

function sayNext(terminal: Terminal, { type, event }: Checked, file: string): void {
  terminal.say(`Next: ${event === undefined ? `adit record ${type} ${file} --key KEY` : `adit submit ${file}`}`);
}

function read(file: string, given: string | undefined): Checked {
  if (file.endsWith('.jws')) {
    const { event, said } = readEventFile(file);
    const { log: _log, type: _type, iss: _iss, iat: _iat, jti: _jti, ...body } = said.claims;
    if (!eventTypes.has(said.type)) throw unknownType(said.type);
    return { type: said.type, body, event };
  }
  const { type: said, ...body } = readJsonObject(
    file,
    'It should hold the body of an event; "adit new TYPE" writes an example.',
  );
  const type = given ?? (typeof said === 'string' ? said : undefined);
  if (type === undefined)
    throw new CommandError(
      'Of which type is it to be?',
      `Give --type, such as: adit check ${file} --type lot.declared`,
      EXIT.usage,
    );
  if (!eventTypes.has(type)) throw unknownType(type);
  return { type, body };
}

const LOT_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const ANY_LOT = '00000000-0000-8000-8000-00000000000';

/** Adds an id for each lot without one, and a `prev` for each chain, which signing would add. */
function filled(body: Body): Body {
  let count = 0;
  const idFor = (lot: unknown): unknown =>
    typeof lot === 'string' && !LOT_ID.test(lot) ? `${ANY_LOT}${(count += 1).toString(16)}`.slice(0, 36) : lot;
  const named = (item: unknown): unknown => {
    if (typeof item !== 'object' || item === null) return idFor(item);
    return 'lot' in item ? { ...item, lot: idFor(item.lot) } : item;
  };
  const lists = ['lots', 'inputs', 'missing'].flatMap((claim) =>
    Array.isArray(body[claim]) ? [[claim, (body[claim] as unknown[]).map(named)] as const] : [],
  );
  return { ...body, ...Object.fromEntries(lists), ...('lot' in body ? { lot: idFor(body.lot) } : {}) };
}

async function checkSchema(type: string, body: Body): Promise<void> {
  const chained = await chainLots({ type, body: filled(body) }, () => Promise.resolve('A'.repeat(43)));
  try {
    await signDraft('localhost/adit', { type, iss: 'nobody', body: chained }, generateSigner('Ed25519').signer);
  } catch (error) {
    if (error instanceof AditError)
      throw unsignable(error, body, `"adit new ${type}" writes an example.`, 'This cannot be signed');
    throw error;
  }
}

/** Asks the ledger for its answer and prints it; returns null if the ledger cannot be asked, and prints that too. */
async function askLedger(
  checked: Checked,
  file: string,
  options: CheckOptions,
  command: Command,
): Promise<DryRunAnswer | null> {
  const terminal = terminalOf(command);
  const signer = options.as ?? (options.key === undefined ? undefined : readKeyFile(options.key).actor);
  if (checked.event === undefined && signer === undefined) {
    terminal.note(
      `The ledger was not asked: it must know who is to sign. Add --as ACTOR: adit check ${file} --as coop`,
    );
    return null;
  }
  const client = clientOf(command);
  try {
    const outbox = new Outbox(options.outbox);
    const names = new Map<string, NamedLot>();
    const event = checked.event ?? (await claimsOf({ ...checked, iss: signer ?? '' }, client, outbox, names));
    const answer = await dryRun(client, outbox, event);
    sayDryRun(terminal, answer, typeof event === 'string' ? readEventText(event).claims : event, client.base, names);
    return answer;
  } catch (error) {
    const unasked = command.getOptionValueSource('server') === 'default';
    if (!unasked || !(error instanceof NoAnswer) || error.kind !== 'unreachable') throw error;
    terminal.note(`The ledger was not asked: ${error.message} Name it with --server or ADIT_SERVER.`);
    return null;
  }
}

/** What "adit record" would sign: lots by their ids, chained to their newest events, with ids for new ones. */
async function claimsOf(
  { type, body, iss }: Pick<Checked, 'type' | 'body'> & { iss: string },
  client: AditClient,
  outbox: Outbox,
  names: Map<string, NamedLot>,
): Promise<Body> {
  const [{ origin }, note] = await Promise.all([client.ledger(), client.checkpoint()]);
  const lots = new KnownLots(outbox, origin, client, names);
  const named = await withLotIds(body, lots);
  const chained = await chainLots({ type, body: named }, (lot) => lots.headOf(lot));
  const draft = { type, iss, body: { seen: seenIn(note), ...chained } };
  try {
    const { event } = await signDraft(origin, draft, generateSigner('Ed25519').signer);
    return readEventText(event).claims;
  } catch (error) {
    if (error instanceof AditError) throw unsignable(error, body, `"adit new ${type}" writes an example.`);
    throw error;
  }
}
