import type { Command } from 'commander';
import type { Quantity } from '../../../core/event/quantity-claims.js';
import { type Register, gathered } from '../../command.js';
import { type NamedMass, massArgument, namedMasses } from '../../input/masses.js';
import { CommandError, EXIT } from '../../output/terminal.js';
import type { SigningOptions } from '../../signing/options.js';
import { type PlaceOptions, placeOf, recordWords, said, withEventOptions } from '../../signing/shorthand.js';
import { findAll } from './handover.js';

interface SplitOptions extends SigningOptions, PlaceOptions {
  into: NamedMass[];
}

interface AggregateOptions extends SigningOptions, PlaceOptions {
  mass: Quantity;
  tag: string[];
  lotNumber?: string;
}

export const split: Register = (named) => {
  withEventOptions(
    named
      .description('Signs lot.split: the lot is used up, and each part is a new lot; what remains is a part too.')
      .argument('<lot>', 'tag, lot number, id or its first 8 characters')
      .requiredOption('--into <part>', '"20 kg", or "TAG=20 kg" for a part with a new tag (repeat)', namedMasses),
  )
    .addHelpText(
      'before',
      'Example: adit split RW-A000001 --into "RW-A000011=20 kg" --into "28.6 kg" --key trader.jwk\n',
    )
    .action((name: string, options: SplitOptions, command: Command) =>
      recordWords(command, options, {
        type: 'lot.split',
        words: [name],
        compose: async (known) => {
          const lot = await known.find(name);
          const outputs = options.into.map(({ name: tag, mass }) =>
            said({ mass, tags: tag === undefined ? [] : [tag] }),
          );
          return { inputs: [{ lot: lot.id }], outputs, ...placeOf(options) };
        },
      }),
    );
};

export const aggregate: Register = (named) => {
  withEventOptions(
    named
      .description('Signs lot.aggregated: the lots are used up. To take a part of a lot, split it first.')
      .argument('<lots...>', 'lots by tag, lot number, id or its first 8 characters')
      .requiredOption('--mass <mass>', 'net mass of the new lot, such as "97.1 kg"', massArgument)
      .option('--tag <tag>', 'number of a tag on the new lot (repeat)', gathered, [])
      .option('--lot-number <number>', 'your own number for the new lot'),
  )
    .addHelpText(
      'before',
      'Example: adit aggregate RW-A000001 RW-A000002 --mass "97.1 kg" --tag RW-B000001 --key trader.jwk\n',
    )
    .action((names: string[], options: AggregateOptions, command: Command) =>
      recordWords(command, options, {
        type: 'lot.aggregated',
        words: names,
        compose: async (known) => {
          const lots = await findAll(known, names);
          if (lots.length < 2)
            throw new CommandError(
              'It takes two lots or more.',
              'Name them all: adit aggregate LOT LOT --mass …',
              EXIT.usage,
            );
          const output = said({ mass: options.mass, tags: options.tag, lotNumber: options.lotNumber });
          return { inputs: lots.map(({ id }) => ({ lot: id })), outputs: [output], ...placeOf(options) };
        },
      }),
    );
};
