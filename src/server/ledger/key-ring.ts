import { Injectable } from '@nestjs/common';
import { headerKid } from '../../core/event/envelope.js';
import type { AditEvent } from '../../core/event/event.js';
import { type PublicJwk, thumbprint } from '../../core/event/keys.js';
import { Database } from '../database/database.js';
import { unavailable } from './append/unavailable.js';

/** Keys in the cache. A key never changes its thumbprint; the sequencer decides whether it is active. */
const KEY_CACHE = 50_000;

/**
 * Finds the key that an event names, before its signature is verified: registered keys, and candidates of one request.
 */
@Injectable()
export class KeyRing {
  private readonly known = new Map<string, { jwk: PublicJwk; actor: string }>();

  /** Kids that the next statement looks up. */
  private wanted = new Set<string>();
  private next: Promise<void> | null = null;
  private running: Promise<void> = Promise.resolve();

  constructor(private readonly database: Database) {}

  /** Loads kids that are not cached, those of concurrent callers by one statement. */
  async load(kids: Iterable<string>): Promise<void> {
    const missing = [...kids].filter((kid) => !this.known.has(kid));
    if (missing.length === 0) return;
    for (const kid of missing) this.wanted.add(kid);
    const begin = (): Promise<void> => {
      this.next = null;
      const wanted = [...this.wanted];
      this.wanted = new Set();
      return this.lookUp(wanted);
    };
    this.running = this.next ??= this.running.then(begin, begin);
    await this.next;
  }

  private async lookUp(missing: readonly string[]): Promise<void> {
    const { rows } = await this.database.intake
      .query<{ kid: string; jwk: PublicJwk; actor: string }>(
        'SELECT kid, jwk, actor FROM keys WHERE kid = ANY($1::text[])',
        [missing],
      )
      .catch(unavailable);
    if (this.known.size + rows.length > KEY_CACHE) this.known.clear();
    for (const { kid, ...key } of rows) this.known.set(kid, key);
  }

  /** Names the key by which an actor would sign: the newest that is in force, else the newest; null where there is none. */
  async ofActor(actor: string): Promise<{ kid: string; jwk: PublicJwk } | null> {
    const { rows } = await this.database
      .query<{ kid: string; jwk: PublicJwk }>(
        `SELECT kid, jwk FROM keys WHERE actor = $1
          ORDER BY revoked_index IS NULL DESC,
                   coalesce(active_from <= (SELECT time FROM clocks ORDER BY index DESC LIMIT 1), active_from IS NULL) DESC,
                   added_index DESC
          LIMIT 1`,
        [actor],
      )
      .catch(unavailable);
    return rows[0] ?? null;
  }

  find(kid: string): PublicJwk | null {
    return this.known.get(kid)?.jwk ?? null;
  }

  /** Returns the actor of a loaded key; null if it is not registered. */
  actorOf(kid: string): string | null {
    return this.known.get(kid)?.actor ?? null;
  }
}

/** Returns the header's kid, or null if there is none; the strict grammar reports the fault later. */
export function kidOf(text: string): string | null {
  try {
    return headerKid(text);
  } catch {
    return null;
  }
}

/** Paths of the new keys in each type of event that brings some. */
const keyPlaces: Record<string, (payload: Record<string, unknown>) => unknown[]> = {
  'ledger.opened': ({ serviceKey }) => [serviceKey],
  'ledger.updated': ({ serviceKey }) => [serviceKey],
  'actor.registered': ({ key }) => [key],
  'key.added': ({ key }) => [key],
};

/** Returns the registrar's key in entry 0, the only key that signs the event which brings it. */
const openingKey = ({ type, registrar }: Record<string, unknown>): unknown =>
  type === 'ledger.opened' ? (registrar as { key?: unknown } | undefined)?.key : undefined;

interface Candidate {
  jwk: PublicJwk;
  /** Number of the event that brings it. */
  at: number;
  /** Whether it is the registrar's, in entry 0. */
  opens: boolean;
}

/**
 * Collects keys that events of one request bring: a file may register a miner and continue with the miner's first lot.
 * Such a key only verifies signatures; the sequencer decides whether the events are admitted.
 */
export class CandidateKeys {
  private readonly keys = new Map<string, Candidate>();
  private readonly unread = new Map<number, string>();
  private count = 0;

  /**
   * Adds events before their check; parses them only if a key is missing, which is rare. Returns the number of the
   * first of them.
   */
  add(texts: readonly string[]): number {
    const first = this.count;
    for (const text of texts) this.unread.set(this.count++, text);
    return first;
  }

  /** Stores the keys of valid events after their check and drops their texts. */
  learn(first: number, events: readonly (AditEvent | null)[]): void {
    events.forEach((event, i) => {
      const unread = this.unread.delete(first + i);
      if (unread && event !== null) this.keep({ ...event.payload }, first + i);
    });
  }

  /**
   * Returns the key of this name if it may sign the event of this number: an earlier event brings it, or the event
   * opens the ledger.
   */
  find(kid: string, number: number): Candidate | null {
    for (const [at, text] of this.unread) {
      this.unread.delete(at);
      this.read(text, at);
    }
    const candidate = this.keys.get(kid);
    if (candidate === undefined) return null;
    return candidate.at < number || (candidate.at === number && candidate.opens) ? candidate : null;
  }

  private read(text: string, at: number): void {
    try {
      const json = Buffer.from(text.split('.', 2)[1] ?? '', 'base64url').toString('utf8');
      this.keep(JSON.parse(json) as Record<string, unknown>, at);
    } catch {
      // Not an event; the strict grammar reports it.
    }
  }

  private keep(payload: Record<string, unknown>, at: number): void {
    const place = typeof payload.type === 'string' ? keyPlaces[payload.type] : undefined;
    for (const jwk of place?.(payload) ?? []) this.keepOne(jwk, at, false);
    this.keepOne(openingKey(payload), at, true);
  }

  private keepOne(jwk: unknown, at: number, opens: boolean): void {
    if (jwk === undefined) return;
    const kid = thumbprint(jwk as PublicJwk);
    const known = this.keys.get(kid);
    const first = known === undefined || at < known.at || (at === known.at && opens);
    if (first) this.keys.set(kid, { jwk: jwk as PublicJwk, at, opens });
  }
}
