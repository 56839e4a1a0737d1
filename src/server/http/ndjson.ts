import type { Readable } from 'node:stream';
import { AditError } from '../../core/errors.js';

export const NDJSON_TYPE = 'application/x-ndjson';

export interface NdjsonLimits {
  maxLines: number;
  /** Bytes of the whole body at most. */
  maxBytes: number;
  /** Bytes of one line without its newline at most. */
  maxLineBytes: number;
}

const NEWLINE = 0x0a;
const tooLarge = (detail: string): AditError => new AditError('request-too-large', detail);

/** Parses a line as JSON, or returns its coded error, so that one bad line does not stop the others. */
function parseLine(line: Buffer, number: number): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(line)) as unknown;
  } catch {
    return new AditError('request-invalid', `Line ${number} is not JSON in UTF-8.`);
  }
}

const isBlank = (line: Buffer): boolean => line.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0d);

/**
 * Reads the lines of a stream, one value each, no faster than the caller takes them; skips blank lines. A line that is
 * not JSON yields an `AditError`. Throws `request-too-large` above a limit.
 */
export async function* readNdjson(stream: Readable, limits: NdjsonLimits): AsyncGenerator<unknown, void, undefined> {
  let [lines, bytes, held] = [0, 0, 0];
  let parts: Buffer[] = [];
  const next = (): unknown => {
    const line = parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts);
    [parts, held] = [[], 0];
    if (isBlank(line)) return undefined;
    lines += 1;
    if (lines > limits.maxLines) throw tooLarge(`A body may have at most ${limits.maxLines} lines.`);
    return parseLine(line, lines);
  };
  const hold = (part: Buffer): void => {
    held += part.length;
    if (held > limits.maxLineBytes) throw tooLarge(`A line may have at most ${limits.maxLineBytes} bytes.`);
    parts.push(part);
  };
  // A caller that stops early must not destroy the stream: that would close the connection before the answer.
  const chunks: AsyncIterable<Buffer | string> = stream.iterator({ destroyOnReturn: false });
  for await (const chunk of chunks) {
    const data = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    bytes += data.length;
    if (bytes > limits.maxBytes) throw tooLarge(`A body may have at most ${limits.maxBytes} bytes.`);
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
