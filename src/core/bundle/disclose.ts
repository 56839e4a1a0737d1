import { AditError } from '../errors.js';
import { sdDigest } from '../event/disclosure.js';
import { parseEnvelope } from '../event/envelope.js';
import type { BundleJson } from './bundle.js';

/** What the signer of an event has kept of it: all that may be disclosed, also what no server was ever sent. */
export interface KeptDisclosures {
  /** Id of the event. */
  event: string;
  disclosures: readonly string[];
}

/**
 * A bundle in which what its holder kept to himself is shown: for one buyer, without the server. Signatures and proofs stay as they
 * are, and whoever verifies finds each disclosure's digest in what was signed. Throws `disclosure-invalid` for one that is not
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
