import { Injectable } from '@nestjs/common';
import { headerKid } from '../../core/event/envelope.js';
import type { AditEvent } from '../../core/event/event.js';
import { type PublicJwk, thumbprint } from '../../core/event/keys.js';
import { Database } from '../database/database.js';
import { unavailable } from './unavailable.js';

/** Keys kept in memory; a key never changes its thumbprint, and whether it is active the sequencer decides. */
const KEY_CACHE = 50_000;

/** The key an event names, found before its signature is checked: registered ones, and candidates of one request. */
@Injectable()
export class KeyRing {
  private readonly known = new Map<string, { jwk: PublicJwk; actor: string }>();

  /** Kids that the next statement looks up. */
  private wanted = new Set<string>();
  private next: Promise<void> | null = null;
  private running: Promise<void> = Promise.resolve();

  constructor(private readonly database: Database) {}

  /** Looks the kids up that are not in memory yet, those of all who ask meanwhile by one statement. */
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
    const { rows } = await this.database.pool
      .query<{ kid: string; jwk: PublicJwk; actor: string }>(
        'SELECT kid, jwk, actor FROM keys WHERE kid = ANY($1::text[])',
        [missing],
      )
      .catch(unavailable);
    if (this.known.size + rows.length > KEY_CACHE) this.known.clear();
    for (const { kid, ...key } of rows) this.known.set(kid, key);
  }

  find(kid: string): PublicJwk | null {
    return this.known.get(kid)?.jwk ?? null;
  }

  /** Whose key it is; null for one that is not registered, as far as it has been loaded. */
  actorOf(kid: string): string | null {
    return this.known.get(kid)?.actor ?? null;
  }
}

/** The header's kid, or null where there is none to be found; the strict grammar says later what is wrong. */
export function kidOf(text: string): string | null {
  try {
    return headerKid(text);
  } catch {
    return null;
  }
}

/** Where each type of event that brings new keys carries them. */
const keyPlaces: Record<string, (payload: Record<string, unknown>) => unknown[]> = {
  'ledger.opened': ({ serviceKey }) => [serviceKey],
  'ledger.updated': ({ serviceKey }) => [serviceKey],
  'actor.registered': ({ key }) => [key],
  'key.added': ({ key }) => [key],
};

/** The one key that may sign the event which brings it: the registrar's, in entry 0. */
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
 * Keys that events of the same request bring with them: a file may register a miner and go on with her first lot.
 * Such a key lets the signature of a later event be checked; only the sequencer, which sees what was admitted, lets the
 * event in.
 */
export class CandidateKeys {
  private readonly keys = new Map<string, Candidate>();
  private readonly unread = new Map<number, string>();
  private count = 0;

  /**
   * Events about to be checked; they are read here only if a key is missing, which is seldom. Gives the number of the
   * first of them.
   */
  add(texts: readonly string[]): number {
    const first = this.count;
    for (const text of texts) this.unread.set(this.count++, text);
    return first;
  }

  /** Once they are checked, the keys of the good ones are kept and their texts let go. */
  learn(first: number, events: readonly (AditEvent | null)[]): void {
    events.forEach((event, i) => {
      const unread = this.unread.delete(first + i);
      if (unread && event !== null) this.keep({ ...event.payload }, first + i);
    });
  }

  /** The key of this name, if the event of this number may be signed by it: because one before it brings the key, or it opens the ledger. */
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
      // Not an event; the strict grammar will say so.
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
