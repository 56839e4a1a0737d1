import { channel } from 'node:diagnostics_channel';

/**
 * Publishes the steps of the work on events, for tracing. Without a subscriber (`export-steps.ts`) nothing is measured or
 * built; no other module knows of OpenTelemetry.
 */

/** Name of the channel. */
export const STEPS = 'adit:steps';

/** One step of the work on an event, in whatever process. */
export interface Step {
  /** `receive`: from the request to its answer. `append`: from the queue to the commit. `alert`: the finding's alert. */
  name: 'receive' | 'append' | 'judge' | 'alert' | 'deliver';
  /** Id of the event. */
  event: string;
  /** Beginning and end, ms since 1970 UTC. */
  from: number;
  to: number;
  /** Why it failed, if it did. */
  failure?: string | null;
  /** `traceparent` of the request (W3C Trace Context), as received. */
  traceparent?: string | undefined;
  attributes?: Record<string, string | number>;
}

const steps = channel(STEPS);

/** Returns the time as ms since 1970 UTC, with fractions. */
const now = (): number => performance.timeOrigin + performance.now();

/** Returns the beginning of a step; null: there is no subscriber. */
export const beginStep = (): number | null => (steps.hasSubscribers ? now() : null);

/** Publishes a step that began at `from` and ends now, of each of several events; does nothing where `from` is null. */
export function endSteps(
  from: number | null,
  events: Iterable<string>,
  step: Pick<Step, 'name' | 'failure' | 'traceparent' | 'attributes'>,
): void {
  if (from === null) return;
  const to = now();
  for (const event of events) steps.publish({ ...step, event, from, to } satisfies Step);
}
