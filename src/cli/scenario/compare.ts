import type { Outcome } from './play.js';
import type { Scenario } from './scenario-file.js';

type Expected = Scenario['expect'];
type ExpectedFinding = Expected['findings'][number];

const same = (a: readonly unknown[], b: readonly unknown[]): boolean => JSON.stringify(a) === JSON.stringify(b);

/** A finding meets an expectation if it agrees in everything that the expectation says. */
function meets(found: Outcome['findings'][number], expected: ExpectedFinding): boolean {
  return (
    found.rule === expected.rule &&
    (expected.severity === undefined || found.severity === expected.severity) &&
    (expected.lots === undefined || same(found.lots, expected.lots.toSorted())) &&
    (expected.steps === undefined ||
      same(
        found.steps,
        expected.steps.toSorted((a, b) => a - b),
      ))
  );
}

/** What differs between what was expected and what came, one line each; none if the expectation holds. Findings are exact. */
export function differences(outcome: Outcome, expected: Expected): string[] {
  const lines: string[] = [];
  const left = [...outcome.findings];
  for (const finding of expected.findings) {
    const at = left.findIndex((found) => meets(found, finding));
    if (at === -1) lines.push(`expected and not found: ${JSON.stringify(finding)}`);
    else left.splice(at, 1);
  }
  for (const found of left) lines.push(`found and not expected: ${JSON.stringify(found)}`);
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
