import { buildAssertion } from '../../core/access/assertion.js';
import { AditError } from '../../core/errors.js';
import { parseStrictJson } from '../../core/event/grammar.js';
import { type PrivateJwk, keptKeyOf, signerFromKept } from '../../core/event/signer.js';
import { forgetKey, keepKey } from './browser/actor-key.js';
import { forgetEnding } from './browser/end-session.js';
import { ledgerTime } from './browser/ledger-time.js';
import { reasonOf } from './browser/reason.js';

// Signs in by the secret behind the # of a link, or by a key file, which never leaves this browser: it signs an assertion,
// and then stays to sign events, where nothing can read it again.

/** Texts of the page, in its language. */
interface SignInWords {
  working: string;
  refused: string;
  unreadable: string;
  noActor: string;
  unsupported: string;
}

/** A key file as `adit keygen` writes it. */
type KeyFile = PrivateJwk & { adit?: { actor?: string } };

type Proof = { secret: string } | { assertion: string };

async function exchange(proof: Proof): Promise<void> {
  const answer = await fetch('/v1/session', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(proof),
  });
  if (answer.ok) return;
  const { detail } = parseStrictJson(await answer.text()) as { detail?: string };
  throw new Error(detail ?? String(answer.status));
}

async function signInByLink(secret: string): Promise<void> {
  await exchange({ secret });
  // The operator signs no events; a key that an actor has left here is not to be used under another session.
  await forgetKey();
}

async function signInByKey(file: File, named: string, words: SignInWords): Promise<void> {
  let key: KeyFile;
  try {
    key = parseStrictJson(await file.text()) as KeyFile;
  } catch {
    throw new Error(words.unreadable);
  }
  const { adit, ...jwk } = key;
  const actor = named === '' ? adit?.actor : named;
  if (actor === undefined) throw new Error(words.noActor);
  const kept = await keptKeyOf(jwk).catch((error: unknown) => {
    throw error instanceof AditError ? error : new Error(words.unsupported);
  });
  const signer = signerFromKept(kept);
  await exchange({
    assertion: await buildAssertion(actor, location.origin, signer, Math.floor((await ledgerTime()) / 1_000)),
  });
  await keepKey({ actor, ...kept });
}

function begin(form: HTMLFormElement): void {
  const words = parseStrictJson(form.dataset.words ?? '{}') as SignInWords;
  const state = form.querySelector<HTMLElement>('[role=status]');
  const show = (text: string): void => {
    if (state !== null) state.textContent = text;
  };
  const attempt = (signIn: Promise<void>): void => {
    show(words.working);
    signIn
      .then(forgetEnding)
      .then(() => location.replace(location.pathname === '/signin' ? '/' : location.pathname + location.search))
      .catch((error: unknown) => show(`${words.refused} ${reasonOf(error)}`));
  };
  const secret = location.hash.slice(1);
  // The secret must not stay in the history of the browser.
  history.replaceState(null, '', location.pathname + location.search);
  if (secret !== '') attempt(signInByLink(secret));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const file = form.querySelector<HTMLInputElement>('input[type=file]')?.files?.[0];
    const named = form.querySelector<HTMLInputElement>('input[name=actor]')?.value.trim() ?? '';
    if (file !== undefined) attempt(signInByKey(file, named, words));
  });
}

for (const form of document.querySelectorAll<HTMLFormElement>('form[data-sign-in]')) begin(form);
