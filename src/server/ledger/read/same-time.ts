import { setTimeout as sleep } from 'node:timers/promises';

/** Interval of refusals, ms: more than a look-up takes. */
const STEP = 50;

/**
 * Waits until the next multiple of an interval since the look-up began (`performance.now()`). What is hidden has more to be looked up than what
 * does not exist, such as what was made of a lot; without the wait the time of the refusal would show which of the two it is.
 */
export async function untilNextStep(begun: number): Promise<void> {
  const elapsed = performance.now() - begun;
  await sleep(Math.ceil(Math.max(1, Math.ceil(elapsed / STEP)) * STEP - elapsed));
}
