import type { VNode } from 'preact';
import { useSay } from '../ui/frame.js';
import type { Page } from '../ui/frame.js';

/** Texts that the programs of the desk show. */
const SHOWN_IN_BROWSER = [
  'desk.',
  'mineral.',
  'form.',
  'model.',
  'event.custody.',
  'event.lot.',
  'event.event.',
  'event.grant.',
  'event.finding.',
  'inEnglish',
];

/** Renders the place of a part that runs in the browser, with its data and its texts. */
export function Island({ name, props }: { name: string; props: unknown }): VNode {
  const say = useSay();
  return (
    <>
      <noscript>
        <p class="note bad">{say.word('desk.needsScript')}</p>
      </noscript>
      <div
        data-island={name}
        data-language={say.language}
        data-props={JSON.stringify(props)}
        data-words={JSON.stringify(say.wordsOf(SHOWN_IN_BROWSER))}
      />
    </>
  );
}

/** What every page of the desk needs. */
export const deskParts = {
  part: 'desk',
  islands: ['islands/desk.ts'],
  styles: ['desk/desk.css'],
} as const satisfies Partial<Page>;
