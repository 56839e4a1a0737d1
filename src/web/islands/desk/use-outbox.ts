import { useEffect, useState } from 'preact/hooks';
import { type OutboxEntry, outboxEntries } from '../browser/database.js';
import { keptKey } from '../browser/actor-key.js';
import { whenOutboxChanges } from '../browser/outbox.js';
import { session } from '../browser/session.js';

/** Returns the events of this browser that the actor signed who is signed in: another may use the same machine. */
async function ownEntries(): Promise<OutboxEntry[]> {
  const actor = (await keptKey())?.actor ?? (await session().catch(() => null))?.actor;
  return (await outboxEntries()).filter(({ iss }) => iss === actor);
}

/** Returns the reader's signed events in this browser, as they are now; null until they are read. */
export function useOutbox(): OutboxEntry[] | null {
  const [entries, setEntries] = useState<OutboxEntry[] | null>(null);
  useEffect(() => {
    const read = (): void => void ownEntries().then(setEntries);
    read();
    return whenOutboxChanges(read);
  }, []);
  return entries;
}
