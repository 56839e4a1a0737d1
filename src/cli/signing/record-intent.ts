import { AditError } from '../../core/errors.js';
import type { BuiltEvent } from '../../core/event/build.js';
import { hasSuccessor } from '../../client/submit-signed.js';
import { type Draft, chainLots, seenIn, signDraft } from '../../client/record-event.js';
import { refusal, unsignable } from '../output/refusal.js';
import { CommandError, EXIT } from '../output/terminal.js';
import { dryRun, sayDryRun } from './dry-run.js';
import { readEventText } from '../../client/event-text.js';
import { KnownLots } from './known-lots.js';
import type { Signing } from './options.js';
import { type OutboxEntry, intentOf } from './outbox.js';
import { reportAnswer, reportSaved } from './report.js';
import { SavedFiles } from './saved-files.js';
import { sendEntry, sendParents, unanswered } from './send-entry.js';

/** A user's request to record an event. */
export interface Request {
  type: string;
  /** The arguments that identify equal requests. */
  asked: unknown;
  /** Composes the event's body, without `prev` of extended lots and ids of new ones. */
  compose(lots: KnownLots): Promise<Record<string, unknown>>;
}

/** Attempts to build an event while other processes sign events for the same lot. */
const BUILDS = 5;

/**
 * Records an event: signs, saves and sends it. Idempotent: a repeated request without an answer is sent again as it was
 * signed.
 */
export async function recordIntent(signing: Signing, request: Request): Promise<void> {
  const { options, terminal } = signing;
  const files = options.save === undefined ? null : new SavedFiles(options.save);
  const before = await sameBefore(signing, request, files);
  if (before === 'done') return;
  const log = await logOf(signing);
  const entry = before ?? (await signNew(signing, request, log, files));
  if (entry === null) return;
  if (before !== null && before.save === null) files?.write({ ...before, disclosures: [] });
  if (options.offline !== undefined)
    return reportSaved(entry, files, terminal, { resumed: before !== null, lotNames: signing.lotNames });
  await deliver(signing, entry, files, before !== null);
}

/** Finds the same request in the outbox or under the name of `--save`; `done` if it has a final answer. */
async function sameBefore(
  { outbox, options, iss, terminal }: Signing,
  request: Request,
  files: SavedFiles | null,
): Promise<OutboxEntry | 'done' | null> {
  const saved = files?.before() ?? null;
  if (files === null || saved === null) return findSame(outbox.pending(), { ...request, iss }, options);
  const entry = outbox.find(saved.id);
  const intent = intentOfRequest({ ...request, iss }, options);
  if (entry === undefined || entry.intent !== intent)
    throw new CommandError(
      `${files.event} is there already and holds another event: ${saved.type} ${saved.id.slice(0, 8)}.`,
      `Choose another --save NAME; "adit submit ${files.event}" sends that one as it is.`,
      EXIT.usage,
    );
  if (entry.state === 'accepted') {
    files.writeReceipt(entry.answer?.receipt ?? '', entry.event);
    reportAnswer(entry, files, terminal, { repeated: true, resumed: true });
    return 'done';
  }
  if (entry.state !== 'refused') return entry;
  throw new CommandError(
    `${files.event} holds this event, and the ledger refused it (${entry.answer?.code}): ${entry.answer?.detail}`,
    'Choose another --save NAME to sign another.',
    EXIT.usage,
  );
}

const intentOfRequest = (
  { type, asked, iss }: Pick<Request, 'type' | 'asked'> & { iss: string },
  { occurredAt, withhold }: Signing['options'],
): string => intentOf({ type, iss, asked, occurredAt, withhold });

/** Different names of `--save` are different requests; without a name, any entry matches. */
function findSame(
  pending: readonly OutboxEntry[],
  request: Pick<Request, 'type' | 'asked'> & { iss: string },
  options: Signing['options'],
): OutboxEntry | null {
  if (options.again) return null;
  const intent = intentOfRequest(request, options);
  const path = options.save === undefined ? null : new SavedFiles(options.save).path;
  const same = pending.filter(({ save }) => save === null || path === null || save === path);
  return same.find((entry) => entry.intent === intent) ?? null;
}

/** Returns the log to sign for, from the ledger or, offline, from the user or the last answer. */
async function logOf({
  options,
  client,
  outbox,
  keyLog,
}: Signing): Promise<{ origin: string; checkpoint: string | null }> {
  const known = outbox.ledger(client.base);
  if (options.offline === undefined) {
    const [{ origin }, checkpoint] = await Promise.all([client.ledger(), client.checkpoint()]);
    if (known?.origin !== origin || known.checkpoint !== checkpoint) outbox.learn(client.base, { origin, checkpoint });
    if (keyLog !== undefined && keyLog !== origin)
      throw new CommandError(
        `${options.key} was made for the log ${keyLog}; the ledger at ${client.base} is ${origin}.`,
        'Name the ledger with --server, or the key with --key.',
        EXIT.usage,
      );
    return { origin, checkpoint };
  }
  const origin = options.offline === true ? (keyLog ?? known?.origin) : options.offline;
  if (origin === undefined)
    throw new CommandError(
      'It is not known which log to sign for.',
      'Write --offline=ORIGIN, such as --offline=example.org/tin.',
      EXIT.usage,
    );
  return { origin, checkpoint: known?.origin === origin ? known.checkpoint : null };
}

type Log = Awaited<ReturnType<typeof logOf>>;

/** Signs and saves a new event; null after a dry run. */
async function signNew(
  signing: Signing,
  request: Request,
  log: Log,
  files: SavedFiles | null,
): Promise<OutboxEntry | null> {
  const { options, outbox, iss } = signing;
  for (let build = 1; build <= BUILDS; build += 1) {
    const lots = new KnownLots(
      outbox,
      log.origin,
      options.offline === undefined ? signing.client : null,
      signing.lotNames,
    );
    const body = await request.compose(lots);
    const chained = await chainLots({ type: request.type, body }, (lot) => lots.headOf(lot));
    const seen = log.checkpoint === null ? {} : { seen: seenIn(log.checkpoint) };
    const draft = { type: request.type, iss, occurredAt: options.occurredAt, body: { ...seen, ...chained } };
    const built = await sign(log.origin, draft, signing);
    if (options.dryRun) {
      await showDraft(signing, draft, built);
      return null;
    }
    const { extended } = readEventText(built.event);
    const own = new Set(extended.filter(({ prev }) => !JSON.stringify(body).includes(prev)).map(({ lot }) => lot));
    const saved = outbox.add<OutboxEntry | 'stale'>(
      {
        id: built.id,
        log: log.origin,
        type: request.type,
        iss,
        intent: intentOfRequest({ ...request, iss }, options),
        save: files?.path ?? null,
        event: built.event,
      },
      (pending) =>
        findSame(pending, { ...request, iss }, options) ??
        (extended.some(({ lot, prev }) => own.has(lot) && hasSuccessor(pending, lot, prev)) ? 'stale' : null),
    );
    if (saved === 'stale') continue;
    if (saved.id === built.id) files?.write(built);
    return saved;
  }
  throw new CommandError('Other processes keep signing events for the same lots.', 'Run the command again.');
}

async function sign(log: string, draft: Draft, { signer, options }: Signing): Promise<BuiltEvent> {
  try {
    return await signDraft(log, draft, signer, { withhold: options.withhold });
  } catch (error) {
    if (!(error instanceof AditError)) throw error;
    throw unsignable(
      error,
      draft.body,
      `"adit new ${draft.type}" writes an example; docs/event-format.md has every field.`,
    );
  }
}

/** Shows what would be signed and, where the ledger can be asked, what it would answer. */
async function showDraft(signing: Signing, { type, iss, body }: Draft, built: BuiltEvent): Promise<void> {
  const { terminal, options, client, outbox } = signing;
  const { claims } = readEventText(built.event);
  const answer = options.offline === undefined ? await dryRun(client, outbox, claims) : null;
  terminal.say(JSON.stringify({ type, iss, ...body }, null, 2));
  if (answer !== null) sayDryRun(terminal, answer, claims, client.base, signing.lotNames);
  if (answer?.status === 'refused') terminal.endWith(EXIT.error);
  terminal.say('Nothing was signed, saved or sent. Leave out --dry-run to record it.');
  terminal.result({ status: 'dry-run', type, iss, occurredAt: claims.occurredAt, body, answer });
}

/** Sends an event with its parents and reports the answer. */
async function deliver(
  { client, outbox, terminal, lotNames }: Signing,
  entry: OutboxEntry,
  files: SavedFiles | null,
  resumed: boolean,
): Promise<void> {
  try {
    const parents = await sendParents(client, outbox, entry);
    for (const parent of parents) terminal.say(`sent first: ${parent.type} ${parent.id.slice(0, 8)} (${parent.state})`);
    const sent = await sendEntry(client, outbox, entry);
    if (sent.refusedBy !== undefined)
      throw refusal(sent.refusedBy, client.base, readEventText(entry.event).claims, lotNames);
    if (sent.entry.answer?.receipt !== undefined) files?.writeReceipt(sent.entry.answer.receipt, sent.entry.event);
    reportAnswer(sent.entry, files, terminal, { repeated: sent.repeated, resumed, lotNames });
  } catch (error) {
    const failure = unanswered(error, entry);
    if (failure !== error)
      terminal.result({ status: 'unanswered', id: entry.id, type: entry.type, event: entry.event });
    throw failure;
  }
}
