import { isSettled } from '../../client/outbox-state.js';
import { forgetKey } from './browser/actor-key.js';
import { outboxEntries } from './browser/database.js';
import { endSession, isEnding, remindToEnd } from './browser/end-session.js';

// Signs out: ends the session and removes the key from this browser. Signed events stay, because they may be the only copy.

/** Ends the session, and leaves the page once it has ended. Returns whether the service was reached. */
async function leave(): Promise<boolean> {
  if (!(await endSession())) return false;
  location.replace('/');
  return true;
}

/** Shows that the session goes on until the service can be reached, and ends it then. */
function endLater(text = ''): void {
  const note = document.createElement('p');
  note.className = 'note bad';
  note.setAttribute('role', 'status');
  note.textContent = text;
  document.querySelector('main')?.prepend(note);
  addEventListener('online', () => void leave());
}

async function signOut({ dataset }: HTMLElement): Promise<void> {
  const pending = (await outboxEntries()).filter(({ state }) => !isSettled(state)).length;
  // The text came with the page, in its language.
  if (pending > 0 && !confirm((dataset.pending ?? '').replace('{{n}}', String(pending)))) return;
  await forgetKey();
  remindToEnd();
  if (!(await leave())) endLater(dataset.offline);
}

for (const button of document.querySelectorAll<HTMLElement>('[data-sign-out]')) {
  button.hidden = false;
  button.addEventListener('click', () => {
    button.hidden = true;
    void signOut(button).finally(() => (button.hidden = isEnding()));
  });
  // Its reader signed out while the service could not be reached.
  if (isEnding()) {
    button.hidden = true;
    void leave().then((ended) => ended || endLater(button.dataset.offline));
  }
}
