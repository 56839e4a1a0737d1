import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Facts } from '../../../src/core/rules/engine/facts.js';
import { type CatalogueRule, defaultParameters, ruleById } from '../../../src/core/rules/index.js';
import type { Judgement } from '../../../src/core/rules/engine/rule.js';
import { Database } from '../../../src/server/database/database.js';
import { RULE_FAILED, runRules } from '../../../src/server/verification/judging/run-rules.js';
import { writeFindings } from '../../../src/server/verification/judging/write-findings.js';
import { type TestDatabase, testDatabase } from '../../support/database.js';
import { LOG, lot } from '../../support/scripted-log.js';
import { declares, time, world } from '../../support/told-world.js';

const sound = ruleById.get('tag-unknown') as CatalogueRule;
const { version } = sound;
/** Fails on whatever names the lot of that name, and on nothing else. */
const failingOn = (...names: string[]): CatalogueRule => ({
  ...sound,
  id: 'tag-unknown',
  evaluate: (facts, parameters) => {
    const text = JSON.stringify(facts.entries.map(({ event }) => event.payload));
    if (names.some((name) => text.includes(lot(name)))) throw new TypeError('no such tag');
    return sound.evaluate(facts, parameters);
  },
});

/** A bag a day: `a` on the 13th, `b` on the 14th. */
function told(): Facts {
  const log = world();
  const before = log.entries.length;
  for (const [name, day] of [
    ['a', '13'],
    ['c', '13'],
    ['b', '14'],
  ] as const) {
    time(log, `2026-05-${day}T09:00:00Z`);
    declares(log, [{ lot: lot(name), kg: '50.3' }], { occurredAt: `2026-05-${day}T08:00:00Z` });
  }
  return log.facts(before);
}

const failures = (judgements: readonly Judgement[]): Judgement['findings'] =>
  judgements.filter(({ rule }) => rule === RULE_FAILED).flatMap(({ findings }) => findings);

describe('a rule that fails', () => {
  it('is told once for each day of the log on which it did, and names nobody who could explain it away', () => {
    const once = failures(runRules([failingOn('a')], told(), defaultParameters));
    expect(once).toMatchObject([
      { subject: 'tag-unknown', cause: `version ${version}, 2026-05-13`, measured: 'no such tag' },
    ]);
    const found = failures(runRules([failingOn('a', 'b', 'c')], told(), defaultParameters));
    expect(found.map(({ cause }) => cause)).toEqual([
      `version ${version}, 2026-05-13`,
      `version ${version}, 2026-05-14`,
    ]);
    expect(Number(found[0]?.firstIndex)).toBeLessThan(Number(found[1]?.firstIndex));
    for (const { lots, events } of found) expect({ lots, events }).toEqual({ lots: [], events: [] });
  });

  it('leaves what it could not judge undecided, and all else judged', () => {
    const judgements = runRules([failingOn('a'), sound], told(), defaultParameters);
    expect(judgements.flatMap(({ undecided }) => undecided)).toMatchObject([
      { lots: [lot('a')], reason: 'The rule failed: no such tag' },
    ]);
    expect(judgements.filter(({ rule }) => rule === 'tag-unknown').length).toBeGreaterThan(1);
  });

  describe('in a database', () => {
    let place: TestDatabase;
    let database: Database;
    beforeAll(async () => {
      place = await testDatabase();
      database = new Database({ url: place.url, failed: () => undefined });
    });
    afterAll(async () => {
      await database.close();
      await place.drop();
    });

    it('opens anew for what fails after it was answered as mended, and not for what that answer was about', async () => {
      const write = (...names: string[]): Promise<number> =>
        writeFindings(database, runRules([failingOn(...names)], told(), defaultParameters), {
          log: LOG,
          parameters: defaultParameters,
          now: Date.parse('2026-05-14T09:00:00Z'),
        });
      const open = async (): Promise<unknown[]> =>
        (await database.query(`SELECT cause FROM findings WHERE status = 'open'`)).rows;
      expect(await write('a')).toBe(1);
      await database.query(`UPDATE findings SET status = 'closed', answered = 9, closed_at = 0`);
      expect(await write('a')).toBe(0);
      expect(await open()).toEqual([]);
      expect(await write('b')).toBe(1);
      expect(await open()).toEqual([{ cause: `version ${version}, 2026-05-14` }]);
    });
  });
});
