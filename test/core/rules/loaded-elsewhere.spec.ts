import { describe, expect, it } from '@jest/globals';
import { type Finding, judge } from '../../../src/core/rules/engine/rule.js';
import { defaultParameters } from '../../../src/core/rules/index.js';
import { loadedElsewhere } from '../../../src/core/rules/origin/loaded-elsewhere.js';
import { type ScriptedLog, lot } from '../../support/scripted-log.js';
import { declares, dispatches, receives, site, world } from '../../support/told-world.js';

const found = (log: ScriptedLog): Finding[] => judge(loadedElsewhere, log.facts(), defaultParameters).findings;

const FAR = { lat: '-2.1634', lon: '29.8211', accuracyM: '12' };
const [one, two] = [lot('one'), lot('two')];

/** Two bags, of the hill and of the ridge, loaded together. */
function loaded(place: Record<string, unknown>): ScriptedLog {
  const log = world();
  site(log, 'ridge');
  declares(log, [{ lot: one, kg: '50.3' }]);
  declares(log, [{ lot: two, kg: '48.1' }], { place: { site: 'ridge' } });
  dispatches(log, [one, two], { place });
  return log;
}

describe('loaded-elsewhere', () => {
  it('names only the lots of another site', () => {
    const [finding, ...more] = found(loaded({ site: 'ridge' }));
    expect(more).toEqual([]);
    expect(finding).toMatchObject({ cause: 'site:hill', lots: [one], measured: 'site ridge' });
  });

  it('does not judge a registered place, undisclosed coordinates, or a dispatch without a place', () => {
    expect(found(loaded({ facility: 'depot' }))).toEqual([]);
    expect(found(loaded({ site: 'hill', facility: 'depot' }))).toEqual([]);
    const log = world();
    declares(log, [{ lot: one, kg: '50.3' }]);
    dispatches(log, [one]);
    expect(found(log)).toEqual([]);
  });

  it('judges the first transport only', () => {
    const log = world();
    declares(log, [{ lot: one, kg: '50.3' }]);
    dispatches(log, [one], { place: { site: 'hill' } });
    receives(log, { [one]: '50.2' });
    dispatches(log, [one], { iss: 'trader', to: 'exporter', place: FAR, occurredAt: '2026-05-14T09:00:00Z' });
    expect(found(log)).toEqual([]);
  });

  it('grants a place its accuracy', () => {
    const at = (accuracyM: string) => found(loaded({ ...FAR, accuracyM })).flatMap(({ lots }) => lots);
    // The place of the ridge is not registered.
    expect(at('12')).toEqual([one]);
    expect(at('60000')).toEqual([]);
  });
});
