import type { Command } from 'commander';
import type { AditClient } from '../../../client/adit-client.js';
import type { ListedFinding } from '../../../core/api/finding.js';
import type { SeenTag } from '../../../core/api/tag.js';
import { type Register, terminalOf, withServer } from '../../command.js';
import { showFinding } from '../../output/alert-lines.js';
import { whatHappened } from '../../output/event-words.js';
import { shortId } from '../../output/lot-names.js';
import type { Terminal } from '../../output/terminal.js';
import { clientOf } from '../../sign-in.js';

/** Lots whose findings are listed at most. */
const MAX_LOTS = 20;

/** Returns the open findings on the lots that have or had the tag, each once. */
async function findingsOn(client: AditClient, { sightings, carriedBy }: SeenTag): Promise<ListedFinding[]> {
  const lots = new Set([...carriedBy.map(({ lot }) => lot), ...sightings.flatMap((seen) => seen.lots)]);
  const found = new Map<string, ListedFinding>();
  for (const lot of [...lots].slice(0, MAX_LOTS))
    for await (const finding of client.findings({ lot, status: 'open' })) found.set(finding.id, finding);
  return [...found.values()];
}

const status: Readonly<Record<string, string>> = { held: 'held', inTransit: 'on the way', closed: 'closed' };

function say(terminal: Terminal, { tag, issued, sightings, carriedBy }: SeenTag): void {
  terminal.say(terminal.colour.bold(`Tag ${tag}`));
  for (const { series, site, issuer, index } of issued)
    terminal.say(`  issued to ${site}, in series ${series}${issuer === null ? '' : ` by ${issuer}`} (entry ${index})`);
  if (issued.length === 0) terminal.say('  in no series that was issued');
  for (const { occurredAt, place, lots, index, ...event } of sightings)
    terminal.say(
      `  ${occurredAt.slice(0, 16).replace('T', ' ')}  ${whatHappened(event, place === null ? {} : { place })}` +
        `${lots.length === 0 ? '' : `, lot ${lots.map(shortId).join(', ')}`} (entry ${index})`,
    );
  for (const { lot, holder, status: is } of carriedBy)
    terminal.say(`  now on lot ${shortId(lot)}, ${status[is] ?? is} by ${holder}`);
  if (carriedBy.length === 0) terminal.say('  on no lot now');
}

export const tag: Register = (named) => {
  withServer(named)
    .description(
      'Shows in which series a tag was issued, every lot it was put on, where it is now, and what was found.',
    )
    .argument('<tag>')
    .addHelpText('before', 'Example: adit tag RW-A000001\n')
    .action(async (number: string, _options: object, command: Command) => {
      const terminal = terminalOf(command);
      const client = clientOf(command);
      const seen = await client.tag(number);
      say(terminal, seen);
      const findings = await findingsOn(client, seen);
      if (terminal.json) terminal.result({ ...seen, findings });
      else for (const finding of findings) showFinding(terminal, finding);
    });
};
