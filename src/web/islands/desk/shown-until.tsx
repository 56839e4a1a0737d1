import type { VNode } from 'preact';
import { inDays, textIn } from './local-time.js';
import { useSay } from './mount.js';

/** Days for which a lot is shown unless another day is chosen. */
const DAYS = 90;

/** Asks until when a lot is shown to somebody, and whether with its disclosures. */
export function ShownUntil(): VNode {
  const say = useSay();
  return (
    <>
      <label>
        {say.word('desk.share.until')}
        <input name="until" type="date" required value={inDays(DAYS)} />
      </label>
      <label class="check">
        <input name="disclosures" type="checkbox" /> {say.word('desk.disclosures')}
      </label>
    </>
  );
}

/** Returns the end of the day that was chosen, RFC 3339. */
export const endIn = (form: FormData): string => `${textIn(form, 'until')}T23:59:59Z`;
