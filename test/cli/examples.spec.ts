import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { differences } from '../../src/cli/scenario/compare.js';
import { readScenario } from '../../src/cli/scenario/scenario-file.js';

const folder = join(process.cwd(), 'examples');

/** Played from the command line by `npm run examples`, each on a ledger of its own; here only their form is read. */
describe('the supply chains in examples/', () => {
  it.each(readdirSync(folder).filter((name) => name.endsWith('.json')))('%s is a scenario', (file) => {
    expect(readScenario(join(folder, file)).steps.length).toBeGreaterThan(0);
  });
});

describe('what a scenario expects', () => {
  const found = { rule: 'tag-reused', severity: 'critical', lots: ['bag1', 'bag3'], steps: [0, 2] };
  const outcome = { accepted: 3, refused: [{ step: 1, code: 'not-holder' }], findings: [found], verdicts: {} };
  const nothing = { refused: [], findings: [], verdicts: {} };

  it('is exact: what is found and not listed is a false alarm', () => {
    expect(differences(outcome, nothing)).toEqual([
      `found and not expected: ${JSON.stringify(found)}`,
      'step 1 was refused: not-holder',
    ]);
    const expected = {
      refused: outcome.refused,
      findings: [{ rule: 'tag-reused', lots: ['bag3', 'bag1'] }],
      verdicts: {},
    };
    expect(differences(outcome, expected)).toEqual([]);
  });

  it('is told line by line where it does not hold', () => {
    const expected = {
      refused: [{ step: 2, code: 'head-moved' }],
      findings: [{ rule: 'tag-reused', steps: [9] }],
      verdicts: { bag1: { risk: 'none' } },
    };
    expect(differences(outcome, expected)).toEqual([
      'expected and not found: {"rule":"tag-reused","steps":[9]}',
      `found and not expected: ${JSON.stringify(found)}`,
      'step 2: expected head-moved, was accepted',
      'step 1 was refused: not-holder',
      'bag1 risk: expected none, is unknown',
    ]);
  });
});
