import { type LotClaimTexts, readEventText } from '../../client/event-text.js';
import { AditError } from '../../core/errors.js';
import { readTextFile } from '../input/read-file.js';
import { CommandError } from '../output/terminal.js';

/** Reads a file that holds one signed event. */
export function readEventFile(file: string): { event: string; said: LotClaimTexts } {
  const holds = 'It should hold one signed event, as --save NAME writes it to NAME.jws.';
  const event = readTextFile(file, holds).trim();
  try {
    return { event, said: readEventText(event) };
  } catch (error) {
    if (error instanceof AditError) throw new CommandError(`${file} is no signed event.`, holds);
    throw error;
  }
}
