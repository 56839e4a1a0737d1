import type { Command } from 'commander';
import type { AditClient } from '../../../client/adit-client.js';
import { namedLot } from '../../named-lot.js';
import type { Register } from '../../command.js';
import { CommandError, EXIT } from '../../output/terminal.js';
import { type SigningOptions, withSigning } from '../../signing/options.js';
import { recordWords } from '../../signing/shorthand.js';
import { clientFor } from '../../sign-in.js';

interface DisputeOptions extends SigningOptions {
  ground: string;
}

const EVENT_ID = /^[A-Za-z0-9_-]{43}$/;

/** Finds the id of an event: given whole, or as a lot and the number of the entry as "adit lot" shows it. */
async function eventOf(client: AditClient, name: string, entry: string | undefined): Promise<string> {
  if (entry === undefined) {
    if (EVENT_ID.test(name)) return name;
    throw new CommandError(
      'Which event is disputed?',
      `Give the number of its entry, as "adit lot ${name}" shows it: adit dispute ${name} 14 --ground "…"`,
      EXIT.usage,
    );
  }
  const lot = await namedLot(client, name);
  for await (const event of client.lotEvents(lot.id)) if (String(event.index) === entry) return event.id;
  throw new CommandError(
    `Entry ${entry} is no event of lot ${name}.`,
    `"adit lot ${name}" shows the numbers of its entries.`,
    EXIT.usage,
  );
}

export const dispute: Register = (named) => {
  withSigning(
    named
      .description(
        'Signs event.disputed. The dispute weighs on the lot until event.settled or event.corrected answers it; the disputed event stays.',
      )
      .argument('<lot>', 'tag, lot number, id or its first 8 characters; or the whole id of an event')
      .argument('[entry]', 'number of the entry, as "adit lot" shows it')
      .requiredOption('--ground <text>', 'what is not so'),
  )
    .addHelpText('before', 'Example: adit dispute RW-A000001 14 --ground "we received 41 kg" --key trader.jwk\n')
    .action((name: string, entry: string | undefined, options: DisputeOptions, command: Command) =>
      recordWords(command, options, {
        type: 'event.disputed',
        words: [name, ...(entry === undefined ? [] : [entry])],
        compose: async () => ({
          event: await eventOf(clientFor(options), name, entry),
          ground: options.ground,
        }),
      }),
    );
};
