import type { Readable } from 'node:stream';
import { AditError } from '../../core/errors.js';

export const NDJSON_TYPE = 'application/x-ndjson';

export interface NdjsonLimits {
  maxLines: number;
  /** Of the whole body, bytes. */
  maxBytes: number;
  /** Of one line without its newline, bytes. */
  maxLineBytes: number;
}

const NEWLINE = 0x0a;
const tooLarge = (detail: string): AditError => new AditError('request-too-large', detail);

/** A value as JSON, or the coded error of its line: one bad line does not stop the others. */
function parseLine(line: Buffer, number: number): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(line)) as unknown;
  } catch {
    return new AditError('request-invalid', `Line ${number} is not JSON in UTF-8.`);
  }
}

const isBlank = (line: Buffer): boolean => line.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0d);

/**
 * The lines of a stream, one value each, read no faster than they are used; blank lines are passed over. A line that is
 * not JSON is given as an `AditError` in its place. Throws `request-too-large` past a limit.
 */
export async function* readNdjson(stream: Readable, limits: NdjsonLimits): AsyncGenerator<unknown, void, undefined> {
  let [lines, bytes, held] = [0, 0, 0];
  let parts: Buffer[] = [];
  const next = (): unknown => {
    const line = parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts);
    [parts, held] = [[], 0];
    if (isBlank(line)) return undefined;
    lines += 1;
    if (lines > limits.maxLines) throw tooLarge(`A body holds at most ${limits.maxLines} lines.`);
    return parseLine(line, lines);
  };
  const hold = (part: Buffer): void => {
    held += part.length;
    if (held > limits.maxLineBytes) throw tooLarge(`A line holds at most ${limits.maxLineBytes} bytes.`);
    parts.push(part);
  };
  // A reader that stops early leaves the stream open: destroying it would cut the connection that is to carry the answer.
  const chunks: AsyncIterable<Buffer | string> = stream.iterator({ destroyOnReturn: false });
  for await (const chunk of chunks) {
    const data = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    bytes += data.length;
    if (bytes > limits.maxBytes) throw tooLarge(`A body holds at most ${limits.maxBytes} bytes.`);
    let start = 0;
    for (let end = data.indexOf(NEWLINE); end !== -1; end = data.indexOf(NEWLINE, start)) {
      hold(data.subarray(start, end));
      start = end + 1;
      const value = next();
      if (value !== undefined) yield value;
    }
    if (start < data.length) hold(data.subarray(start));
  }
  const last = held > 0 ? next() : undefined;
  if (last !== undefined) yield last;
}
