/** Where a program writes text: a terminal, a pipe or a file. */
export interface Screen {
  write(text: string): unknown;
  isTTY?: boolean;
  columns?: number;
}

/** Signals by which a person or a supervisor ends a program. */
export type EndingSignal = 'SIGINT' | 'SIGTERM';

/** What commands use of the process that runs them: `process` itself, or what stands for one inside a test. */
export interface Host {
  readonly stdout: Screen;
  readonly stderr: Screen;
  exitCode?: number | string | null | undefined;
  once(signal: EndingSignal, listener: () => void): unknown;
}
