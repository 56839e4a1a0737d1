import type { ComponentChildren, VNode } from 'preact';
import type { Say } from '../say.js';

/**
 * Renders a text that exists in English only, such as the sentence of a finding: as it is on an English page, and folded on
 * others, which have the same in their language.
 */
export function InEnglish({
  say,
  children,
  lede = false,
}: {
  say: Say;
  children: ComponentChildren;
  /** Whether it begins an English page. */
  lede?: boolean;
}): VNode {
  if (say.language === 'en') return <p class={lede ? 'lede' : undefined}>{children}</p>;
  return (
    <details class="original">
      <summary>{say.word('inEnglish')}</summary>
      <p lang="en">{children}</p>
    </details>
  );
}
