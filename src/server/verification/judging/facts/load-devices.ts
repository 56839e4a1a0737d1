import { numbered } from '../../../../core/rules/custody/device-numbers.js';
import type { Facts, JudgedEvent } from '../../../../core/rules/engine/facts.js';
import { deviceSubject } from '../../../../core/rules/engine/subjects.js';
import type { Queryable } from '../../../database/rows.js';
import type { ReadEvents } from './read-events.js';

/**
 * Loads by device the entries with the sequence numbers of the given ones, and the next before and after each.
 * @param late other entries to load likewise.
 */
export async function loadDevices(
  db: Queryable,
  events: ReadEvents,
  { entries, end }: Facts,
  late: readonly JudgedEvent[],
): Promise<Map<string, readonly JudgedEvent[]>> {
  const asked = [...new Set([...entries, ...late])].flatMap((entry) => {
    const own = numbered(entry);
    return own === null ? [] : [{ subject: deviceSubject(own.actor, own.device), seq: own.seq }];
  });
  if (asked.length === 0) return new Map();
  const { rows } = await db.query<{ subject: string; index: number }>(
    `SELECT DISTINCT asked.subject, near.index
       FROM unnest($1::text[], $2::numeric[]) AS asked (subject, seq)
      CROSS JOIN LATERAL (
        (SELECT index FROM filings WHERE subject = asked.subject AND amount = asked.seq AND index < $3)
        UNION ALL
        (SELECT index FROM filings WHERE subject = asked.subject AND amount < asked.seq AND index < $3
          ORDER BY amount DESC LIMIT 1)
        UNION ALL
        (SELECT index FROM filings WHERE subject = asked.subject AND amount > asked.seq AND index < $3
          ORDER BY amount LIMIT 1)
      ) AS near
      ORDER BY near.index`,
    [asked.map(({ subject }) => subject), asked.map(({ seq }) => seq), end],
  );
  const read = await events.byIndex(
    db,
    rows.map(({ index }) => index),
  );
  const devices = new Map<string, JudgedEvent[]>(asked.map(({ subject }) => [subject, []]));
  for (const { subject, index } of rows) {
    const entry = read.get(index);
    if (entry !== undefined) devices.get(subject)?.push(entry);
  }
  return devices;
}
