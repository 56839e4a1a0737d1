import { describe, expect, it } from '@jest/globals';
import { findingsIn, found } from '../../support/found.js';
import { type ScriptedLog, lot } from '../../support/scripted-log.js';
import { declares, inspect, site, world } from '../../support/told-world.js';

const bag = lot('bag');

const licensedAs = (...kinds: string[]): ScriptedLog => {
  const log = world();
  const [first = '', ...others] = kinds.map((kind, i) => ({ licence: { kind, number: `SYN-${i}`, holder: 'coop' } }));
  site(log, 'ridge', first === '' ? {} : first);
  for (const other of others)
    log.tell('site.updated', { iss: 'agent', occurredAt: '2026-02-01T08:00:00Z', site: 'ridge', ...other });
  declares(log, [{ lot: bag, kg: '50.3' }], { place: { site: 'ridge' } });
  return log;
};

describe('the kind of a licence', () => {
  it.each([
    'unlicensed',
    'Unlicenced',
    'none',
    'exploration_permit',
    'prospecting licence',
    'permis-de-recherche',
    'revoked',
  ])('%s gives no right to sell', (kind) => {
    expect(findingsIn(licensedAs(kind))).toMatchObject([{ rule: 'licence-invalid', severity: 'high', measured: kind }]);
  });

  it.each(['artisanal_permit', 'permis_exploitation', 'exploration_and_mining', 'small-scale', 'ZEA', 'nonexclusive'])(
    '%s does not forbid it',
    (kind) => {
      expect(found(licensedAs(kind))).toEqual([]);
    },
  );

  it('does not matter where another licence covers the same', () => {
    expect(found(licensedAs('exploration_permit', 'exploitation_permit'))).toEqual([]);
  });
});

/** Two tonnes within June at a site of forty workers, whose number is tripled on the first. */
const raised = (to: number, ...inspections: string[]): ScriptedLog => {
  const log = world();
  const rates = { kilogramsPerWorkerMonth: { cassiterite: '40' } };
  site(log, 'ridge', { capacity: { workers: 40, ...rates } });
  for (const date of inspections.filter((each) => each < '2026-06-01')) inspect(log, 'ridge', date, 1);
  log.tell('site.updated', {
    iss: 'agent',
    occurredAt: '2026-06-01T08:00:00Z',
    site: 'ridge',
    capacity: { workers: to, ...rates },
  });
  for (let i = 0; i < 10; i += 1)
    declares(log, [{ lot: lot(`heap ${i}`), kg: `200.${i}` }], {
      occurredAt: `2026-06-${String(10 + i)}T08:00:00Z`,
      place: { site: 'ridge' },
    });
  for (const date of inspections.filter((each) => each > '2026-06-01')) inspect(log, 'ridge', date, 1);
  return log;
};

describe('a capacity that was raised', () => {
  it('counts if an inspection of the weeks around confirms it, or from the next one on', () => {
    expect(found(raised(120, '2026-01-20'))).toEqual(['site-over-capacity']);
    expect(found(raised(120, '2026-01-20', '2026-05-20'))).toEqual([]);
    expect(found(raised(120, '2026-01-20', '2026-06-25'))).toEqual([]);
    expect(found(raised(120, '2026-01-20', '2026-07-25'))).toEqual(['site-over-capacity']);
  });

  it('says which one does not count', () => {
    const [finding] = findingsIn(raised(120, '2026-01-20'));
    expect(finding?.threshold).toBe('1600 KGM');
    expect(finding?.detail).toContain(
      'A capacity of 120 workers was logged on 2026-06-01 and no inspection confirms it.',
    );
    const [small] = findingsIn(raised(42, '2026-01-20'));
    expect(small?.detail).not.toContain('no inspection confirms it');
  });

  it('counts by itself at a site that nobody inspects, and when it is lowered', () => {
    expect(found(raised(120))).toEqual([]);
    expect(findingsIn(raised(20, '2026-01-20'))[0]?.threshold).not.toBe('1600 KGM');
  });
});
