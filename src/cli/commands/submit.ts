import { readFileSync, writeFileSync } from 'node:fs';
import { AditClient } from '../../client/adit-client.js';
import { type Register, terminalOf, withServer } from '../command.js';
import { refused } from './record.js';
import { CommandError } from '../output/terminal.js';

export const submit: Register = (program) => {
  withServer(program.command('submit'))
    .summary('send an event that was signed elsewhere')
    .description(
      "Anyone may submit anyone's signed event: the signature speaks, not the messenger. Sending it twice changes nothing. The receipt is written beside it, as NAME.tlog-proof.",
    )
    .argument('<file>', 'NAME.jws, as "adit record --offline" writes it')
    .addHelpText('before', 'Example: adit submit opening.jws\n')
    .action(async (file: string, { server }: { server: string }, command) => {
      const terminal = terminalOf(command);
      try {
        const told = await new AditClient(server).submit(readText(file));
        if (told.status === 'waiting') terminal.say(`waiting for ${told.missing.join(', ')}`);
        else {
          const proof = `${file.replace(/\.jws$/, '')}.tlog-proof`;
          writeFileSync(proof, told.receipt);
          terminal.say(`${terminal.colour.green('✓')} entry ${told.index}  ${told.id}`);
          terminal.say(`  saved ${proof}`);
        }
        terminal.result(told);
      } catch (error) {
        throw refused(error, server);
      }
    });
};

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    throw new CommandError(`${file} cannot be read.`, 'It holds the text of one signed event.');
  }
}
