import type { FastifyInstance } from 'fastify';
import { htmlPage } from '../http/html-page.js';

/** The page loads its script from this service alone, and sends nothing elsewhere. */
const CSP =
  "default-src 'none'; script-src 'self'; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

const PAGE = htmlPage(
  'Adit: sign in',
  '<h1>Sign in</h1><p id="state">One moment …</p><noscript><p>This page needs JavaScript.</p></noscript><script src="/signin.js"></script>',
);

/** Exchanges the secret in the fragment, which browsers do not send, and removes it from the address. */
const SCRIPT = `const secret = location.hash.slice(1);
history.replaceState(null, '', '/signin');
const state = document.getElementById('state');
if (secret === '') state.textContent = 'Open the link that "adit serve" or "adit login --link" prints.';
else
  fetch('/v1/session', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ secret }) })
    .then(async (answer) => {
      if (answer.ok) location.replace('/');
      else state.textContent = (await answer.json()).detail;
    })
    .catch(() => { state.textContent = 'The service does not answer.'; });
`;

/** Serves the page that a sign-in link opens. */
export function serveSignInPage(fastify: FastifyInstance): void {
  fastify.get('/signin', (_request, reply) =>
    reply
      .header('content-security-policy', CSP)
      .header('cache-control', 'no-store')
      .type('text/html; charset=utf-8')
      .send(PAGE),
  );
  fastify.get('/signin.js', (_request, reply) => reply.type('text/javascript; charset=utf-8').send(SCRIPT));
}
