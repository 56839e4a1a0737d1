import type { AditEvent } from '../event/event.js';

/**
 * The day of an event, `2026-05-12`, as whoever signed it wrote it. Cards, licences and certificates name days of where
 * they hold, and an evening in Peru is the next day in UTC.
 */
export const dayOf = ({ occurredAt }: Pick<AditEvent, 'occurredAt'>): string => occurredAt.slice(0, 10);
