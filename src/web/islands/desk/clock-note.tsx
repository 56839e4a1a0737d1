import type { VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { ledgerTime } from '../browser/ledger-time.js';
import { useSay } from './mount.js';

/** Difference of clocks from which a page warns, ms. */
const APART = 300_000;

/** Warns where the clock of this device is not that of the ledger: events get the time of this device. */
export function ClockNote(): VNode | null {
  const say = useSay();
  const [theirs, setTheirs] = useState<number | null>(null);
  useEffect(() => {
    void ledgerTime().then((time) => setTheirs(Math.abs(time - Date.now()) > APART ? time : null));
  }, []);
  if (theirs === null) return null;
  const [ledger, device] = [theirs, Date.now()].map((time) => say.dateTime(new Date(time).toISOString()));
  return <p class="note warn more-space">{say.word('desk.clock', { ledger: ledger ?? '', device: device ?? '' })}</p>;
}
