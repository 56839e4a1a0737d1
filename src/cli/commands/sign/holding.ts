import type { Command } from 'commander';
import { type Register, gathered } from '../../command.js';
import { type NamedMass, gradeArgument, namedMasses, percentArgument } from '../../input/masses.js';
import { CommandError, EXIT } from '../../output/terminal.js';
import type { SigningOptions } from '../../signing/options.js';
import { type PlaceOptions, placeOf, recordWords, said, withEventOptions } from '../../signing/shorthand.js';
import { checkMasses, findAll, massFor } from './handover.js';

const LOT = 'tag, lot number, id or its first 8 characters';

interface MeasureOptions extends SigningOptions, PlaceOptions {
  mass?: NamedMass[];
  moisture?: string;
  grade?: object[];
  method?: string;
  laboratory?: string;
}

interface SealOptions extends SigningOptions, PlaceOptions {
  sealOn: string[];
  sealOff: string[];
  tagOn: string[];
  tagOff: string[];
}

interface ReasonOptions extends SigningOptions, PlaceOptions {
  reason: string;
  mass?: NamedMass[];
  duplicateOf?: string;
}

export const measure: Register = (named) => {
  withEventOptions(
    named
      .description('Signs lot.measured: net mass, moisture or grade of lots that you hold.')
      .argument('<lots...>', LOT)
      .option('--mass <mass>', 'net: "48.2 kg", or "TAG=48.2 kg" for each lot (repeat)', namedMasses)
      .option('--moisture <percent>', 'such as 6.5', percentArgument)
      .option('--grade <grade>', 'such as "Sn 62 %" (repeat)', gradeArgument)
      .option('--method <method>', 'such as XRF')
      .option('--laboratory <name>', 'who measured'),
  )
    .addHelpText('before', 'Example: adit measure RW-A000001 --mass "48.2 kg" --grade "Sn 62 %" --key trader.jwk\n')
    .action((names: string[], options: MeasureOptions, command: Command) => {
      if (options.mass === undefined && options.moisture === undefined && options.grade === undefined)
        throw new CommandError('What was measured?', 'Give --mass, --moisture or --grade.', EXIT.usage);
      return recordWords(command, options, {
        type: 'lot.measured',
        words: names,
        compose: async (known) => {
          const lots = await findAll(known, names);
          checkMasses(lots, options.mass);
          const found = said({ moisturePercent: options.moisture, grades: options.grade });
          return {
            lots: lots.map((lot) => ({ lot: lot.id, ...massFor(lot, options.mass, lots.length === 1), ...found })),
            ...placeOf(options),
            ...said({ method: options.method, laboratory: options.laboratory }),
          };
        },
      });
    });
};

export const seal: Register = (named) => {
  withEventOptions(
    named
      .description('Signs lot.sealed for one lot that you hold.')
      .argument('<lot>', LOT)
      .option('--seal-on <number>', 'seal that is put on (repeat)', gathered, [])
      .option('--seal-off <number>', 'seal that is taken off (repeat)', gathered, [])
      .option('--tag-on <number>', 'tag that is put on (repeat)', gathered, [])
      .option('--tag-off <number>', 'tag that is taken off (repeat)', gathered, []),
  )
    .addHelpText('before', 'Example: adit seal RW-A000001 --seal-on S-77120 --key trader.jwk\n')
    .action((name: string, options: SealOptions, command: Command) => {
      const { sealOn, sealOff, tagOn, tagOff } = options;
      if ([sealOn, sealOff, tagOn, tagOff].every((list) => list.length === 0))
        throw new CommandError(
          'What was put on or taken off?',
          'Give --seal-on, --seal-off, --tag-on or --tag-off.',
          EXIT.usage,
        );
      const numbers = said({ sealsOn: sealOn, sealsOff: sealOff, tagsOn: tagOn, tagsOff: tagOff });
      return recordWords(command, options, {
        type: 'lot.sealed',
        words: [name],
        compose: async (known) => ({ lots: [{ lot: (await known.find(name)).id, ...numbers }], ...placeOf(options) }),
      });
    });
};

export const close: Register = (named) => {
  withEventOptions(
    named
      .description('Signs lot.closed: lost, stolen, disposed of, sold to end use. It cannot be undone.')
      .argument('<lots...>', LOT)
      .requiredOption('--reason <text>', 'why')
      .option('--duplicate-of <lot>', 'the lot that is the good record of the same goods')
      .option('--mass <mass>', 'what was left: "48 kg", or "TAG=48 kg" (repeat)', namedMasses),
  )
    .addHelpText('before', 'Example: adit close RW-A000001 --reason "stolen on the road" --key trader.jwk\n')
    .action((names: string[], options: ReasonOptions, command: Command) =>
      recordWords(command, options, {
        type: 'lot.closed',
        words: names,
        compose: async (known) => {
          const lots = await findAll(known, names);
          checkMasses(lots, options.mass);
          const good = options.duplicateOf === undefined ? undefined : await known.find(options.duplicateOf);
          const closed = lots.map((lot) => ({ lot: lot.id, ...massFor(lot, options.mass, lots.length === 1) }));
          const duplicateOf = good === undefined ? {} : { duplicateOf: good.id };
          return { lots: closed, reason: options.reason, ...duplicateOf, ...placeOf(options) };
        },
      }),
    );
};

export const recall: Register = (named) => {
  withEventOptions(
    named
      .description('Signs custody.recalled, once the planned arrival and its grace have passed.')
      .argument('<lots...>', LOT)
      .requiredOption('--reason <text>', 'why'),
  )
    .addHelpText('before', 'Example: adit recall RW-A000001 --reason "road closed, came back" --key coop.jwk\n')
    .action((names: string[], options: ReasonOptions, command: Command) =>
      recordWords(command, options, {
        type: 'custody.recalled',
        words: names,
        compose: async (known) => ({
          lots: (await findAll(known, names)).map(({ id }) => ({ lot: id })),
          reason: options.reason,
          ...placeOf(options),
        }),
      }),
    );
};
