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
  private readonly known = new Map<string, PublicJwk>();

  constructor(private readonly database: Database) {}

  /** Looks the kids up that are not in memory yet, by one statement. */
  async load(kids: Iterable<string>): Promise<void> {
    const missing = [...new Set(kids)].filter((kid) => !this.known.has(kid));
    if (missing.length === 0) return;
    const { rows } = await this.database.pool
      .query<{ kid: string; jwk: PublicJwk }>('SELECT kid, jwk FROM keys WHERE kid = ANY($1::text[])', [missing])
      .catch(unavailable);
    if (this.known.size + rows.length > KEY_CACHE) this.known.clear();
    for (const { kid, jwk } of rows) this.known.set(kid, jwk);
  }

  find(kid: string): PublicJwk | null {
    return this.known.get(kid) ?? null;
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
  'ledger.opened': ({ registrar, serviceKey }) => [(registrar as { key?: unknown } | undefined)?.key, serviceKey],
  'ledger.updated': ({ serviceKey }) => [serviceKey],
  'actor.registered': ({ key }) => [key],
  'key.added': ({ key }) => [key],
};

/**
 * Keys that events of the same request bring with them: a file may register a miner and go on with her first lot.
 * Such a key lets a signature be checked; only the sequencer, which sees what was admitted, lets the event in.
 */
export class CandidateKeys {
  private readonly keys = new Map<string, PublicJwk>();
  private readonly unread = new Set<string>();

  /** Events about to be checked; they are read here only if a key is missing, which is seldom. */
  add(texts: readonly string[]): void {
    for (const text of texts) this.unread.add(text);
  }

  /** Once they are checked, the keys of the good ones are kept and their texts let go. */
  learn(texts: readonly string[], events: readonly (AditEvent | null)[]): void {
    texts.forEach((text, i) => {
      const payload = events[i]?.payload;
      if (payload !== undefined && this.unread.has(text)) this.keep({ ...payload });
      this.unread.delete(text);
    });
  }

  find(kid: string): PublicJwk | null {
    for (const text of this.unread) {
      this.unread.delete(text);
      this.read(text);
    }
    return this.keys.get(kid) ?? null;
  }

  private read(text: string): void {
    try {
      const json = Buffer.from(text.split('.', 2)[1] ?? '', 'base64url').toString('utf8');
      this.keep(JSON.parse(json) as Record<string, unknown>);
    } catch {
      // Not an event; the strict grammar will say so.
    }
  }

  private keep(payload: Record<string, unknown>): void {
    const place = typeof payload.type === 'string' ? keyPlaces[payload.type] : undefined;
    for (const jwk of (place?.(payload) ?? []) as (PublicJwk | undefined)[])
      if (jwk !== undefined) this.keys.set(thumbprint(jwk), jwk);
  }
}
