import { isSettled } from '../../client/outbox-state.js';
import { forgetKey } from './browser/actor-key.js';
import { outboxEntries } from './browser/database.js';

// Signs out: ends the session and removes the key from this browser. Signed events stay, because they may be the only copy.

async function signOut({ dataset }: HTMLElement): Promise<void> {
  const pending = (await outboxEntries()).filter(({ state }) => !isSettled(state)).length;
  // The text came with the page, in its language.
  if (pending > 0 && !confirm((dataset.pending ?? '').replace('{{n}}', String(pending)))) return;
  await forgetKey();
  await fetch('/v1/session', { method: 'DELETE' });
  location.replace('/');
}

for (const button of document.querySelectorAll<HTMLElement>('[data-sign-out]')) {
  button.hidden = false;
  button.addEventListener('click', () => void signOut(button));
}
