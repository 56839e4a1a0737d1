import * as z from 'zod';
import { payloadText } from '../../../ledger/read/reread-event.js';

const withSeen = z.object({ seen: z.object({ size: z.int(), root: z.string() }) });

/**
 * Returns the checkpoint that the signer of an entry had seen; null if there is none, or the entry cannot be parsed.
 */
export function seenOf(jws: string): { size: number; root: string } | null {
  const text = payloadText(jws);
  if (!text.includes('"seen"')) return null;
  try {
    return withSeen.safeParse(JSON.parse(text)).data?.seen ?? null;
  } catch {
    return null;
  }
}
