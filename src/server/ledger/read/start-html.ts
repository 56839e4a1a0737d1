import type { Ledger } from '../../../core/api/ledger.js';
import { escapeHtml, htmlPage } from '../../http/html-page.js';

/** Where things are, by path, and what each is. */
export const startLinks: Readonly<Record<string, string>> = {
  '/docs': 'the HTTP API, to read and to try',
  '/openapi.json': 'the same for programs (OpenAPI 3.1)',
  '/v1/ledger': 'origin, keys and size of the log',
  '/v1/lots': 'lots, newest first',
  '/v1/findings': 'what the verifiers found',
  '/v1/alerts': 'alerts, the newest change first',
  '/rules': 'the rules, with what each means and what to do',
  '/errors': 'the error codes',
  '/log/checkpoint': 'the newest signed checkpoint of the log',
  '/log/witnesses': 'the witnesses that sign it too',
  '/readyz': 'whether the service can answer requests now',
};

/** Renders the start page: the ledger's name, its paths, and how to verify it without trust in it. */
export function startHtml({ origin, opened, size, logKey }: Ledger): string {
  const name = escapeHtml(origin);
  const state = opened ? `It has ${size} ${size === 1 ? 'entry' : 'entries'}.` : 'It is not open yet: it has no entry.';
  const list = Object.entries(startLinks).map(
    ([path, text]) => `<li><a href="${path}"><code>${path}</code></a>: ${text}</li>`,
  );
  return htmlPage(
    `Adit: ${origin}`,
    `<h1>${name}</h1><p>This is an Adit ledger: an open record of who handed which lot of mineral to whom. Those who act ` +
      `sign each event; the ledger appends it to a public Merkle log. ${state}</p>` +
      `<h2>Where things are</h2><ul>${list.join('')}</ul>` +
      `<p>The page of a lot is at <code>/v1/lots/</code> and its id; its bundle is at <code>/v1/lots/</code>, its id and <code>/bundle</code>.</p>` +
      `<h2>How to verify a lot</h2><ol><li>Save its bundle, for example as <code>lot.bundle.json</code>.</li>` +
      `<li>Get the log's key from somebody you trust. This service says that it is<br><code>${escapeHtml(logKey)}</code></li>` +
      `<li>Run <code>adit verify lot.bundle.json --log-key KEY</code>. It needs no network, and no trust in this service.</li></ol>`,
  );
}
