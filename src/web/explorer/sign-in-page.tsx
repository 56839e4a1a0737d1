import type { VNode } from 'preact';
import type { Say } from '../say.js';
import { type Page, useSay } from '../ui/frame.js';

/**
 * Returns the page at which a person signs in: through an identity provider, by a printed link, which opens the page, or by a key
 * file.
 * @param provider host of the identity provider; null: none.
 */
export const signInPage = (say: Say, provider: string | null): Page => ({
  title: say.word('signIn'),
  narrow: true,
  islands: ['islands/sign-in.ts'],
  body: <SignIn provider={provider} />,
});

function SignIn({ provider }: { provider: string | null }): VNode {
  const say = useSay();
  const words = {
    working: say.word('signIn.working'),
    refused: say.word('signIn.refused'),
    unreadable: say.word('signIn.unreadable'),
    noActor: say.word('signIn.noActor'),
    unsupported: say.word('signIn.unsupported'),
  };
  return (
    <>
      <h1>{say.word('signIn')}</h1>
      {provider === null ? null : (
        <p class="more-space">
          <a class="btn main" href="/v1/session/oidc">
            {say.word('signIn.provider', { provider })}
          </a>
        </p>
      )}
      <p class="lede">{say.word('signIn.explained')}</p>
      <form data-sign-in data-words={JSON.stringify(words)}>
        <p class="more-space">
          <label for="key">{say.word('signIn.key')}</label>
          <input id="key" type="file" accept=".jwk,.json,application/json" required />
        </p>
        <p class="more-space">
          <label for="actor">{say.word('signIn.actor')}</label>
          <input id="actor" name="actor" type="text" maxLength={64} autoComplete="off" spellcheck={false} />
        </p>
        <p class="more-space">
          <button class="btn main" type="submit">
            {say.word('signIn')}
          </button>
        </p>
        <p role="status" aria-live="polite" />
      </form>
      <noscript>
        <p>{say.word('signIn.script')}</p>
      </noscript>
      <h2 class="more-space">{say.word('signIn.operator')}</h2>
      <p>
        <code>adit login --link</code>
      </p>
    </>
  );
}
