import { describe, expect, it } from '@jest/globals';
import { handoverRejectedUnresolved } from '../../../src/core/rules/custody/handover-rejected-unresolved.js';
import { defaultParameters } from '../../../src/core/rules/index.js';
import { judge } from '../../../src/core/rules/engine/rule.js';
import { lot } from '../../support/scripted-log.js';
import { declares, dispatches, time, world } from '../../support/told-world.js';

const bag = lot('bag');

describe('a delivery that was rejected', () => {
  it('is a note at first, and serious once a day has passed with nothing done', () => {
    const log = world();
    declares(log, [{ lot: bag, kg: '48.6' }]);
    dispatches(log, [bag]);
    const lots = [{ lot: bag, outcome: 'rejected', reason: 'wet' }];
    log.tell('custody.received', { iss: 'trader', occurredAt: '2026-05-12T12:00:00Z', from: 'coop', lots });
    const said = () => judge(handoverRejectedUnresolved, log.facts(), defaultParameters);
    expect(said()).toMatchObject({
      findings: [{ severity: 'low', lots: [bag] }],
      deadlines: [{ at: Date.parse('2026-05-13T12:00:00Z') }],
    });
    time(log, '2026-05-13T11:59:00Z');
    expect(said().findings).toMatchObject([{ severity: 'low' }]);
    time(log, '2026-05-13T12:00:00Z');
    expect(said().findings).toMatchObject([{ severity: 'high' }]);
    dispatches(log, [bag], { occurredAt: '2026-05-14T09:00:00Z' });
    expect(said()).toMatchObject({ findings: [], deadlines: [] });
  });
});
