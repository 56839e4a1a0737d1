import { type Command, InvalidArgumentError } from 'commander';
import type { Grant } from '../../../core/api/access/grant.js';
import { countOf } from '../../../core/words.js';
import { gathered, terminalOf, withServer } from '../../command.js';
import { untilOf } from '../../input/until.js';
import { type ListOptions, printList, withLimit } from '../../output/list.js';
import type { Column } from '../../output/table.js';
import { accessClientOf } from '../../sign-in.js';
import { type SigningOptions, withSigning } from '../../signing/options.js';
import { recordWords, said } from '../../signing/shorthand.js';
import { oneById, shortText, timeText } from './ids.js';

interface GiveOptions extends SigningOptions {
  until: string;
  lot: string[];
  site: string[];
  from?: string;
  to?: string;
  disclosures?: boolean;
  purpose?: string;
}

function dayOf(text: string): string {
  if (/^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text))) return text;
  throw new InvalidArgumentError('Write a day, such as 2026-01-31.');
}

/** Adds `grant give`, `grant withdraw` and `grant list`. */
export function grant(access: Command): void {
  const group = access.command('grant').summary('let another actor see your lots, until a time');
  give(group);
  withdraw(group);
  list(group);
}

function give(group: Command): void {
  withSigning(group.command('give'))
    .summary('grant an actor what you see')
    .description(
      'Signs grant.given: the actor sees what you see, within the limits, until the time. The grant is an event of the log; it ends by itself, or by "adit access grant withdraw".',
    )
    .argument('<actor>', 'who is to see')
    .requiredOption('--until <time>', '30d, a day, or a time')
    .option('--lot <lot>', 'this lot only (repeat)', gathered, [])
    .option('--site <site>', 'lots from this site only (repeat)', gathered, [])
    .option('--from <day>', 'lots made on this day or later', dayOf)
    .option('--to <day>', 'lots made on this day or earlier', dayOf)
    .option('--disclosures', 'also names, prices and places that you may see')
    .option('--purpose <word>', 'such as audit')
    .addHelpText('before', 'Example: adit access grant give auditor --until 90d --site hill --key coop.jwk\n')
    .action((actor: string, options: GiveOptions, command: Command) => {
      const until = untilOf(options.until);
      const { lot, site, from, to, disclosures, purpose } = options;
      return recordWords(command, options, {
        type: 'grant.given',
        words: [actor],
        compose: async (known) => {
          const lots = await Promise.all(lot.map(async (name) => (await known.find(name)).id));
          const only = said({ lots, sites: site, bornFrom: from, bornUntil: to });
          return said({
            to: actor,
            until,
            only: Object.keys(only).length === 0 ? undefined : only,
            disclosures: disclosures === true ? true : undefined,
            purpose,
          });
        },
      });
    });
}

const GRANTS = { name: 'grant', list: 'adit access grant list' };

function withdraw(group: Command): void {
  withSigning(group.command('withdraw'))
    .summary('end a grant before its time')
    .argument('<grant>', 'its id, or the first 8 characters')
    .option('--reason <text>', 'why')
    .addHelpText('before', 'Example: adit access grant withdraw GRANT --key coop.jwk\n')
    .action((begin: string, options: SigningOptions & { reason?: string }, command: Command) =>
      recordWords(command, options, {
        type: 'grant.withdrawn',
        words: [begin],
        compose: async () => {
          const given = await oneById(accessClientOf(command).grants(), ({ grant: id }) => id, begin, GRANTS);
          return said({ grant: given.grant, reason: options.reason });
        },
      }),
    );
}

/** Describes the limits of a grant. */
function limitsOf({ only: { lots, sites, bornFrom, bornUntil }, disclosures }: Grant): string {
  const parts = [
    lots === null ? null : countOf(lots.length, 'lot'),
    sites === null ? null : `from ${sites.join(', ')}`,
    bornFrom === null ? null : `made since ${bornFrom}`,
    bornUntil === null ? null : `made until ${bornUntil}`,
    disclosures ? 'with disclosures' : null,
  ].filter((part) => part !== null);
  return parts.length === 0 ? 'all its lots' : parts.join('; ');
}

const words = {
  inForce: 'in force',
  ended: 'ended',
  withdrawn: 'withdrawn',
  paused: 'paused: giver suspended',
} as const;

const columns: readonly Column<Grant>[] = [
  { title: 'grant', value: ({ grant: id }) => shortText(id) },
  { title: 'by', value: ({ by }) => by, least: 6 },
  { title: 'to', value: ({ to }) => to, least: 6 },
  { title: 'until', value: ({ until }) => timeText(until) },
  { title: 'state', value: ({ state }) => words[state] },
  { title: 'shows', value: limitsOf, least: 10, dropped: 1 },
];

function list(group: Command): void {
  withLimit(withServer(group.command('list')))
    .summary('list grants that you gave or received')
    .addHelpText('before', 'Example: adit access grant list --key coop.jwk\n')
    .action(async (options: ListOptions, command: Command) => {
      const listing = { columns, none: 'There is no grant by you or to you.' };
      await printList(terminalOf(command), accessClientOf(command).grants(), listing, options);
    });
}
