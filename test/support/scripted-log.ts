import { createHash } from 'node:crypto';
import type { Envelope } from '../../src/core/event/envelope.js';
import { type AditEvent, readEvent } from '../../src/core/event/event.js';
import { references } from '../../src/core/event/references.js';
import type { EventTypeName } from '../../src/core/event/types/index.js';
import { factsOfLog } from '../../src/core/rules/engine/facts-of-log.js';
import {
  type Facts,
  type JudgedEvent,
  type JudgedOf,
  type LotFacts,
  isType,
} from '../../src/core/rules/engine/facts.js';
import { milligrams } from '../../src/core/custody/quantity.js';
import { defaultParameters } from '../../src/core/rules/index.js';

export const LOG = 'example.org/tin';
const HOUR = 3_600_000;

const digest = (text: string): string => createHash('sha256').update(text).digest('base64url');

/** A lot id of the right form for a name. */
export function lot(name: string): string {
  const hex = createHash('sha256').update(name).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

export const kilograms = (value: string): { value: string; uom: string } => ({ value, uom: 'KGM' });

interface ScriptedEvent extends Record<string, unknown> {
  iss: string;
  /** Names the key that signs, where an actor has more than one; or is its thumbprint. */
  signedWith?: string;
  occurredAt: string;
}

/**
 * A log told event by event, for rules alone: payloads have the shape of their types and chain by `prev`, but nothing is
 * signed or admitted. Lots are told by name; `prev` is filled in.
 */
export class ScriptedLog {
  readonly entries: JudgedEvent[] = [];
  private readonly unknown = new Set<string>();
  private readonly chains = new Map<string, JudgedEvent[]>();

  /** Whether the log's time goes with what is told: an event of a later time is preceded by `log.clock`. */
  ticking = false;

  tell<T extends EventTypeName>(type: T, { iss, occurredAt, signedWith = iss, ...body }: ScriptedEvent): JudgedOf<T> {
    const at = Date.parse(occurredAt);
    if (this.ticking && type !== 'log.clock' && at > (this.now() ?? 0))
      this.tell('log.clock', { iss: 'ledger', occurredAt: new Date(at).toISOString() });
    const index = this.entries.length;
    const jti = digest(`jti ${index}`);
    const payload: Record<string, unknown> = {
      log: LOG,
      type,
      iss,
      iat: Math.floor(Date.parse(occurredAt) / 1000),
      jti,
      occurredAt,
      ...(type === 'stock.counted' ? body : this.chained(body)),
    };
    const envelope: Envelope = {
      text: `told-${index}~`,
      jws: `told-${index}`,
      id: digest(`id ${index}`),
      header: {
        alg: 'Ed25519',
        kid: /^[\w-]{43}$/.test(signedWith) ? signedWith : digest(signedWith),
        typ: 'custody-event+sd-jwt',
      },
      payload,
      signingInput: `told-${index}`,
      signature: new Uint8Array(64),
      disclosures: [],
    };
    const event: AditEvent = readEvent(envelope, LOG);
    const entry: JudgedEvent = { index, event, recordedAt: type === 'log.clock' ? at : this.now() };
    this.entries.push(entry);
    const { lots, outputs } = references(event);
    const extended = [...lots.filter(({ prev }) => prev !== null).map((named) => named.lot), ...outputs];
    for (const id of extended) this.chains.set(id, [...(this.chains.get(id) ?? []), entry]);
    if (!isType(entry, type)) throw new Error(`${type} was told and ${event.type} was read.`);
    return entry;
  }

  /** Copies the log, so that something can be told on trial. */
  copy(): ScriptedLog {
    const log = new ScriptedLog();
    log.ticking = this.ticking;
    log.entries.push(...this.entries);
    for (const [id, chain] of this.chains) log.chains.set(id, chain);
    for (const id of this.unknown) log.unknown.add(id);
    return log;
  }

  /** The last event on a lot. */
  head(id: string): string {
    return this.chains.get(id)?.at(-1)?.event.id ?? digest('nothing');
  }

  /** Facts to judge the entries from index `from` on, complete in all that the log can say. */
  facts(from = 0, more: Partial<Facts> = {}): Facts {
    const lots = new Map([...this.chains.keys()].map((id) => [id, this.lotFacts(id)]));
    return { ...factsOfLog(this.entries, lots, defaultParameters, this.entries.slice(from)), ...more };
  }

  /** Takes from a lot what is known of where it comes from, as a ledger that was moved over from paper might not know it. */
  forgetOrigin(id: string): void {
    this.unknown.add(id);
  }

  /** The newest time of the log, ms; null before it is told. */
  now(): number | null {
    return this.entries.findLast((entry) => isType(entry, 'log.clock'))?.event.occurredAtMs ?? null;
  }

  /** As admission would have it, where every output of an event inherits from all inputs alike. */
  private lotFacts(id: string): LotFacts {
    const birth = this.chains.get(id)?.[0];
    const nothing = {
      id,
      mineral: 'cassiterite',
      form: 'concentrate',
      model: null,
      site: null,
      bornIndex: 0,
      origins: [],
    };
    if (birth === undefined || !('outputs' in birth.event.payload)) return nothing;
    const { outputs } = birth.event.payload;
    const output = outputs.find((candidate) => candidate.lot === id);
    if (output === undefined) return nothing;
    const parents =
      'inputs' in birth.event.payload ? birth.event.payload.inputs.map((input) => this.lotFacts(input.lot)) : [];
    const site = birth.event.place?.site ?? null;
    const masses = new Map<string, bigint>();
    for (const { origins } of parents)
      for (const origin of origins) masses.set(origin.site, (masses.get(origin.site) ?? 0n) + origin.mass);
    if (parents.length === 0 && site !== null && !this.unknown.has(id)) masses.set(site, milligrams(output.mass));
    return {
      id,
      mineral: output.mineral ?? parents[0]?.mineral ?? nothing.mineral,
      form: output.form ?? parents[0]?.form ?? nothing.form,
      model: output.model ?? null,
      site: parents.length === 0 ? site : null,
      bornIndex: birth.index,
      origins: [...masses].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([origin, mass]) => ({ site: origin, mass })),
    };
  }

  private chained(body: Record<string, unknown>): Record<string, unknown> {
    const filled = { ...body };
    for (const member of ['lots', 'inputs'])
      if (Array.isArray(filled[member]))
        filled[member] = (filled[member] as unknown[]).map((item) =>
          typeof item === 'object' && item !== null && 'lot' in item
            ? { prev: this.head(String(item.lot)), ...item }
            : item,
        );
    return filled;
  }
}

/** A log in which `coop` declares one lot of that mass, moisture and mineral. */
export function declared(
  id: string,
  mass: string,
  more: Record<string, unknown> = {},
  occurredAt = '2026-05-12T08:00:00Z',
): ScriptedLog {
  const log = new ScriptedLog();
  declare(log, id, mass, more, occurredAt);
  return log;
}

export function declare(
  log: ScriptedLog,
  id: string,
  mass: string,
  more: Record<string, unknown> = {},
  occurredAt = '2026-05-12T08:00:00Z',
): JudgedOf<'lot.declared'> {
  return log.tell('lot.declared', {
    iss: 'coop',
    occurredAt,
    place: { site: 'hill' },
    outputs: [{ lot: id, mineral: 'cassiterite', form: 'concentrate', mass: kilograms(mass), ...more }],
  });
}

/** Sends a lot from `coop` to `trader`, planned to arrive after 24 h, and has it received at that mass. */
export function handOver(log: ScriptedLog, id: string, received: string, sent?: string): JudgedOf<'custody.received'> {
  dispatch(log, [id], sent);
  return log.tell('custody.received', {
    iss: 'trader',
    occurredAt: '2026-05-13T08:00:00Z',
    from: 'coop',
    lots: [{ lot: id, mass: kilograms(received) }],
  });
}

export function dispatch(log: ScriptedLog, ids: string[], mass?: string): JudgedOf<'custody.dispatched'> {
  return log.tell('custody.dispatched', {
    iss: 'coop',
    occurredAt: '2026-05-12T09:00:00Z',
    to: 'trader',
    plannedArrival: '2026-05-13T09:00:00Z',
    lots: ids.map((id) => ({ lot: id, ...(mass === undefined ? {} : { mass: kilograms(mass) }) })),
  });
}

/** The log's time, in hours after the planned arrival of `dispatch`. */
export function clock(log: ScriptedLog, hours: number): void {
  log.tell('log.clock', {
    iss: 'ledger',
    occurredAt: new Date(Date.parse('2026-05-13T09:00:00Z') + hours * HOUR).toISOString(),
  });
}
