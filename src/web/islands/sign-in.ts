import { buildAssertion } from '../../core/access/assertion.js';
import { parseStrictJson } from '../../core/event/grammar.js';
import { type PrivateJwk, signerFromJwk } from '../../core/event/signer.js';

// Signs in by the secret behind the # of a link, or by a key file, which never leaves this page: it signs an assertion.

/** Texts of the page, in its language. */
interface SignInWords {
  working: string;
  refused: string;
  unreadable: string;
  noActor: string;
}

/** A key file as `adit keygen` writes it. */
type KeyFile = PrivateJwk & { adit?: { actor?: string } };

async function exchange(proof: { secret: string } | { assertion: string }): Promise<void> {
  const answer = await fetch('/v1/session', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(proof),
  });
  if (answer.ok) return location.replace('/');
  const { detail } = parseStrictJson(await answer.text()) as { detail?: string };
  throw new Error(detail ?? String(answer.status));
}

async function assertionOf(file: File, named: string, words: SignInWords): Promise<string> {
  let key: KeyFile;
  try {
    key = parseStrictJson(await file.text()) as KeyFile;
  } catch {
    throw new Error(words.unreadable);
  }
  const { adit, ...jwk } = key;
  const actor = named === '' ? adit?.actor : named;
  if (actor === undefined) throw new Error(words.noActor);
  return buildAssertion(actor, location.origin, signerFromJwk(jwk), Math.floor(Date.now() / 1_000));
}

function begin(form: HTMLFormElement): void {
  const words = parseStrictJson(form.dataset.words ?? '{}') as SignInWords;
  const state = form.querySelector<HTMLElement>('[role=status]');
  const show = (text: string): void => {
    if (state !== null) state.textContent = text;
  };
  const attempt = (proof: Promise<{ secret: string } | { assertion: string }>): void => {
    show(words.working);
    proof
      .then(exchange)
      .catch((error: unknown) => show(`${words.refused} ${error instanceof Error ? error.message : ''}`));
  };
  const secret = location.hash.slice(1);
  // The secret must not stay in the history of the browser.
  history.replaceState(null, '', location.pathname + location.search);
  if (secret !== '') attempt(Promise.resolve({ secret }));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const file = form.querySelector<HTMLInputElement>('input[type=file]')?.files?.[0];
    const named = form.querySelector<HTMLInputElement>('input[name=actor]')?.value.trim() ?? '';
    if (file !== undefined) attempt(assertionOf(file, named, words).then((assertion) => ({ assertion })));
  });
}

for (const form of document.querySelectorAll<HTMLFormElement>('form[data-sign-in]')) begin(form);
