import * as z from 'zod';
import { named } from './named.js';

/** Describes an event that waits for its parents (`GET /v1/waiting`). */
export const waitingEventShape = named('WaitingEvent', {
  id: z.string(),
  type: z.string(),
  iss: z.string(),
  kid: z.string(),
  lots: z.array(z.string()),
  /** Events that it follows and that are not in the log yet. */
  missing: z.array(z.string()),
  since: z.string(),
  /** Time at which it is discarded, by the log's time. */
  expiresAt: z.string(),
});
export type WaitingEventView = z.infer<typeof waitingEventShape>;
