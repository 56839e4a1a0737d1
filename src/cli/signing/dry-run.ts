import type { AditClient } from '../../client/adit-client.js';
import type { DryRunAnswer } from '../../client/shapes.js';
import { placesOf, withNames } from '../output/refusal.js';
import type { Terminal } from '../output/terminal.js';
import { saidBy } from './event-text.js';
import type { NamedLot } from './known-lots.js';
import type { Outbox } from './outbox.js';
import { pendingParents } from './send-entry.js';

/** Events that the ledger takes in one dry run. */
const MOST = 256;

/**
 * Asks what the ledger would answer to an event, as if the events of the outbox that it follows had been sent.
 * @param event signed, or the claims of one that is not signed yet.
 */
export async function dryRun(
  client: AditClient,
  outbox: Outbox,
  event: string | Record<string, unknown>,
): Promise<DryRunAnswer> {
  const parents = pendingParents(outbox, saidBy(event)).map((parent) => parent.event);
  const answers = await client.dryRun([...parents.slice(1 - MOST), event]);
  return answers.at(-1) as DryRunAnswer;
}

/** Says what the ledger would answer: whether it is right in the first word, what is wrong on the lines below. */
export function sayDryRun(
  terminal: Terminal,
  answer: DryRunAnswer,
  claims: unknown,
  server: string,
  names: ReadonlyMap<string, NamedLot> = new Map(),
): void {
  const { colour } = terminal;
  switch (answer.status) {
    case 'accepted':
      return terminal.say(`${colour.green('✓')} the ledger would accept it`);
    case 'duplicate':
      return terminal.say(`${colour.green('✓')} the ledger has it already, as entry ${answer.index}`);
    case 'waiting':
      return terminal.say(`${colour.yellow('…')} the ledger would keep it until ${answer.missing.join(', ')} arrives`);
    case 'refused': {
      const { code, detail, errors = [] } = answer.problem;
      terminal.say(
        `${colour.red('✗')} the ledger would refuse it (${code}): ${withNames(detail, names)}${placesOf(errors, claims, detail)}`,
      );
      terminal.say(`  What it means: ${server}/errors/${code}`);
    }
  }
}
