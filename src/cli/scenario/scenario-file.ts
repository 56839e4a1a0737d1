import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { severities } from '../../core/rules/rule.js';
import { CommandError } from '../terminal.js';

/** A supply chain as data: who is in it, what they do, and what the verifiers must find (docs/scenarios.md). */

const name = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$/);
const instant = z.iso.datetime({ offset: true });
const point = z.tuple([z.number(), z.number()]);

const actor = z.strictObject({
  roles: z.array(z.string()).min(1),
  country: z.string().length(2).optional(),
  legalName: z.string().optional(),
  cardValidUntil: z.iso.date().optional(),
  alg: z.enum(['Ed25519', 'ES256']).optional(),
});

const site = z.strictObject({
  country: z.string().length(2),
  operator: name,
  minerals: z.array(z.string()).min(1),
  point: point.optional(),
  polygonRadiusDegrees: z.number().positive().optional(),
  licence: z.record(z.string(), z.unknown()).optional(),
  capacity: z
    .strictObject({
      workers: z.int().min(0),
      kilogramsPerWorkerMonth: z.union([
        z.number(),
        z.string(),
        z.record(z.string(), z.union([z.number(), z.string()])),
      ]),
    })
    .optional(),
  certification: z.int().min(0).max(3).optional(),
  activity: z.int().min(0).max(2).optional(),
  inspectedOn: z.iso.date().optional(),
});

const facility = z.strictObject({
  kind: z.string(),
  country: z.string().length(2),
  point: point.optional(),
  operator: name.optional(),
  capacityPerMonth: z.string().optional(),
});

const tags = z.strictObject({
  issuer: name,
  series: z.string(),
  from: z.int().min(0),
  to: z.int().min(0),
  digits: z.int().optional(),
  site: name,
});

const step = z.looseObject({ at: instant, recordedAt: instant.optional(), by: name, type: z.string() });

const verdicts = z.strictObject({ record: z.string(), custody: z.string(), risk: z.string() }).partial();

export const scenarioSchema = z.strictObject({
  title: z.string(),
  description: z.string().optional(),
  origin: z.string(),
  actors: z.record(name, actor),
  sites: z.record(name, site).default({}),
  facilities: z.record(name, facility).default({}),
  tags: z.array(tags).default([]),
  steps: z.array(step),
  tamper: z.array(z.strictObject({ after: z.int().min(0), sql: z.string() })).default([]),
  advanceTo: instant.optional(),
  expect: z
    .strictObject({
      refused: z.array(z.strictObject({ step: z.int().min(0), code: z.string() })).default([]),
      findings: z
        .array(
          z.strictObject({
            rule: z.string(),
            lots: z.array(name).optional(),
            severity: z.enum(severities).optional(),
            steps: z.array(z.int()).optional(),
          }),
        )
        .default([]),
      verdicts: z.record(name, verdicts).default({}),
    })
    .default({ refused: [], findings: [], verdicts: {} }),
});

export type Scenario = z.infer<typeof scenarioSchema>;
export type Step = Scenario['steps'][number];

/** Reads a scenario; every mistake in it is told at once. */
export function readScenario(path: string): Scenario {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new CommandError(
      `${path} cannot be read: ${(error as Error).message}`,
      'A scenario is a JSON file; see examples/.',
    );
  }
  const parsed = scenarioSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path: at, message }) => `  ${at.join('.')}: ${message}`);
  throw new CommandError([`${path} is not a scenario:`, ...problems].join('\n'), 'docs/scenarios.md has the form.');
}
