import { linksOf } from '../custody/links.js';
import { AditError } from '../errors.js';
import { type Signed, parseEnvelope } from '../event/envelope.js';
import { type AditEvent, readEvent } from '../event/event.js';
import type { Sha256 } from '../log/tree.js';
import type { Bundle } from './bundle.js';
import type { Flaw } from './readmit-bundle.js';

/** An event of a bundle, parsed by the strict grammar. */
export interface BundledEvent extends Signed {
  index: number;
  event: AditEvent;
}

/** Parses the events of a bundle; a disclosure that is not in the signed text is a separate flaw. */
export function readEvents({ log, events }: Bundle, sha256?: Sha256): { events: BundledEvent[]; flaw: Flaw | null } {
  const read: BundledEvent[] = [];
  for (const { index, event: text } of events) {
    try {
      const envelope = parseEnvelope(text, sha256);
      const { header, signingInput, signature } = envelope;
      read.push({ index, event: readEvent(envelope, log, sha256), header, signingInput, signature });
    } catch (error) {
      if (!(error instanceof AditError)) throw error;
      const step = error.code === 'disclosure-invalid' ? 'disclosures' : 'admission';
      return { events: read, flaw: { step, index, detail: `${error.detail} (${error.code})` } };
    }
  }
  return { events: read, flaw: null };
}

/** Lists the lots of the bundle: its lot and all ancestors, by its events. */
export function lotsBehind(lot: string, events: readonly Pick<BundledEvent, 'event'>[]): Set<string> {
  const madeOf = new Map<string, string[]>();
  for (const { event } of events) {
    if (!('outputs' in event.payload)) continue;
    const inputs = 'inputs' in event.payload ? event.payload.inputs.map((input) => input.lot) : [];
    for (const output of event.payload.outputs) madeOf.set(output.lot, inputs);
  }
  const scope = new Set([lot]);
  for (const one of scope) for (const input of madeOf.get(one) ?? []) scope.add(input);
  return scope;
}

/** Returns the first lot whose chain does not begin with its birth, or whose events do not follow one another. */
export function chainFlaw(scope: ReadonlySet<string>, events: readonly BundledEvent[]): Flaw | null {
  const heads = new Map<string, string>();
  for (const { index, event } of events) {
    for (const { lot, prev } of linksOf(event)) {
      if (!scope.has(lot)) continue;
      const head = heads.get(lot);
      if (head !== prev) {
        const detail =
          head === undefined
            ? `The birth of lot ${lot} is not in the bundle.`
            : `The chain of lot ${lot} has a hole: this entry follows ${prev}, and the one before it is ${head}.`;
        return { step: 'chains', index, detail };
      }
      heads.set(lot, event.id);
    }
    const outputs = 'outputs' in event.payload ? event.payload.outputs : [];
    for (const { lot } of outputs) if (!heads.has(lot)) heads.set(lot, event.id);
  }
  const unborn = [...scope].find((lot) => !heads.has(lot));
  return unborn === undefined
    ? null
    : { step: 'chains', index: 0, detail: `Nothing of lot ${unborn} is in the bundle.` };
}
