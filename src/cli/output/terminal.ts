import { createColors } from 'picocolors';
import type { EndingSignal, Host } from '../host.js';

/** Exit codes for scripts. */
export const EXIT = { done: 0, error: 1, usage: 2, broken: 3, notAllowed: 4, undecided: 5 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** An error that the user can fix; `advice` is the remedy. */
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

/** Output of a command: text for people, or one JSON document for scripts; colours and bars on a terminal only. */
export class Terminal {
  readonly colour;

  constructor(
    readonly json: boolean,
    private readonly host: Host = process,
    plain = false,
  ) {
    this.colour = createColors(!json && host.stdout.isTTY === true && !plain);
  }

  /** Characters of a line; unlimited in a pipe, where cut text would be lost. */
  get width(): number {
    const { isTTY, columns } = this.host.stdout;
    return isTTY === true ? Math.max(20, columns ?? 80) : Infinity;
  }

  /** Writes a line for people that is not part of the result, so that it never enters a file or pipe. */
  note(line: string): void {
    if (!this.json) this.host.stderr.write(`${line}\n`);
  }

  /** Writes a line to the error stream, also with `--json`. */
  warn(line: string): void {
    this.host.stderr.write(`${line}\n`);
  }

  /** Writes a line for people; nothing with `--json`. */
  say(line = ''): void {
    if (!this.json) this.host.stdout.write(`${line}\n`);
  }

  /** Writes the result for scripts; nothing without `--json`. */
  result(value: unknown): void {
    if (this.json) this.host.stdout.write(`${JSON.stringify(value)}\n`);
  }

  fail(message: string, advice: string): void {
    this.host.stderr.write(this.json ? `${JSON.stringify({ error: message, advice })}\n` : `${message}\n${advice}\n`);
  }

  /** Sets the exit code of the process. */
  endWith(code: ExitCode): void {
    this.host.exitCode = code;
  }

  /** Returns a signal that aborts at one of these signals of the process. */
  ended(...signals: EndingSignal[]): AbortSignal {
    const ended = new AbortController();
    for (const signal of signals) this.host.once(signal, () => ended.abort());
    return ended.signal;
  }

  /** Shows a growing bar on a terminal; elsewhere one line at the end. */
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
