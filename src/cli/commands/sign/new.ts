import { eventTypes } from '../../../core/event/types/index.js';
import { type Register, terminalOf } from '../../command.js';
import { templateOf } from '../../input/event-template.js';
import { CommandError } from '../../output/terminal.js';
import { unknownType } from './record.js';

export const newEvent: Register = (named) => {
  named
    .description(
      'Writes an example (JSON) to standard output, made from the schema of the type; without TYPE, lists the types. Ids of new lots, `prev` and the time are filled in by "adit record".',
    )
    .argument('[type]', 'such as lot.declared')
    .addHelpText('before', 'Example: adit new lot.declared > bag.json\n')
    .action((type: string | undefined, _options: unknown, command) => {
      const terminal = terminalOf(command);
      if (type === undefined) {
        const types = [...eventTypes.values()].filter(({ signers }) => signers.by !== 'service');
        for (const each of types) terminal.say(each.type);
        return terminal.result(types.map((each) => each.type));
      }
      const eventType = eventTypes.get(type);
      if (eventType === undefined) throw unknownType(type);
      if (eventType.signers.by === 'service')
        throw new CommandError(
          `${type} is signed by the service itself.`,
          '"adit new" lists the types that people record.',
        );
      const { body, optional } = templateOf(eventType, Date.now());
      terminal.say(JSON.stringify(body, null, 2));
      terminal.note(`May also hold: ${optional.join(', ')}.`);
      terminal.note(`Next: adit check FILE --type ${type} --as ACTOR, then adit record ${type} FILE --key KEY`);
      terminal.result({ type, body, optional });
    });
};
