import { parseStrictJson } from '../../core/event/grammar.js';

// Opens a share link: takes its secret out of the address at once, exchanges it for cookies of the lot's pages, and goes there.

/** Texts of the page, in its language. */
type ShareWords = Readonly<Record<'ended' | 'endedNext' | 'none' | 'noneNext' | 'failed' | 'failedNext', string>>;

/** Status of a link that has ended, or that was never made. */
const REFUSED = 401;

async function open(secret: string): Promise<'ended' | 'failed' | null> {
  const answer = await fetch('/v1/shared', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ secret }),
  });
  if (!answer.ok) return answer.status === REFUSED || answer.status === 400 ? 'ended' : 'failed';
  const { lot } = parseStrictJson(await answer.text()) as { lot: string };
  location.replace(`/lots/${lot}`);
  return null;
}

async function begin(home: HTMLElement): Promise<void> {
  const words = parseStrictJson(home.dataset.words ?? '{}') as ShareWords;
  const secret = location.hash.slice(1);
  // The secret must not stay in the history of the browser.
  history.replaceState(null, '', location.pathname + location.search);
  const fault = secret === '' ? 'none' : await open(secret).catch(() => 'failed' as const);
  if (fault === null) return;
  const [title, next] = [home.querySelector('h1'), home.querySelector('p')];
  if (title !== null) title.textContent = words[fault];
  if (next !== null) next.textContent = words[`${fault}Next`];
}

for (const home of document.querySelectorAll<HTMLElement>('[data-share]')) void begin(home);
