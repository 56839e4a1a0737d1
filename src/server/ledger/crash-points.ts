/** The places where a fault test may kill the process, in the order in which an append passes them. */
export const crashPoints = [
  'after-verify',
  'before-begin',
  'after-lock',
  'after-admission',
  'after-entries',
  'before-commit',
  'after-commit',
  'after-guard',
  'after-sign',
  'before-reply',
] as const;

export type CrashPoint = (typeof crashPoints)[number];

/** Kills this process at the n-th passage of one named point, as a power cut would; without a setting it does nothing. */
export class Crash {
  private passages = 0;

  /** @param setting `point:n`, or null. */
  constructor(private readonly setting: { point: CrashPoint; passage: number } | null) {}

  reach(point: CrashPoint): void {
    if (this.setting?.point !== point) return;
    this.passages += 1;
    if (this.passages === this.setting.passage) process.kill(process.pid, 'SIGKILL');
  }
}
