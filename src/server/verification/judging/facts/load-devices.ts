import { numbered } from '../../../../core/rules/custody/device-numbers.js';
import type { Facts, JudgedEvent } from '../../../../core/rules/engine/facts.js';
import { deviceSubject } from '../../../../core/rules/engine/subjects.js';
import type { Queryable } from '../../../database/rows.js';
import type { ReadEvents } from './read-events.js';

/** Sequence numbers of one device that lie close together, and are read as one range. */
interface Run {
  subject: string;
  from: number;
  to: number;
}

/** Numbers that may be missing within a run. */
const GAP = 16;

function runsOf(asked: readonly { subject: string; seq: number }[]): Run[] {
  const runs: Run[] = [];
  for (const { subject, seq } of asked.toSorted((a, b) =>
    a.subject === b.subject ? a.seq - b.seq : a.subject < b.subject ? -1 : 1,
  )) {
    const last = runs.at(-1);
    if (last?.subject === subject && seq - last.to <= GAP) last.to = seq;
    else runs.push({ subject, from: seq, to: seq });
  }
  return runs;
}

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
  const runs = runsOf(asked);
  const { rows } = await db.query<{ subject: string; index: number }>(
    `SELECT DISTINCT run.subject, near.index
       FROM unnest($1::text[], $2::numeric[], $3::numeric[]) AS run (subject, low, high)
      CROSS JOIN LATERAL (
        (SELECT index FROM filings WHERE subject = run.subject AND amount BETWEEN run.low AND run.high AND index < $4)
        UNION ALL
        (SELECT index FROM filings WHERE subject = run.subject AND amount < run.low AND index < $4
          ORDER BY amount DESC LIMIT 1)
        UNION ALL
        (SELECT index FROM filings WHERE subject = run.subject AND amount > run.high AND index < $4
          ORDER BY amount LIMIT 1)
      ) AS near
      ORDER BY near.index`,
    [runs.map(({ subject }) => subject), runs.map(({ from }) => from), runs.map(({ to }) => to), end],
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
