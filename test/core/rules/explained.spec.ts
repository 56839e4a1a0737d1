import { describe, expect, it } from '@jest/globals';
import { rulesDocument } from '../../../src/core/rules/engine/document.js';
import { judge } from '../../../src/core/rules/engine/rule.js';
import { defaultParameters, rules } from '../../../src/core/rules/index.js';
import { siteAbandoned } from '../../../src/core/rules/origin/site-abandoned.js';
import { declares, inspect, world } from '../../support/told-world.js';
import { lot } from '../../support/scripted-log.js';

/** Parties that can clear something up. */
const PARTIES =
  /\b(?:actor|agent|assayer|authority|backup|buyer|carrier|exporter|facility|holder|importer|laboratory|operator|owner|parties|payer|person|persons|plant|receiver|refiners|registrar|sender|sides|signer|signers|site|supplier|witness)\b/;
/** Events that close a finding, or answer it, and other ends of it. */
const ENDS = /`[a-z]+\.[a-zA-Z]+`|`closed`|closes|does not|guard|returns/;

describe('each rule', () => {
  it.each(rules.map((rule) => [rule.id, rule] as const))(
    '%s names its likeliest causes, who can clear it up and how',
    (id, { causes, advice, means, doesNotMean }) => {
      for (const text of [causes.innocent, causes.bad]) {
        expect(text).toMatch(/^[a-z]/);
        expect(text.split(' ').length).toBeGreaterThanOrEqual(2);
        expect(text).not.toMatch(/\.$/);
      }
      expect(causes.innocent).not.toBe(causes.bad);
      expect(means.length).toBeGreaterThan(20);
      expect(doesNotMean.length).toBeGreaterThan(20);
      expect(advice).toMatch(PARTIES);
      expect(advice).toMatch(ENDS);
      const [, after = ''] = rulesDocument().split(`### \`${id}\``);
      const [section = ''] = after.split('### ');
      expect(section).toContain(`if nothing is wrong, ${causes.innocent}; at worst, ${causes.bad}`);
    },
  );
});

describe('each finding', () => {
  it('names the likeliest causes, and who can clear it up', () => {
    const log = world();
    inspect(log, 'hill', '2026-05-01', 1, 0);
    declares(log, [{ lot: lot('bag'), kg: '50.3' }]);
    const [found] = judge(siteAbandoned, log.facts(), defaultParameters).findings;
    expect(found?.detail).toBe(
      'Site hill was abandoned by the inspection of 2026-05-01, and coop declares mineral from there 11 days later. ' +
        'Likeliest: work began again before an inspector came; at worst: mineral of another place uses the name of a site that nobody watches. ' +
        'Ask the operator of the site who dug there and since when, and the authority for a visit.',
    );
  });
});
