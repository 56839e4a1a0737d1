import { h } from 'preact';
import { renderToString } from 'preact-render-to-string';
import { sayIn } from '../../src/web/phrases.js';
import type { Say } from '../../src/web/say.js';
import { Document, type Page } from '../../src/web/ui/frame.js';

/** Renders a page as the service does, for a reader who has not signed in. */
export function pageText(language: string, compose: (say: Say) => Page): string {
  const say = sayIn(language);
  const frame = {
    say,
    address: '/',
    origin: 'example.org/tin',
    size: 1,
    open: null,
    reader: null,
    shared: null,
    asset: (path: string) => `/${path}`,
  };
  return renderToString(h(Document, { frame, page: compose(say) }));
}
