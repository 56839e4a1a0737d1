import type { VNode } from 'preact';
import type { Say } from '../say.js';
import { type Page, useSay } from '../ui/frame.js';

/** Returns the page that a share link opens: its program exchanges the secret and goes on to the lot. */
export const sharePage = (say: Say): Page => ({
  title: say.word('share.title'),
  narrow: true,
  bare: true,
  islands: ['islands/share.ts'],
  body: <Share />,
});

function Share(): VNode {
  const say = useSay();
  const words = {
    ended: say.word('problem.ended'),
    endedNext: say.word('problem.ended.next'),
    none: say.word('share.none'),
    noneNext: say.word('share.noneNext'),
    failed: say.word('share.failed'),
    failedNext: say.word('share.failedNext'),
  };
  return (
    <div data-share data-words={JSON.stringify(words)} aria-live="polite">
      <h1>{say.word('share.opening')}</h1>
      <p class="lede">{say.word('share.explained')}</p>
      <noscript>
        <p>{say.word('share.script')}</p>
      </noscript>
    </div>
  );
}
