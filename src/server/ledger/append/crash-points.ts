/** Points of an append at which a fault test may kill the process, in order. */
export const appendPoints = [
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

/** Points of a checkpoint on its way to witnesses and readers. */
export const witnessPoints = ['before-witness', 'after-cosigned', 'after-witnessed'] as const;

const crashPoints = [...appendPoints, ...witnessPoints];

type CrashPoint = (typeof crashPoints)[number];

/** Kills this process at the n-th passage of a point, like a power failure; does nothing without a setting. */
export class Crash {
  private passages = 0;
  private point: string | null = null;
  private passage = 0;
  private dead = false;
  private die: () => void = () => void process.kill(process.pid, 'SIGKILL');

  /** @param setting `point:n`, or null. Throws a RangeError for an unknown point. */
  constructor(setting: string | null) {
    this.set(setting);
  }

  /**
   * Makes `die` throw at that passage and at every later point, so that one process of a test can simulate many
   * crashes.
   */
  arm(setting: string, die: () => never): void {
    this.passages = 0;
    this.die = die;
    this.set(setting);
  }

  private set(setting: string | null): void {
    const [point = '', passage] = setting?.split(':') ?? [];
    if (setting !== null && !crashPoints.some((known) => known === point))
      throw new RangeError(`There is no crash point ${point}; there are ${crashPoints.join(', ')}.`);
    this.point = setting === null ? null : point;
    this.passage = Number(passage);
  }

  reach(point: CrashPoint): void {
    if (this.dead) this.die();
    if (this.point !== point) return;
    this.passages += 1;
    this.dead = this.passages === this.passage;
    if (this.dead) this.die();
  }
}
