import type { VNode } from 'preact';

const MARKS = /(`[^`]+`|\*[A-Za-z]+\*)/;

/** Renders a text with backticks as code and asterisks as emphasis. */
export const Prose = ({ text }: { text: string }): VNode => (
  <>
    {text.split(MARKS).map((part) => {
      if (part.length > 2 && part.startsWith('`') && part.endsWith('`')) return <code>{part.slice(1, -1)}</code>;
      if (part.length > 2 && part.startsWith('*') && part.endsWith('*')) return <em>{part.slice(1, -1)}</em>;
      return part;
    })}
  </>
);
