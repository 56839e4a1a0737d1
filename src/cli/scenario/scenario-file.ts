import * as z from 'zod';
import { severities } from '../../core/rules/engine/rule.js';
import { readAnyJson } from '../input/read-file.js';
import { CommandError, EXIT } from '../output/terminal.js';

/** The actor that opens the ledger and registers the others. */
export const REGISTRAR = 'registrar';

/** Schemas of a scenario: its actors, their steps, and the expected findings (docs/scenarios.md). */

const name = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$/);
const instant = z.iso.datetime({ offset: true });
const point = z.tuple([z.union([z.number(), z.string()]), z.union([z.number(), z.string()])]);

/** These objects are loose: they declare what the player needs, and the ledger checks the other members. */
const actor = z.looseObject({
  roles: z.array(z.string()).min(1).optional(),
  country: z.string().length(2).optional(),
  cardValidUntil: z.iso.date().optional(),
  card: z.looseObject({}).optional(),
  alg: z.enum(['Ed25519', 'ES256']).optional(),
});

const site = z.looseObject({
  country: z.string().length(2),
  operator: name,
  minerals: z.array(z.string()).min(1),
  point: point.optional(),
  polygonRadiusDegrees: z.number().positive().optional(),
  licence: z.looseObject({}).optional(),
  capacity: z.looseObject({}).optional(),
  certification: z.int().min(0).max(3).optional(),
  activity: z.int().min(0).max(2).optional(),
  inspectedOn: z.iso.date().optional(),
});

const facility = z.looseObject({ kind: z.string(), country: z.string().length(2), point: point.optional() });

const tags = z.looseObject({ issuer: name.optional() });

const step = z.looseObject({ at: instant, recordedAt: instant.optional(), by: name, type: z.string() });

/** Strict, because a misspelt expectation would always be met. */
const expected = z.strictObject({
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
  verdicts: z
    .record(name, z.strictObject({ record: z.string(), custody: z.string(), risk: z.string() }).partial())
    .default({}),
});

export const scenarioSchema = z.looseObject({
  title: z.string().default('A scenario'),
  origin: z.string(),
  actors: z.record(name, actor).transform(withImplied),
  sites: z.record(name, site).default({}),
  facilities: z.record(name, facility).default({}),
  tags: z.array(tags).default([]),
  steps: z.array(step),
  tamper: z.array(z.looseObject({ after: z.int().min(0), sql: z.string() })).default([]),
  advanceTo: instant.optional(),
  expect: expected.default({ refused: [], findings: [], verdicts: {} }),
});

type ActorInShort = z.infer<typeof actor>;
export type Actor = ActorInShort & { roles: string[] };

/** Adds the roles that an actor's name implies, such as the registrar's. */
function withImplied(actors: Record<string, ActorInShort>): Record<string, Actor> {
  const all: Record<string, ActorInShort> = { [REGISTRAR]: {}, ...actors };
  return Object.fromEntries(
    Object.entries(all).map(([id, { roles = [id], ...rest }]): [string, Actor] => [id, { ...rest, roles }]),
  );
}

export type Scenario = z.infer<typeof scenarioSchema>;
export type Step = Scenario['steps'][number];

/** Reads a scenario; throws all its errors at once. */
export function readScenario(path: string): Scenario {
  const parsed = scenarioSchema.safeParse(readDocument(path));
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path: at, message }) => `  ${at.join('.')}: ${message}`);
  throw notAScenario(`${path} is not a scenario:\n${problems.join('\n')}`);
}

function readDocument(path: string): unknown {
  try {
    return readAnyJson(path, 'It should hold a scenario; examples/ has some.');
  } catch (error) {
    if (error instanceof CommandError) throw new CommandError(error.message, error.advice, EXIT.usage);
    throw error;
  }
}

/** Returns a usage error for a file that cannot be played, as distinct from an unexpected outcome. */
export const notAScenario = (message: string): CommandError =>
  new CommandError(message, 'docs/scenarios.md has the form.', EXIT.usage);
