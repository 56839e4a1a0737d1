import type { VNode } from 'preact';
import { encode } from 'uqr';

/** Quiet zone around a code, modules (ISO/IEC 18004). */
const QUIET = 4;

/** Returns the dark modules of the QR code of a text as one path, and the width of its field in modules. */
export function qrPath(text: string): { path: string; width: number } {
  const { data, size } = encode(text, { ecc: 'M', border: 0 });
  const runs = data.flatMap((row, y) => {
    const found: string[] = [];
    for (let x = 0; x < size; x += 1) {
      if (row[x] !== true) continue;
      let end = x;
      while (row[end] === true) end += 1;
      found.push(`M${x + QUIET} ${y + QUIET}h${end - x}v1h-${end - x}z`);
      x = end;
    }
    return found;
  });
  return { path: runs.join(''), width: size + 2 * QUIET };
}

/** Draws the QR code of a text, dark on light in every scheme so that each camera reads it. */
export function Qr({ text, label }: { text: string; label: string }): VNode {
  const { path, width } = qrPath(text);
  return (
    <svg class="qr" viewBox={`0 0 ${width} ${width}`} role="img" aria-label={label} shape-rendering="crispEdges">
      <path d={path} />
    </svg>
  );
}
