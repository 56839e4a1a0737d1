import { eventTypes } from '../../core/event/types/index.js';
import { type Register } from '../command.js';
import { closest } from '../input/did-you-mean.js';
import { readJsonObject } from '../input/read-file.js';
import { CommandError, EXIT } from '../output/terminal.js';
import { type SigningOptions, signingOf, withSigning } from '../signing/options.js';
import { recordIntent } from '../signing/record-intent.js';

export const record: Register = (program) => {
  withSigning(program.command('record'))
    .summary('sign and send an event of any type')
    .description(
      'Reads the body of an event (JSON) from FILE, or - for standard input. Fills in `prev` of existing lots, the ids of new ones and the newest checkpoint. "adit new TYPE" writes an example of a body.',
    )
    .argument('<type>', 'such as lot.declared')
    .argument('<file>', 'body of the event, JSON')
    .addHelpText('before', 'Example: adit record custody.dispatched sale.json --key coop.jwk\n')
    .action(async (type: string, file: string, options: SigningOptions, command) => {
      if (!eventTypes.has(type)) throw unknownType(type);
      const signing = signingOf(options, command);
      const body = readJsonObject(file, `It should hold the body of ${type}; "adit new ${type}" writes an example.`);
      await recordIntent(signing, { type, asked: body, compose: () => Promise.resolve(body) });
    });
};

/** What a person is told of an event type that there is not. */
export function unknownType(type: string): CommandError {
  const near = closest(type, eventTypes.keys());
  return new CommandError(
    `There is no event type ${type}.${near === undefined ? '' : ` Did you mean ${near}?`}`,
    '"adit new" lists the types.',
    EXIT.usage,
  );
}
