import { userInfo } from 'node:os';
import type { Command } from 'commander';
import type { AditClient } from '../../client/adit-client.js';
import type { Silence } from '../../core/api/alerts/silence.js';
import { countOf } from '../../core/words.js';
import type { Alert, DeskNote } from '../../core/api/alerts/alert.js';
import { gathered, terminalOf } from '../command.js';
import { untilOf } from '../input/until.js';
import { showAlert, showChanges } from '../output/alert-lines.js';
import { type ListOptions, printList, withLimit } from '../output/list.js';
import { shortId } from '../output/lot-names.js';
import type { Column } from '../output/table.js';
import { CommandError, EXIT } from '../output/terminal.js';
import { type FilterOptions, filtersOf, withLotIds } from './alert-filters.js';
import { clientOf } from '../sign-in.js';

// The commands below "adit alerts" with which a person handles alerts, as the HTTP API offers them.

/** Lots of one silence at most (docs/alerts.md). */
const MAX_LOTS = 100;
const PART_OF_ID = /^[0-9a-f]{8}[0-9a-f-]*$/i;

/** Options of "adit alerts" apply to its subcommands too, wherever they are written. */
interface Around extends FilterOptions {
  server: string;
}

/** Finds the alert with this id or this beginning of an id. */
async function alertNamed(client: AditClient, id: string): Promise<Alert> {
  if (!PART_OF_ID.test(id))
    throw new CommandError(
      `${id} is no id of an alert.`,
      '"adit alerts" shows the id of each, 8 characters of it.',
      EXIT.usage,
    );
  const found: Alert[] = [];
  for await (const alert of client.alerts({ id, inhibited: 'include' })) found.push(alert);
  const [only] = found;
  if (only === undefined)
    throw new CommandError(`There is no alert ${id}.`, '"adit alerts" lists those that are open, with their ids.');
  if (found.length > 1)
    throw new CommandError(
      `${found.length} alerts begin with ${id}:\n${found.map((alert) => `  ${alert.id}`).join('\n')}`,
      'Write one of these ids in full.',
      EXIT.usage,
    );
  return only;
}

/** Default author of a decision: the user of this machine. */
const me = (): string => userInfo().username;

const withWho = (command: Command): Command => command.option('--by <name>', 'who does it (default: your user name)');
const withEvidence = (command: Command): Command =>
  command.option('--evidence <id>', 'an event or document it rests on; may be given again', gathered, []);

interface NoteOptions {
  by?: string;
  reason?: string;
  evidence?: string[];
}

const noteOf = ({ by, reason, evidence }: NoteOptions): DeskNote => ({
  by: by ?? me(),
  ...(reason === undefined ? {} : { note: reason }),
  ...(evidence === undefined || evidence.length === 0 ? {} : { evidence }),
});

function show(alerts: Command): void {
  alerts
    .command('show')
    .summary('show one alert, and what was done with it')
    .argument('<alert>', 'its id, or the first 8 characters')
    .addHelpText('before', 'Example: adit alerts show 9d1c2e7a\n')
    .action(async (id: string, _options: unknown, command: Command) => {
      const terminal = terminalOf(command);
      const client = clientOf(command);
      const alert = await client.alert((await alertNamed(client, id)).id);
      showAlert(terminal, alert);
      for (const { event, index } of alert.evidence) terminal.say(`  entry ${index}: event ${event}`);
      showChanges(terminal, alert.changes);
      terminal.result(alert);
    });
}

function acknowledge(alerts: Command): void {
  withWho(withEvidence(alerts.command('ack').alias('acknowledge')))
    .summary('note that you are dealing with an alert')
    .argument('<alert>', 'its id, or the first 8 characters')
    .option('--reason <text>', 'what you are doing about it')
    .addHelpText('before', 'Example: adit alerts ack 9d1c2e7a --reason "calling the cooperative"\n')
    .action(async (id: string, options: NoteOptions, command: Command) => {
      const terminal = terminalOf(command);
      const client = clientOf(command);
      const alert = await client.acknowledgeAlert((await alertNamed(client, id)).id, noteOf(options));
      terminal.say(`Alert ${shortId(alert.id)} (${alert.rule}) is ${alert.status}, by ${options.by ?? me()}.`);
      terminal.result(alert);
    });
}

function resolve(alerts: Command): void {
  withWho(withEvidence(alerts.command('resolve')))
    .summary('note that an alert is dealt with')
    .description(
      'Notes that an alert is dealt with. This is a note of the desk: the verdicts of its lots change only by a signed finding.answered, or when the cause is gone.',
    )
    .argument('<alert>', 'its id, or the first 8 characters')
    .requiredOption('--reason <text>', 'what was found')
    .addHelpText(
      'before',
      'Example: adit alerts resolve 9d1c2e7a --reason "scale was off; weighed again" --evidence EVENT\n',
    )
    .action(async (id: string, options: NoteOptions, command: Command) => {
      const terminal = terminalOf(command);
      const client = clientOf(command);
      const alert = await client.resolveAlert((await alertNamed(client, id)).id, noteOf(options));
      terminal.say(`Alert ${shortId(alert.id)} (${alert.rule}) is resolved, by ${options.by ?? me()}.`);
      terminal.result(alert);
    });
}

function assign(alerts: Command): void {
  withWho(alerts.command('assign'))
    .summary('note who is to answer for an alert')
    .argument('<alert>', 'its id, or the first 8 characters')
    .argument('<name>', 'who; "nobody" for nobody in particular')
    .option('--reason <text>', 'why')
    .addHelpText('before', 'Example: adit alerts assign 9d1c2e7a "Grace U."\n')
    .action(async (id: string, name: string, options: NoteOptions, command: Command) => {
      const terminal = terminalOf(command);
      const client = clientOf(command);
      const assignee = name === 'nobody' ? null : name;
      const alert = await client.assignAlert((await alertNamed(client, id)).id, assignee, noteOf(options));
      terminal.say(`${alert.assignee ?? 'Nobody'} answers for alert ${shortId(alert.id)} (${alert.rule}).`);
      terminal.result(alert);
    });
}

/** Returns the filters for a silence of one alert: its rule and its lots. */
function filtersOfAlert({ rule, lots }: Alert): object {
  if (lots.length >= MAX_LOTS)
    throw new CommandError(
      'The alert names more lots than a silence can.',
      `Silence it by rule and site instead, such as --rule ${rule} --site hill.`,
    );
  return lots.length === 0 ? { rules: [rule] } : { rules: [rule], lots };
}

interface SilenceOptions extends NoteOptions {
  until: string;
  reason: string;
}

/** Returns the filters of a silence: of one alert, or those of "adit alerts", with lots by any of their names. */
async function silentFilters(client: AditClient, alert: string | undefined, asked: FilterOptions): Promise<object> {
  const filters = filtersOf(await withLotIds(client, asked));
  if (alert !== undefined && Object.keys(filters).length > 0)
    throw new CommandError('An alert and filters were both given.', 'Name the alert, or the filters.', EXIT.usage);
  if (alert !== undefined) return filtersOfAlert(await alertNamed(client, alert));
  if (Object.keys(filters).length > 0) return filters;
  throw new CommandError(
    'Nothing says what is to be silent.',
    'Name an alert, or filters: adit alerts silence --rule late-entry --site hill --until 7d --reason "no network"',
    EXIT.usage,
  );
}

function silence(alerts: Command): void {
  withWho(alerts.command('silence'))
    .summary('hold back notifications of alerts for a while')
    .description(
      'Holds back notifications until then. Alerts are still raised and listed. Names one alert, which is silenced by its rule and lots, or filters of "adit alerts".',
    )
    .argument('[alert]', 'its id, or the first 8 characters')
    .requiredOption('--until <time>', '8h, 7d, or a time; at most 90 days')
    .requiredOption('--reason <text>', 'why these alerts need no notification')
    .addHelpText(
      'before',
      'Example: adit alerts silence 9d1c2e7a --until 7d --reason "known; device is being repaired"\n',
    )
    .action(async (id: string | undefined, options: SilenceOptions, command: Command) => {
      const terminal = terminalOf(command);
      const client = clientOf(command);
      const filters = await silentFilters(client, id, command.optsWithGlobals<Around>());
      const until = untilOf(options.until);
      const made = await client.silence({ filters, until, reason: options.reason, by: options.by ?? me() });
      terminal.say(
        `Silent until ${until.slice(0, 16).replace('T', ' ')} UTC. End it with: adit alerts unsilence ${shortId(made.id)}`,
      );
      terminal.result(made);
    });
}

const silenceColumns: readonly Column<Silence>[] = [
  { title: 'silence', value: ({ id }) => shortId(id) },
  { title: 'until', value: ({ until }) => until.slice(0, 16).replace('T', ' ') },
  { title: 'holds back', value: ({ holding }) => countOf(holding, 'alert'), right: true },
  { title: 'by', value: ({ by }) => by ?? '', least: 6, dropped: 1 },
  { title: 'reason', value: ({ reason }) => reason, least: 10 },
];

function silences(alerts: Command): void {
  withLimit(alerts.command('silences'))
    .summary('list the silences in force')
    .addHelpText('before', 'Example: adit alerts silences\n')
    .action(async (options: ListOptions, command: Command) => {
      const listing = { columns: silenceColumns, none: 'Nothing is silenced.' };
      await printList(terminalOf(command), clientOf(command).silences(), listing, options);
    });
  alerts
    .command('unsilence')
    .summary('end a silence before its time')
    .argument('<silence>', 'its id, or the first 8 characters')
    .addHelpText('before', 'Example: adit alerts unsilence 3b9f01aa\n')
    .action(async (id: string, _options: unknown, command: Command) => {
      const terminal = terminalOf(command);
      const client = clientOf(command);
      const found: Silence[] = [];
      for await (const one of client.silences()) if (one.id.startsWith(id.toLowerCase())) found.push(one);
      const [only] = found;
      if (only === undefined || found.length > 1)
        throw new CommandError(
          found.length > 1 ? `${found.length} silences begin with ${id}.` : `There is no silence ${id}.`,
          '"adit alerts silences" lists those in force.',
        );
      await client.endSilence(only.id);
      terminal.say(`Ended. What it held back is notified now: ${countOf(only.holding, 'alert')}.`);
      terminal.result({ ended: only.id });
    });
}

/** Registers the commands with which a person handles alerts. */
export function registerDesk(alerts: Command): void {
  for (const register of [show, acknowledge, resolve, assign, silence, silences]) register(alerts);
}
