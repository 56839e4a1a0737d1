import type { StoredEvent } from '../../core/api/event.js';
import { decodeBase64url, decodeUtf8, parseStrictJson, peekPayload } from '../../core/event/grammar.js';
import { eventTypes } from '../../core/event/types/index.js';
import type { EventPageData } from '../../web/explorer/event-page.js';

const orNull = <T>(read: () => T): T | null => {
  try {
    return read();
  } catch {
    return null;
  }
};

const jsonOf = (part: string): unknown => parseStrictJson(decodeUtf8(decodeBase64url(part)));

/** Reads a disclosure `[salt, name, value]`, or `[salt, value]` of an array's element. */
function disclosureOf(encoded: string): { name: string; value: unknown } | null {
  const parts = orNull(() => jsonOf(encoded));
  if (!Array.isArray(parts)) return null;
  const [, name, value] = parts as unknown[];
  return parts.length === 3 && typeof name === 'string' ? { name, value } : { name: '…', value: name };
}

const isText = (value: unknown): value is string => typeof value === 'string';

/** Lists the actors that a payload names besides its signer, as admission does; none of one that was altered. */
const namedIn = (payload: EventPageData['payload']): readonly string[] =>
  orNull(() => eventTypes.get(String(payload?.type))?.names?.(payload as never).actors)?.filter(isText) ?? [];

/** Reads a stored event for its page; parts that cannot be read, because they were altered, are null. */
export function eventData(stored: StoredEvent, receipt: string | null): EventPageData {
  const [jws = '', ...disclosures] = stored.event.split('~');
  const payload = orNull(() => peekPayload(jws) as NonNullable<EventPageData['payload']>);
  return {
    stored,
    payload,
    named: namedIn(payload),
    header: orNull(() => jsonOf(jws.split('.')[0] ?? '') as NonNullable<EventPageData['header']>),
    disclosed: disclosures.flatMap((one) => (one === '' ? [] : (disclosureOf(one) ?? []))),
    receipt,
  };
}
