import { createColors } from 'picocolors';
import type { EndingSignal, Host } from '../host.js';

/** Exit codes that mean something to a script. */
export const EXIT = { done: 0, error: 1, usage: 2, broken: 3, notAllowed: 4, undecided: 5 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Something went wrong that the user can do something about; `advice` says what. */
export class CommandError extends Error {
  constructor(
    message: string,
    readonly advice: string,
    readonly exitCode: ExitCode = EXIT.error,
  ) {
    super(message);
    this.name = 'CommandError';
  }
}

/** Where a command speaks: words for people, or one JSON document for scripts; colours and bars on a terminal only. */
export class Terminal {
  readonly colour;

  constructor(
    readonly json: boolean,
    private readonly host: Host = process,
    plain = false,
  ) {
    this.colour = createColors(!json && host.stdout.isTTY === true && !plain);
  }

  /** Characters that fit on a line; without end in a pipe, where what is cut cannot be found. */
  get width(): number {
    const { isTTY, columns } = this.host.stdout;
    return isTTY === true ? Math.max(20, columns ?? 80) : Infinity;
  }

  /** A line for people that is no part of the result, so that it does not end up in a file or a pipe. */
  note(line: string): void {
    if (!this.json) this.host.stderr.write(`${line}\n`);
  }

  /** A line on the error stream, also with `--json`. */
  warn(line: string): void {
    this.host.stderr.write(`${line}\n`);
  }

  /** A line for people; nothing with `--json`. */
  say(line = ''): void {
    if (!this.json) this.host.stdout.write(`${line}\n`);
  }

  /** The result for scripts; nothing without `--json`. */
  result(value: unknown): void {
    if (this.json) this.host.stdout.write(`${JSON.stringify(value)}\n`);
  }

  fail(message: string, advice: string): void {
    this.host.stderr.write(this.json ? `${JSON.stringify({ error: message, advice })}\n` : `${message}\n${advice}\n`);
  }

  /** Sets the exit code of the process, once it has nothing more to do. */
  endWith(code: ExitCode): void {
    this.host.exitCode = code;
  }

  /** Aborts when the process is asked to end by one of these signals. */
  ended(...signals: EndingSignal[]): AbortSignal {
    const ended = new AbortController();
    for (const signal of signals) this.host.once(signal, () => ended.abort());
    return ended.signal;
  }

  /** A bar that grows in place on a terminal; on anything else one line at the end. */
  progress(label: string, total: number): (done: number) => void {
    const bar = !this.json && this.host.stderr.isTTY === true;
    return (done) => {
      if (bar) {
        const width = 30;
        const filled = total === 0 ? width : Math.round((done / total) * width);
        const line = `${'█'.repeat(filled)}${'░'.repeat(width - filled)} ${done}/${total}`;
        this.host.stderr.write(`\r${label} ${line}${done === total ? '\n' : ''}`);
      } else if (done === total && !this.json) this.host.stderr.write(`${label}: ${done} of ${total}\n`);
    };
  }
}
