/** A destination of text: a terminal, a pipe or a file. */
export interface Screen {
  write(text: string): unknown;
  isTTY?: boolean;
  columns?: number;
}

/** Signals by which a person or a supervisor ends a program. */
export type EndingSignal = 'SIGINT' | 'SIGTERM';

/** The part of `process` that commands use; tests substitute it. */
export interface Host {
  readonly stdout: Screen;
  readonly stderr: Screen;
  exitCode?: number | string | null | undefined;
  once(signal: EndingSignal, listener: () => void): unknown;
}
