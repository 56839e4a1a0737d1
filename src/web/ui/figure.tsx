import type { VNode } from 'preact';
import { figuresIn } from '../figures.js';
import type { Say } from '../say.js';

/** A hash in base64, of which a person needs the beginning alone. */
const HASH = /^[A-Za-z0-9+/_-]{40,}=?$/;
const SHOWN = 8;

/** Renders what a rule measured, or its limit: in words, and a hash folded to its beginning. */
export const Figure = ({ say, text, mineral }: { say: Say; text: string; mineral?: string | undefined }): VNode =>
  HASH.test(text) ? (
    <details class="hash">
      <summary>
        <code>{text.slice(0, SHOWN)}…</code>
      </summary>
      <code>{text}</code>
    </details>
  ) : (
    <>{figuresIn(say, text, mineral)}</>
  );
