import * as z from 'zod';

export const liveShape = z.strictObject({ status: z.literal('alive') });
export const startupShape = z.strictObject({ started: z.boolean() });

/** Describes whether the service can process requests (`GET /readyz`). */
export const readinessShape = z.strictObject({
  ready: z.boolean(),
  checks: z.record(z.string(), z.string()).describe('By the name of each check: `ready`, or why not'),
  degraded: z
    .record(z.string(), z.string())
    .optional()
    .describe('What is wrong though requests can be served; absent where nothing is'),
});
export type Readiness = z.infer<typeof readinessShape>;
