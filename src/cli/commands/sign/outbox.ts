import { createInterface } from 'node:readline/promises';
import type { Command } from 'commander';
import type { AditClient } from '../../../client/adit-client.js';
import { countOf } from '../../../core/words.js';
import { type Register, terminalOf, withServer } from '../../command.js';
import { placesOf } from '../../output/refusal.js';
import { CommandError, EXIT, type Terminal } from '../../output/terminal.js';
import { bornIn, dayAndTime, lotLines } from '../../signing/report.js';
import { readEventText } from '../../../client/event-text.js';
import { withOutbox } from '../../signing/options.js';
import { KEPT_DAYS, Outbox, type OutboxEntry, daysOf, keptDays } from '../../signing/outbox.js';
import { sendEntry, unanswered } from '../../signing/send-entry.js';
import { clientOf } from '../../sign-in.js';

interface OutboxOptions {
  outbox: string;
}

/** Characters of an id that identify an entry. */
const SHORT = 8;

export const outbox: Register = (group) => {
  group
    .description(
      'A signed event is saved before it is sent: signed, sent (no answer yet), waiting (for an event that it follows), then accepted or refused.',
    )
    .addHelpText('before', 'Example: adit outbox send\n');
  list(group);
  send(group);
  show(group);
  drop(group);
  prune(group);
};

const summaryOf = ({ event: _event, intent: _intent, format: _format, answer, ...entry }: OutboxEntry): object => ({
  ...entry,
  answer: answer === null ? null : { ...answer, receipt: undefined },
  lots: bornIn(readEventText(_event)),
});

function line(entry: OutboxEntry, { colour }: Terminal): string {
  const { state, answer } = entry;
  const paint = state === 'accepted' ? colour.green : state === 'refused' ? colour.red : colour.yellow;
  const more =
    answer?.code ??
    (answer?.index !== undefined ? `entry ${answer.index}` : entry.attempts > 0 ? `tried ${entry.attempts} ×` : '');
  return `${entry.id.slice(0, SHORT)}  ${paint(state.padEnd(8))}  ${dayAndTime(entry.savedAt)}  ${entry.type}  by ${entry.iss}  ${more}`.trimEnd();
}

function list(group: Command): void {
  withOutbox(group.command('list', { isDefault: true }))
    .summary('list the events without a final answer')
    .option('--all', 'also those that were accepted or refused', false)
    .addHelpText('before', 'Example: adit outbox list --all\n')
    .action((options: OutboxOptions & { all: boolean }, command: Command) => {
      const terminal = terminalOf(command);
      const box = new Outbox(options.outbox);
      const pending = box.pending();
      const entries = options.all
        ? [...box.settled(), ...pending].toSorted((a, b) => a.sequence - b.sequence)
        : pending;
      for (const entry of entries) {
        terminal.say(line(entry, terminal));
        for (const text of lotLines(readEventText(entry.event))) terminal.say(`  ${text}`);
      }
      terminal.say(
        pending.length === 0
          ? 'Nothing waits to be sent.'
          : `${pending.length} ${pending.length === 1 ? 'event has' : 'events have'} no final answer. Next: adit outbox send`,
      );
      terminal.result(entries.map(summaryOf));
    });
}

function send(group: Command): void {
  withServer(withOutbox(group.command('send')))
    .summary('send the saved events, oldest first')
    .description('Sends each as it was signed. Ends with 1 where one was refused or got no answer.')
    .argument('[ids...]', 'only these, by the beginning of their ids')
    .addHelpText('before', 'Example: adit outbox send\n')
    .action(async (ids: string[], { outbox: folder, server }: OutboxOptions & { server: string }, command: Command) => {
      const terminal = terminalOf(command);
      const box = new Outbox(folder);
      const client = clientOf(command);
      const entries = ids.length === 0 ? box.pending() : ids.map((id) => pendingCalled(box, id));
      const results: object[] = [];
      for (const entry of entries.length === 0 ? [] : await ofThisLog(entries, client, terminal)) {
        const sent = await sendEntry(client, box, entry).catch((error: unknown) => {
          terminal.result(results);
          throw unanswered(error, entry);
        });
        terminal.say(line(sent.entry, terminal));
        const problem = sent.refusedBy?.problem;
        if (problem !== undefined) {
          terminal.say(`  ${problem.detail}${placesOf(problem.errors ?? [], readEventText(entry.event).claims)}`);
          terminal.say(`  What it means: ${server}/errors/${problem.code}`);
          terminal.endWith(EXIT.error);
        }
        results.push(summaryOf(sent.entry));
      }
      terminal.result(results);
      const left = box.pending().length;
      terminal.say(left === 0 ? 'Nothing waits to be sent.' : `${left} left in the outbox: adit outbox list`);
    });
}

/** Selects the entries that were signed for this ledger, and reports the others. */
async function ofThisLog(
  entries: readonly OutboxEntry[],
  client: AditClient,
  terminal: Terminal,
): Promise<OutboxEntry[]> {
  const { origin } = await client.ledger();
  for (const { id } of entries.filter(({ log }) => log !== origin))
    terminal.say(
      `${id.slice(0, SHORT)} stays: it was signed for another log than ${origin}, which answers at ${client.base}`,
    );
  return entries.filter(({ log }) => log === origin);
}

function pendingCalled(box: Outbox, name: string): OutboxEntry {
  const entry = entryCalled(box, name);
  if (entry.state !== 'accepted' && entry.state !== 'refused') return entry;
  throw new CommandError(`${name} was ${entry.state} already.`, `See it with "adit outbox show ${name}".`, EXIT.usage);
}

function entryCalled(box: Outbox, name: string): OutboxEntry {
  const entry = box.find(name);
  if (entry !== undefined) return entry;
  throw new CommandError(
    `The outbox ${box.folder} has no event ${name}.`,
    '"adit outbox list --all" shows what it has.',
    EXIT.usage,
  );
}

function show(group: Command): void {
  withOutbox(group.command('show'))
    .summary('show a saved event and its answer')
    .argument('<id>', 'the beginning of its id')
    .addHelpText('before', 'Example: adit outbox show k3JxQ0aB\n')
    .action((id: string, { outbox: folder }: OutboxOptions, command: Command) => {
      const terminal = terminalOf(command);
      const entry = entryCalled(new Outbox(folder), id);
      const said = readEventText(entry.event);
      terminal.say(line(entry, terminal));
      for (const text of lotLines(said)) terminal.say(text);
      if (entry.answer?.missing !== undefined) terminal.say(`  waits for ${entry.answer.missing.join(', ')}`);
      if (entry.answer?.detail !== undefined) terminal.say(`  ${entry.answer.code}: ${entry.answer.detail}`);
      terminal.say(JSON.stringify(said.claims, null, 2));
      terminal.result({ ...entry, claims: said.claims });
    });
}

function drop(group: Command): void {
  withOutbox(group.command('drop'))
    .summary('remove a saved event from this machine')
    .description(
      'Removes the only copy that this machine has. An event that was sent may have been recorded all the same.',
    )
    .argument('<id>', 'the beginning of its id')
    .option('--yes', 'do not ask', false)
    .addHelpText('before', 'Example: adit outbox drop k3JxQ0aB --yes\n')
    .action(async (id: string, { outbox: folder, yes }: OutboxOptions & { yes: boolean }, command: Command) => {
      const terminal = terminalOf(command);
      const box = new Outbox(folder);
      const entry = entryCalled(box, id);
      terminal.say(line(entry, terminal));
      if (!yes) await confirm(entry, command);
      box.drop(entry);
      terminal.say(`Removed ${entry.id.slice(0, SHORT)}.`);
      terminal.result({ dropped: entry.id, state: entry.state });
    });
}

interface PruneOptions extends OutboxOptions {
  olderThan?: string;
  refused: boolean;
}

function prune(group: Command): void {
  withOutbox(group.command('prune'))
    .summary('remove accepted events that are old')
    .description(
      'Removes events that the ledger accepted so many days ago. Those that are unsent, unanswered or waiting always stay. The same is done as events are accepted, so the outbox does not grow for ever. The ledger gives a receipt again at any time: /v1/events/ID/receipt.',
    )
    .option('--older-than <days>', `days since the answer (default: ADIT_OUTBOX_DAYS, or ${KEPT_DAYS})`)
    .option('--refused', 'also those that were refused', false)
    .addHelpText('before', 'Example: adit outbox prune --older-than 7\n')
    .action(({ outbox: folder, olderThan, refused }: PruneOptions, command: Command) => {
      const terminal = terminalOf(command);
      const days = olderThan === undefined ? keptDays() : daysOf(olderThan, '--older-than');
      const box = new Outbox(folder);
      const removed = box.prune(days, { refused });
      for (const entry of removed) terminal.say(line(entry, terminal));
      terminal.say(
        removed.length === 0
          ? `Nothing was answered ${countOf(days, 'day')} ago or earlier; nothing was removed.`
          : `Removed ${countOf(removed.length, 'event')} answered ${countOf(days, 'day')} ago or earlier.`,
      );
      terminal.result({ removed: removed.map(summaryOf), pending: box.pending().length });
    });
}

/** Asks on a terminal; elsewhere nothing is removed without --yes. */
async function confirm({ id }: OutboxEntry, command: Command): Promise<void> {
  const { input = true, json = false } = command.optsWithGlobals<{ input?: boolean; json?: boolean }>();
  if (!input || json || !process.stdin.isTTY || !process.stdout.isTTY)
    throw new CommandError('Nothing was removed.', 'Add --yes to remove it.', EXIT.usage);
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  try {
    const answer = await lines.question(`Write ${id.slice(0, SHORT)} to remove it: `);
    if (answer.trim() !== id.slice(0, SHORT))
      throw new CommandError('Nothing was removed.', 'The id was not repeated.');
  } finally {
    lines.close();
  }
}
