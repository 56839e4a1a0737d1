import { createColors } from 'picocolors';

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

interface Screen {
  write(text: string): unknown;
  isTTY?: boolean;
  columns?: number;
}

/** Where a command speaks: words for people, or one JSON document for scripts; colours and bars on a terminal only. */
export class Terminal {
  readonly colour;

  constructor(
    readonly json: boolean,
    private readonly out: Screen = process.stdout,
    private readonly err: Screen = process.stderr,
    plain = false,
  ) {
    this.colour = createColors(!json && out.isTTY === true && !plain);
  }

  /** Characters that fit on a line; without end in a pipe, where what is cut cannot be found. */
  get width(): number {
    return this.out.isTTY === true ? Math.max(20, this.out.columns ?? 80) : Infinity;
  }

  /** A line for people that is no part of the result, so that it does not end up in a file or a pipe. */
  note(line: string): void {
    if (!this.json) this.err.write(`${line}\n`);
  }

  /** A line for people; nothing with `--json`. */
  say(line = ''): void {
    if (!this.json) this.out.write(`${line}\n`);
  }

  /** The result for scripts; nothing without `--json`. */
  result(value: unknown): void {
    if (this.json) this.out.write(`${JSON.stringify(value)}\n`);
  }

  fail(message: string, advice: string): void {
    this.err.write(this.json ? `${JSON.stringify({ error: message, advice })}\n` : `${message}\n${advice}\n`);
  }

  /** A bar that grows in place on a terminal; on anything else one line at the end. */
  progress(label: string, total: number): (done: number) => void {
    const bar = !this.json && this.err.isTTY === true;
    return (done) => {
      if (bar) {
        const width = 30;
        const filled = total === 0 ? width : Math.round((done / total) * width);
        const line = `${'█'.repeat(filled)}${'░'.repeat(width - filled)} ${done}/${total}`;
        this.err.write(`\r${label} ${line}${done === total ? '\n' : ''}`);
      } else if (done === total && !this.json) this.err.write(`${label}: ${done} of ${total}\n`);
    };
  }
}
