import type { AditClient } from '../../client/adit-client.js';
import type { DryRunAnswer } from '../../core/api/event.js';
import { placesOf, withNames } from '../output/refusal.js';
import type { Terminal } from '../output/terminal.js';
import { saidBy } from '../../client/event-text.js';
import type { NamedLot } from './known-lots.js';
import type { Outbox } from './outbox.js';
import { pendingParents } from './send-entry.js';

/** Events of one dry run at most. */
const MOST = 256;

/**
 * Asks the ledger for its answer to an event, as if the pending parents in the outbox had been sent.
 * @param event signed, or the claims of an unsigned one.
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

/** Prints the ledger's answer: accepted or not in the first word, the faults below. */
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
