import type { AditClient } from '../client/adit-client.js';
import { AmbiguousLot, NoSuchLot, findLot } from '../client/find-lot.js';
import type { LotState } from '../core/api/lot.js';
import { CommandError, EXIT } from './output/terminal.js';
import { goodsOf, massOf, nameOf, shortId, whereOf } from './output/lot-names.js';

/**
 * Finds the lot by id, its first 8 characters, tag or lot number. Throws a `CommandError` that lists the candidates if
 * there are several.
 */
export async function namedLot(client: AditClient, name: string): Promise<LotState> {
  try {
    return await findLot(client, name);
  } catch (error) {
    if (error instanceof NoSuchLot)
      throw new CommandError(
        error.message,
        'A lot is named by its id, the first 8 characters of it, a tag or a lot number. "adit lots" lists them.',
      );
    if (!(error instanceof AmbiguousLot)) throw error;
    const lines = error.candidates.map(
      (lot) => `  ${lot.id}  ${nameOf(lot)}, ${goodsOf(lot)}, ${massOf(lot)}, ${whereOf(lot)}`,
    );
    throw new CommandError(
      `${error.message}\n${lines.join('\n')}`,
      `Name one of them by the beginning of its id, such as ${shortId(error.candidates[0]?.id ?? '')}.`,
      EXIT.usage,
    );
  }
}
