import type { Command } from 'commander';
import { form, mineral } from '../../../core/event/primitives.js';
import type { Quantity } from '../../../core/event/quantity-claims.js';
import { type Register, gathered } from '../../command.js';
import { oneOf } from '../../input/did-you-mean.js';
import { gradeArgument, massArgument, percentArgument } from '../../input/masses.js';
import { type SigningOptions, withSigning } from '../../signing/options.js';
import { recordWords, said } from '../../signing/shorthand.js';

interface DeclareOptions extends SigningOptions {
  site: string;
  mass: Quantity;
  mineral: string;
  form?: string;
  tag: string[];
  lotNumber?: string;
  moisture?: string;
  grade?: object[];
  holder?: string;
}

/** Default form of a mine's output: concentrate for artisanal 3T, doré for gold, ore for cobalt. */
const USUAL_FORM: Readonly<Record<string, string>> = { gold: 'dore', cobalt: 'ore' };

export const declare: Register = (named) => {
  withSigning(
    named
      .description('Signs lot.declared: a bag or a parcel that comes into the ledger, by the operator of the site.')
      .requiredOption('--site <site>', 'the mine site it comes from')
      .requiredOption('--mass <mass>', 'net mass, such as "48.6 kg" or "930 g"', massArgument)
      .requiredOption('--mineral <mineral>', mineral.options.join(', '), oneOf(mineral.options))
      .option('--form <form>', 'default: concentrate; gold: dore, cobalt: ore', oneOf(form.options))
      .option('--tag <tag>', 'number of a tag on it (repeat)', gathered, [])
      .option('--lot-number <number>', 'your own number for it')
      .option('--moisture <percent>', 'such as 6.5', percentArgument)
      .option('--grade <grade>', 'such as "Sn 62 %" or "Au 910 ‰" (repeat)', gradeArgument)
      .option('--holder <actor>', 'in whose name an authority declares it'),
  )
    .addHelpText(
      'before',
      'Example: adit declare --site hill --mass "48.6 kg" --mineral cassiterite --tag RW-A000001 --key coop.jwk\n',
    )
    .action((options: DeclareOptions, command: Command) => {
      const output = said({
        mineral: options.mineral,
        form: options.form ?? USUAL_FORM[options.mineral] ?? 'concentrate',
        mass: options.mass,
        tags: options.tag,
        lotNumber: options.lotNumber,
        moisturePercent: options.moisture,
        grades: options.grade,
      });
      const body = { place: { site: options.site }, ...said({ holder: options.holder }), outputs: [output] };
      return recordWords(command, options, { type: 'lot.declared', words: [], compose: () => Promise.resolve(body) });
    });
};
