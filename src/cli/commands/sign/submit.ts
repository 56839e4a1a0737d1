import { AditProblem } from '../../../client/problem.js';
import { type Register, terminalOf, withServer } from '../../command.js';
import { refusal } from '../../output/refusal.js';
import { withLoggedSignature } from '../../../client/event-text.js';
import { readEventFile } from '../../signing/event-file.js';
import { bornIn, lotLines } from '../../signing/report.js';
import { SavedFiles } from '../../signing/saved-files.js';
import { clientOf } from '../../sign-in.js';

export const submit: Register = (named) => {
  withServer(named)
    .description(
      "Sends anyone's signed event: its signature counts, not the sender. Sending it twice records it once. The receipt is written beside it, as NAME.tlog-proof.",
    )
    .argument('<file>', 'NAME.jws, as --save NAME writes it')
    .addHelpText('before', 'Example: adit submit opening.jws\n')
    .action(async (file: string, { server }: { server: string }, command) => {
      const terminal = terminalOf(command);
      const { event, said } = readEventFile(file);
      try {
        const answer = await clientOf(command).submit(event);
        const files = new SavedFiles(file.replace(/\.jws$/, ''));
        if (answer.status === 'waiting')
          terminal.say(`waiting for ${answer.missing.join(', ')}, until ${answer.expiresAt.slice(0, 10)}`);
        else {
          files.writeReceipt(
            answer.receipt,
            answer.event === undefined ? event : withLoggedSignature(event, answer.event),
          );
          terminal.say(`${terminal.colour.green('✓')} entry ${answer.index}  ${said.type}  ${answer.id}`);
          for (const line of lotLines(said)) terminal.say(line);
          terminal.say(`  saved ${files.receipt}`);
        }
        terminal.result({ ...answer, type: said.type, lots: bornIn(said) });
      } catch (error) {
        throw error instanceof AditProblem ? refusal(error, server, said.claims) : error;
      }
    });
};
