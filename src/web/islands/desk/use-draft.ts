import { useEffect, useRef, useState } from 'preact/hooks';
import { database } from '../browser/database.js';
import { session } from '../browser/session.js';

const PAUSE = 300;

/**
 * Drafts belong to an actor, so that none signs what another has typed in this browser, and to a page in any language: a form of
 * the same lots finds what was typed before.
 */
async function keyOf(): Promise<string> {
  const { actor } = await session();
  const query = new URLSearchParams(location.search);
  query.delete('lang');
  return `${actor ?? ''} ${location.pathname}?${query.toString()}`;
}

/**
 * Keeps what people type through reloads and crashes, in this browser. Returns the value, its setter, and how to forget it
 * once it is signed.
 */
export function useDraft<T>(empty: T): [value: T, set: (change: (value: T) => T) => void, forget: () => void] {
  const [value, setValue] = useState(empty);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => {
    void Promise.all([database(), keyOf()])
      .then(([db, key]) => db.get('drafts', key))
      .then((kept) => {
        if (kept !== undefined) setValue({ ...empty, ...(kept as T) });
      });
  }, []);
  const set = (change: (value: T) => T): void =>
    setValue((before) => {
      const next = change(before);
      clearTimeout(timer.current);
      timer.current = setTimeout(
        () => void Promise.all([database(), keyOf()]).then(([db, key]) => db.put('drafts', next, key)),
        PAUSE,
      );
      return next;
    });
  const forget = (): void => {
    clearTimeout(timer.current);
    void Promise.all([database(), keyOf()]).then(([db, key]) => db.delete('drafts', key));
  };
  return [value, set, forget];
}
