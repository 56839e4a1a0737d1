import type { VNode } from 'preact';
import { useSay } from './frame.js';

/**
 * Renders a question that a program opens before something that cannot be undone. Its buttons close it with `yes` or with
 * nothing, as Escape does. `open` shows it at once, for the page of all components.
 */
export function Confirm({ question, yes, open = false }: { question: string; yes: string; open?: boolean }): VNode {
  const say = useSay();
  return (
    <dialog data-confirm aria-label={question} open={open}>
      <p>{question}</p>
      <p class="row more-space">
        <button class="btn main" type="button" value="yes">
          {yes}
        </button>
        <button class="btn" type="button" value="">
          {say.word('dialog.no')}
        </button>
      </p>
    </dialog>
  );
}
