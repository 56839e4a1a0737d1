import { eventTypes } from '../../../core/event/types/index.js';
import { type Register } from '../../command.js';
import { closest } from '../../input/did-you-mean.js';
import { readJsonObject } from '../../input/read-file.js';
import { CommandError, EXIT } from '../../output/terminal.js';
import type { KnownLots } from '../../signing/known-lots.js';
import { type SigningOptions, signingOf, withSigning } from '../../signing/options.js';
import { recordIntent } from '../../signing/record-intent.js';

export const record: Register = (named) => {
  withSigning(named)
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
      await recordIntent(signing, { type, asked: body, compose: (lots) => withLotIds(body, lots) });
    });
};

/** Returns the error for an unknown event type. */
export function unknownType(type: string): CommandError {
  const near = closest(type, eventTypes.keys());
  return new CommandError(
    `There is no event type ${type}.${near === undefined ? '' : ` Did you mean ${near}?`}`,
    '"adit new" lists the types.',
    EXIT.usage,
  );
}

const LOT_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Replaces the tags, numbers and files by which a body names lots with their ids. */
export async function withLotIds(body: Record<string, unknown>, lots: KnownLots): Promise<Record<string, unknown>> {
  const idOf = async (name: unknown): Promise<unknown> =>
    typeof name !== 'string' || LOT_ID.test(name) ? name : (await lots.find(name)).id;
  const named = async (item: unknown): Promise<unknown> => {
    if (typeof item !== 'object' || item === null) return idOf(item);
    return 'lot' in item ? { ...item, lot: await idOf(item.lot) } : item;
  };
  const filled = { ...body };
  for (const claim of ['lots', 'inputs', 'missing']) {
    const list = body[claim];
    if (Array.isArray(list)) filled[claim] = await Promise.all(list.map(named));
  }
  if ('lot' in body) filled.lot = await idOf(body.lot);
  return filled;
}
