import { operator } from '../operator.js';
import type { Cast } from './cast.js';
import { type Step, notAScenario } from './scenario-file.js';
import type { Stage } from './stage.js';

/** Describes the finding that an answer is for, because its id is not known in advance. */
interface Named {
  rule: string;
  lots?: string[];
}

const isNamed = (value: unknown): value is Named =>
  typeof value === 'object' && value !== null && 'rule' in value && typeof value.rule === 'string';

/** Adds the finding's id to an answer, once the workers have found it. */
export async function withFinding(step: Step, { server, client }: Stage, cast: Cast): Promise<Step> {
  const { finding } = step;
  if (step.type !== 'finding.answered' || !isNamed(finding)) return step;
  await (await operator()).verifyNow(server);
  const lots = (finding.lots ?? []).map((name) => cast.lot(name) ?? name);
  for await (const found of client.findings({ status: 'open' }))
    if (found.rule === finding.rule && lots.every((lot) => found.lots.includes(lot)))
      return { ...step, finding: found.id };
  throw notAScenario(`The step of ${step.at} answers ${JSON.stringify(finding)}, which nobody has found by then.`);
}
