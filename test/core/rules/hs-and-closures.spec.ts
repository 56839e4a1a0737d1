import { describe, expect, it } from '@jest/globals';
import { type Finding, judge } from '../../../src/core/rules/engine/rule.js';
import { defaultParameters } from '../../../src/core/rules/index.js';
import { speedImpossible } from '../../../src/core/rules/movement/speed-impossible.js';
import { tradeClosed } from '../../../src/core/rules/origin/trade-closed.js';
import { hsContradicts } from '../../../src/core/rules/papers/hs-contradicts.js';
import { type ScriptedLog, lot } from '../../support/scripted-log.js';
import { DEPOT, declares, dispatches, exports, receives, registrar, site, world } from '../../support/told-world.js';

const bag = lot('bag');

/** Goods that are exported under one code and imported under another. */
function traded(goods: { mineral?: string; form?: string }, out: string, back?: string, source?: string): Finding[] {
  const log = world();
  declares(log, [{ lot: bag, kg: '50.3', ...goods }], source === undefined ? {} : { source });
  exports(log, [bag], { iss: 'coop', hs: out });
  if (back !== undefined)
    log.tell('lot.imported', { iss: 'abroad', occurredAt: '2026-06-20T08:00:00Z', lots: [{ lot: bag }], hs: back });
  return judge(hsContradicts, log.facts(), defaultParameters).findings;
}
const causes = (findings: readonly Finding[]): string[] => findings.map(({ cause }) => cause);

describe('a customs code', () => {
  it.each([
    ['cassiterite', 'concentrate', '2609.00'],
    ['cassiterite', 'metal', '8001.10'],
    ['coltan', 'concentrate', '2615.90.90'],
    ['wolframite', 'concentrate', '2611'],
    ['cobalt', 'hydroxide', '282200'],
    ['gold', 'dore', '7108.12'],
    ['cobalt', 'metal', '8105.20'],
  ])('of %s %s may be %s', (mineral, form, code) => {
    expect(traded({ mineral, form }, code)).toEqual([]);
  });

  it.each([
    ['coltan', 'concentrate', '2609.00'],
    ['cassiterite', 'concentrate', '8001.10'],
    ['gold', 'dore', '7112.91'],
    ['cobalt', 'hydroxide', '2605.00'],
  ])('of %s %s is not %s', (mineral, form, code) => {
    expect(causes(traded({ mineral, form }, code))).toEqual(['goods']);
  });

  it('is that of scrap where the lineage is recycled', () => {
    expect(traded({ mineral: 'gold', form: 'dore' }, '7112.91', undefined, 'recycled')).toEqual([]);
    expect(causes(traded({ mineral: 'gold', form: 'dore' }, '7112.91', undefined, 'mined'))).toEqual(['goods']);
  });

  it('is the same at export and import in its first six digits', () => {
    expect(traded({}, '2609.00.10', '26090090')).toEqual([]);
    expect(traded({}, '2609', '2609.00')).toEqual([]);
    expect(causes(traded({}, '2609.00', '2611.00'))).toEqual(['goods', 'changed']);
  });
});

/** Lots that are declared at a site and exported. */
function closed(mineral: string, day: string, more: Record<string, unknown>): string[] {
  const log = world();
  site(log, 'pit', more);
  log.tell('facility.registered', { ...registrar, facility: 'gate', kind: 'border', country: more.country });
  const occurredAt = `${day}T08:00:00Z`;
  declares(log, [{ lot: bag, kg: '50.3', mineral, form: 'hydroxide' }], { place: { site: 'pit' }, occurredAt });
  exports(log, [bag], { iss: 'coop', place: { facility: 'gate' }, occurredAt });
  return judge(tradeClosed, log.facts(), defaultParameters).findings.map(({ cause }) => cause);
}

describe('a ban of exports or of mining', () => {
  it.each([
    ['2025-02-21', []],
    ['2025-02-22', ['export:CD:2025-02-22']],
    ['2025-10-15', ['export:CD:2025-02-22']],
    ['2025-10-16', []],
  ])('is in force on its days (%s)', (day, found) => {
    expect(closed('cobalt', day, { country: 'CD' })).toEqual(found);
  });

  it('is of its country, mineral and region', () => {
    expect(closed('cobalt', '2025-05-01', { country: 'ZM' })).toEqual([]);
    expect(closed('coltan', '2025-05-01', { country: 'CD' })).toEqual([]);
    expect(closed('coltan', '2010-12-01', { country: 'CD', region: 'Nord-Kivu' })).toEqual(['mining:CD:2010-09-11']);
    expect(closed('coltan', '2010-12-01', { country: 'CD', region: 'Lualaba' })).toEqual([]);
  });
});

/** A truck from the hill to the depot, 23 km, that arrives so many minutes later. */
function driven(minutes: number, own: Record<string, unknown> = {}): ScriptedLog {
  const log = world();
  declares(log, [{ lot: bag, kg: '50.3' }]);
  dispatches(log, [bag], { mode: 'truck', place: { site: 'hill' }, ...own });
  const occurredAt = new Date(Date.parse('2026-05-12T09:00:00Z') + minutes * 60_000).toISOString();
  const received = { occurredAt, place: { ...DEPOT, accuracyM: '10' }, ...own };
  receives(log, { [bag]: '50.3' }, { iss: own.device === undefined ? 'trader' : 'coop', ...received });
  return log;
}

describe('a way that is too fast', () => {
  const severities = (log: ScriptedLog): string[] =>
    judge(speedImpossible, log.facts(), defaultParameters).findings.map(({ severity }) => severity);

  it('is low where half an hour between two clocks explains it', () => {
    expect([25, 10, -5].map((minutes) => severities(driven(minutes)))).toEqual([[], ['low'], ['low']]);
  });

  it('is high where it does not', () => {
    expect(severities(driven(-40))).toEqual(['high']);
    expect(severities(driven(10, { device: 'phone' }))).toEqual(['high']);
  });
});
