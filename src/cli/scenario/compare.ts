import type { Outcome } from './outcome.js';
import type { Scenario } from './scenario-file.js';

type Expected = Scenario['expect'];
type ExpectedFinding = Expected['findings'][number];

const includes = <T>(all: readonly T[], some: readonly T[] = []): boolean => some.every((one) => all.includes(one));

/** Whether a finding has everything that the expectation has; it may name more lots and steps. */
function meets(found: Outcome['findings'][number], expected: ExpectedFinding): boolean {
  return (
    found.rule === expected.rule &&
    (expected.severity === undefined || found.severity === expected.severity) &&
    includes(found.lots, expected.lots) &&
    includes(found.steps, expected.steps)
  );
}

/**
 * Returns the differences between expectation and outcome, one a line. Findings are exact: no expected one is missing,
 * and no other is present.
 */
export function differences(outcome: Outcome, expected: Expected): string[] {
  const lines: string[] = [];
  for (const finding of expected.findings)
    if (!outcome.findings.some((found) => meets(found, finding)))
      lines.push(`expected and not found: ${JSON.stringify(finding)}`);
  for (const found of outcome.findings)
    if (!expected.findings.some((finding) => meets(found, finding)))
      lines.push(`found and not expected: ${JSON.stringify(found)}`);
  const refused = new Map(outcome.refused.map(({ step, code }) => [step, code]));
  for (const { step, code } of expected.refused) {
    if (refused.get(step) !== code)
      lines.push(`step ${step}: expected ${code}, was ${refused.get(step) ?? 'accepted'}`);
    refused.delete(step);
  }
  for (const [step, code] of refused) lines.push(`step ${step} was refused: ${code}`);
  for (const [lot, verdicts] of Object.entries(expected.verdicts))
    for (const [axis, word] of Object.entries(verdicts)) {
      const given: string | undefined = outcome.verdicts[lot]?.[axis as keyof Outcome['verdicts'][string]];
      if (given !== word) lines.push(`${lot} ${axis}: expected ${word}, is ${given ?? 'unknown'}`);
    }
  return lines;
}
