import type { AditEvent } from '../../event/event.js';

/**
 * Returns the local day of an event, `2026-05-12`, as its signer wrote it. Cards, licences and certificates name local
 * days, and an evening in Peru is the next day in UTC.
 */
export const dayOf = ({ occurredAt }: Pick<AditEvent, 'occurredAt'>): string => occurredAt.slice(0, 10);
