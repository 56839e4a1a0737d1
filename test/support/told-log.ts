import { createHash } from 'node:crypto';
import type { Envelope } from '../../src/core/event/envelope.js';
import { type AditEvent, readEvent } from '../../src/core/event/event.js';
import { references } from '../../src/core/event/references.js';
import type { EventTypeName } from '../../src/core/event/types/index.js';
import { type Facts, type JudgedEvent, type JudgedOf, isType, noFacts } from '../../src/core/rules/facts.js';

export const LOG = 'example.org/tin';
const HOUR = 3_600_000;

const digest = (text: string): string => createHash('sha256').update(text).digest('base64url');

/** A lot id of the right form for a name. */
export function lot(name: string): string {
  const hex = createHash('sha256').update(name).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

export const kilograms = (value: string): { value: string; uom: string } => ({ value, uom: 'KGM' });

interface Said extends Record<string, unknown> {
  iss: string;
  occurredAt: string;
}

/**
 * A log told event by event, for rules alone: payloads have the shape of their types and chain by `prev`, but nothing is
 * signed or admitted. Lots are told by name; `prev` is filled in.
 */
export class ToldLog {
  readonly entries: JudgedEvent[] = [];
  private readonly chains = new Map<string, JudgedEvent[]>();

  tell<T extends EventTypeName>(type: T, { iss, occurredAt, ...body }: Said): JudgedOf<T> {
    const index = this.entries.length;
    const jti = digest(`jti ${index}`);
    const payload: Record<string, unknown> = {
      log: LOG,
      type,
      iss,
      iat: Math.floor(Date.parse(occurredAt) / 1000),
      jti,
      occurredAt,
      ...this.chained(body),
    };
    const envelope: Envelope = {
      text: `told-${index}~`,
      jws: `told-${index}`,
      id: digest(`id ${index}`),
      header: { alg: 'Ed25519', kid: digest(iss), typ: 'custody-event+sd-jwt' },
      payload,
      signingInput: `told-${index}`,
      signature: new Uint8Array(64),
      disclosures: [],
    };
    const event: AditEvent = readEvent(envelope, LOG);
    const entry: JudgedEvent = { index, event };
    this.entries.push(entry);
    const { lots, outputs } = references(event);
    const extended = [...lots.filter(({ prev }) => prev !== null).map((named) => named.lot), ...outputs];
    for (const id of extended) this.chains.set(id, [...(this.chains.get(id) ?? []), entry]);
    if (!isType(entry, type)) throw new Error(`${type} was told and ${event.type} was read.`);
    return entry;
  }

  /** The last event on a lot. */
  head(id: string): string {
    return this.chains.get(id)?.at(-1)?.event.id ?? digest('nothing');
  }

  /** Facts to judge the entries from index `from` on, complete in all that a chain can say. */
  facts(from = 0, more: Partial<Facts> = {}): Facts {
    const now = this.entries.findLast((entry) => isType(entry, 'log.clock'))?.event.occurredAtMs ?? null;
    return {
      ...noFacts(this.entries.length, now),
      entries: this.entries.slice(from),
      chains: this.chains,
      lots: new Map([...this.chains.keys()].map((id) => [id, { id, mineral: this.mineralOf(id) }])),
      handovers: this.entries.filter((entry) => isType(entry, 'custody.dispatched')),
      refusals: this.entries.filter((entry) => isType(entry, 'event.refused')),
      ...more,
    };
  }

  private mineralOf(id: string): string {
    const birth = this.chains.get(id)?.[0];
    if (birth === undefined || !isType(birth, 'lot.declared')) return 'cassiterite';
    return birth.event.payload.outputs.find((output) => output.lot === id)?.mineral ?? 'cassiterite';
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
): ToldLog {
  const log = new ToldLog();
  declare(log, id, mass, more, occurredAt);
  return log;
}

export function declare(
  log: ToldLog,
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
export function handOver(log: ToldLog, id: string, received: string, sent?: string): JudgedOf<'custody.received'> {
  dispatch(log, [id], sent);
  return log.tell('custody.received', {
    iss: 'trader',
    occurredAt: '2026-05-13T08:00:00Z',
    from: 'coop',
    lots: [{ lot: id, mass: kilograms(received) }],
  });
}

export function dispatch(log: ToldLog, ids: string[], mass?: string): JudgedOf<'custody.dispatched'> {
  return log.tell('custody.dispatched', {
    iss: 'coop',
    occurredAt: '2026-05-12T09:00:00Z',
    to: 'trader',
    plannedArrival: '2026-05-13T09:00:00Z',
    lots: ids.map((id) => ({ lot: id, ...(mass === undefined ? {} : { mass: kilograms(mass) }) })),
  });
}

/** The log's time, in hours after the planned arrival of `dispatch`. */
export function clock(log: ToldLog, hours: number): void {
  log.tell('log.clock', {
    iss: 'ledger',
    occurredAt: new Date(Date.parse('2026-05-13T09:00:00Z') + hours * HOUR).toISOString(),
  });
}
