import { useEffect, useRef, useState } from 'preact/hooks';
import { database } from '../browser/database.js';

const PAUSE = 300;

/** Drafts belong to a page in any language: a form of the same lots finds what was typed before. */
function keyOf(): string {
  const query = new URLSearchParams(location.search);
  query.delete('lang');
  return `${location.pathname}?${query.toString()}`;
}

/**
 * Keeps what people type through reloads and crashes, in this browser. Returns the value, its setter, and how to forget it
 * once it is signed.
 */
export function useDraft<T>(empty: T): [value: T, set: (change: (value: T) => T) => void, forget: () => void] {
  const [value, setValue] = useState(empty);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => {
    void database()
      .then((db) => db.get('drafts', keyOf()))
      .then((kept) => {
        if (kept !== undefined) setValue({ ...empty, ...(kept as T) });
      });
  }, []);
  const set = (change: (value: T) => T): void =>
    setValue((before) => {
      const next = change(before);
      clearTimeout(timer.current);
      timer.current = setTimeout(() => void database().then((db) => db.put('drafts', next, keyOf())), PAUSE);
      return next;
    });
  const forget = (): void => {
    clearTimeout(timer.current);
    void database().then((db) => db.delete('drafts', keyOf()));
  };
  return [value, set, forget];
}
