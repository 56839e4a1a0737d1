import { AditError } from '../errors.js';
import { sdDigest } from '../event/disclosure.js';
import { parseEnvelope } from '../event/envelope.js';
import type { BundleJson } from './bundle.js';

/** An event's disclosures as its signer stores them, also those that were never sent. */
export interface KeptDisclosures {
  /** Id of the event. */
  event: string;
  disclosures: readonly string[];
}

/**
 * Adds withheld disclosures to a bundle, for one buyer, without the server. Signatures and proofs stay valid: a
 * verifier finds each disclosure's digest in the signed text. Throws `disclosure-invalid` for a disclosure that is not
 * of an event in the bundle.
 */
export function discloseIn(bundle: BundleJson, kept: readonly KeptDisclosures[]): BundleJson {
  const missing = new Map(kept.map(({ event, disclosures }) => [event, disclosures]));
  const events = bundle.events.map(({ index, event }) => {
    const { id, disclosures: shown, payload } = parseEnvelope(event);
    const given = missing.get(id);
    missing.delete(id);
    if (given === undefined) return { index, event };
    const text = JSON.stringify(payload);
    const foreign = given.find((disclosure) => !text.includes(`"${sdDigest(disclosure)}"`));
    if (foreign !== undefined)
      throw new AditError('disclosure-invalid', `One of the disclosures is not of entry ${index}.`);
    const [jws = ''] = event.split('~', 1);
    return { index, event: [jws, ...new Set([...shown, ...given]), ''].join('~') };
  });
  const [absent] = missing.keys();
  if (absent !== undefined) throw new AditError('disclosure-invalid', `Event ${absent} is not in the bundle.`);
  return { ...bundle, events };
}
