import { parseStrictJson } from '../../core/event/grammar.js';
import { faultInJson } from '../input/read-file.js';
import { CommandError } from '../output/terminal.js';

/** Description of a bundle's file for error messages. */
export const BUNDLE = 'It should be a bundle, as "adit bundle fetch" saves it to LOT.bundle.json.';
const FORMAT = 'adit-bundle/';

/** What a JSON document is that is no bundle, by its members. */
function kindOf(document: unknown): string {
  if (typeof document !== 'object' || document === null) return 'It holds no JSON object.';
  if ('d' in document && 'kty' in document) return 'It is a private key: keep it secret.';
  if ('possession' in document) return 'It is the registration of an actor.';
  if ('disclosures' in document) return 'It holds disclosures, which "adit bundle disclose" adds to a bundle.';
  if ('event' in document) return 'It holds one event.';
  return `It has no "format" that begins with ${FORMAT}.`;
}

/** Throws an error that names the kind of a file which is no bundle; the core checks bundles. */
export function checkBundleText(place: string, text: string): void {
  if (!text.trimStart().startsWith('{'))
    throw new CommandError(`${place} is neither a bundle nor a receipt.`, BUNDLE_OR_RECEIPT);
  let document: unknown;
  try {
    document = parseStrictJson(text);
  } catch {
    const fault = faultInJson(place, text, BUNDLE);
    if (fault !== null) throw fault;
    // JSON that the strict grammar refuses: the core names the place.
    return;
  }
  const { format } = document as { format?: unknown };
  if (typeof format === 'string' && format.startsWith(FORMAT)) return;
  throw new CommandError(`${place} is no bundle. ${kindOf(document)}`, BUNDLE);
}

const BUNDLE_OR_RECEIPT = `${BUNDLE} A receipt is what --save NAME writes to NAME.tlog-proof.`;
