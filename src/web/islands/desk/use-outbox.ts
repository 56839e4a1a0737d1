import { useEffect, useState } from 'preact/hooks';
import { type OutboxEntry, outboxEntries } from '../browser/database.js';
import { whenOutboxChanges } from '../browser/outbox.js';

/** Returns the signed events of this browser, as they are now; null until they are read. */
export function useOutbox(): OutboxEntry[] | null {
  const [entries, setEntries] = useState<OutboxEntry[] | null>(null);
  useEffect(() => {
    const read = (): void => void outboxEntries().then(setEntries);
    read();
    return whenOutboxChanges(read);
  }, []);
  return entries;
}
