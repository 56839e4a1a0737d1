import { describe, expect, it } from '@jest/globals';
import type { Facts } from '../../../src/core/rules/engine/facts.js';
import { massGained } from '../../../src/core/rules/mass/mass-gained.js';
import { defaultParameters } from '../../../src/core/rules/index.js';
import { type Finding, judge } from '../../../src/core/rules/engine/rule.js';
import { declare, declared, dispatch, handOver, kilograms, lot } from '../../support/scripted-log.js';

const bag = lot('bag');
const sn = (value: string): object => ({ analyte: 'Sn', value, uom: 'P1', basis: 'dry' });
const found = (facts: Facts): Finding[] => judge(massGained, facts, defaultParameters).findings;

describe('mass gained in a handover', () => {
  it('is critical beyond one percent, with the weight and the highest that would have passed', () => {
    const log = declared(bag, '48.6');
    const receipt = handOver(log, bag, '50.1');
    expect(found(log.facts())).toEqual([
      expect.objectContaining({
        rule: 'mass-gained',
        severity: 'critical',
        lots: [bag],
        events: [receipt.event.id],
        measured: '50.1 KGM',
        threshold: '48.8 KGM',
        firstIndex: receipt.index,
      }),
    ]);
  });

  it('is medium between half a percent and one', () => {
    const log = declared(bag, '100');
    handOver(log, bag, '100.7');
    expect(found(log.facts())).toEqual([expect.objectContaining({ severity: 'medium', measured: '100.7 KGM' })]);
  });

  it('is measurement error up to exactly half a percent', () => {
    const log = declared(bag, '100');
    handOver(log, bag, '100.5');
    expect(found(log.facts())).toEqual([]);
    const more = declared(bag, '100');
    handOver(more, bag, '100.500001');
    expect(found(more.facts())).toHaveLength(1);
  });

  it('keeps quiet about a loss', () => {
    const log = declared(bag, '48.6');
    handOver(log, bag, '47.5');
    expect(found(log.facts())).toEqual([]);
  });

  it('compares with what the sender weighed at dispatch', () => {
    const log = declared(bag, '48.6');
    handOver(log, bag, '48.6', '47.5');
    expect(found(log.facts())).toEqual([expect.objectContaining({ threshold: '47.7 KGM' })]);
  });

  it('is stricter for gold', () => {
    const gold = { mineral: 'gold', form: 'dore' };
    const log = declared(bag, '0.8947', gold);
    handOver(log, bag, '0.899');
    expect(found(log.facts())).toEqual([
      expect.objectContaining({ severity: 'critical', measured: '0.899 KGM', threshold: '0.895 KGM' }),
    ]);
  });
});

describe('a gain in a handover, looked at twice', () => {
  it('closes when the receiver tells that the bag got wet', () => {
    const log = declared(bag, '50', { moisturePercent: '6.0' });
    const receipt = handOver(log, bag, '51.5');
    expect(found(log.facts())).toHaveLength(1);
    const from = log.entries.length;
    log.tell('lot.measured', {
      iss: 'trader',
      occurredAt: '2026-05-13T10:00:00Z',
      lots: [{ lot: bag, mass: kilograms('51.5'), moisturePercent: '9.0' }],
    });
    const judgement = judge(massGained, log.facts(from), defaultParameters);
    expect(judgement.findings).toEqual([]);
    expect(judgement.subjects).toContain(receipt.event.id);
  });

  it('does not heed the weight of a lot that was rejected', () => {
    const log = declared(bag, '48.6');
    dispatch(log, [bag]);
    log.tell('custody.received', {
      iss: 'trader',
      occurredAt: '2026-05-13T08:00:00Z',
      from: 'coop',
      lots: [{ lot: bag, outcome: 'rejected', mass: kilograms('60') }],
    });
    expect(found(log.facts())).toEqual([]);
  });
});

describe('mass gained when weighed again', () => {
  it('is found where the scale shows more and the moisture does not explain it', () => {
    const log = declared(bag, '50', { moisturePercent: '6.0' });
    const weighing = log.tell('lot.measured', {
      iss: 'coop',
      occurredAt: '2026-05-12T10:00:00Z',
      lots: [{ lot: bag, mass: kilograms('52'), moisturePercent: '6.5' }],
    });
    expect(found(log.facts())).toEqual([
      expect.objectContaining({ subject: weighing.event.id, severity: 'critical', measured: '52 KGM' }),
    ]);
  });

  it.each([
    ['2.2', 'high', 'a decimal point that slipped'],
    ['11.0', 'medium', 'a moisture that two samples hardly show'],
  ])(
    'is found where a moisture of %s after 22 contradicts the one before: %s, as by %s',
    (moisturePercent, severity) => {
      const log = declared(bag, '50', { moisturePercent: '22' });
      const measured = log.tell('lot.measured', {
        iss: 'coop',
        occurredAt: '2026-05-12T10:00:00+02:00',
        lots: [{ lot: bag, mass: kilograms('50'), moisturePercent }],
      });
      expect(found(log.facts())).toEqual([
        expect.objectContaining({
          severity,
          lots: [bag],
          events: [measured.event.id],
          detail: expect.stringContaining(`by a moisture of ${Number(moisturePercent)} %, after 22 %`),
        }),
      ]);
    },
  );

  it('is found by the moisture of a laboratory too', () => {
    const log = declared(bag, '50', { moisturePercent: '22' });
    log.tell('assay.certified', {
      iss: 'lab',
      occurredAt: '2026-05-12T10:00:00+02:00',
      lot: bag,
      sample: 'S-1',
      grades: [sn('52.0')],
      moisturePercent: '2.2',
    });
    expect(found(log.facts())).toEqual([expect.objectContaining({ severity: 'high', lots: [bag] })]);
  });

  it('is named once where scale and moisture both show it', () => {
    const log = declared(bag, '50', { moisturePercent: '22' });
    log.tell('lot.measured', {
      iss: 'coop',
      occurredAt: '2026-05-12T10:00:00+02:00',
      lots: [{ lot: bag, mass: kilograms('60'), moisturePercent: '2.2' }],
    });
    expect(found(log.facts())).toEqual([
      expect.objectContaining({ severity: 'critical', cause: `weighed again:${bag}` }),
    ]);
  });

  it('is not found where a bag has dried by as much as it is lighter', () => {
    const log = declared(bag, '50', { moisturePercent: '22' });
    log.tell('lot.measured', {
      iss: 'coop',
      occurredAt: '2026-05-12T10:00:00+02:00',
      lots: [{ lot: bag, mass: kilograms('39.9'), moisturePercent: '2.2' }],
    });
    expect(found(log.facts())).toEqual([]);
  });

  it('is not found where only the moisture is judged anew', () => {
    const log = declared(bag, '50', { moisturePercent: '9.0' });
    log.tell('lot.measured', {
      iss: 'coop',
      occurredAt: '2026-05-12T10:00:00Z',
      lots: [{ lot: bag, moisturePercent: '6.0' }],
    });
    expect(found(log.facts())).toEqual([]);
  });
});

describe('mass gained where lots are made of others', () => {
  const [a, b, whole] = [lot('a'), lot('b'), lot('whole')];

  it('is found in an aggregation, against what went in', () => {
    const log = declared(a, '50');
    declare(log, b, '49.8');
    log.tell('lot.aggregated', {
      iss: 'coop',
      occurredAt: '2026-05-12T11:00:00Z',
      inputs: [{ lot: a }, { lot: b }],
      outputs: [{ lot: whole, mass: kilograms('102') }],
    });
    expect(found(log.facts())).toEqual([
      expect.objectContaining({ cause: 'closure', lots: [whole], measured: '102 KGM', threshold: '100.2 KGM' }),
    ]);
  });

  it('is not found where a split gives what it took', () => {
    const log = declared(whole, '99.8');
    log.tell('lot.split', {
      iss: 'coop',
      occurredAt: '2026-05-12T11:00:00Z',
      inputs: [{ lot: whole }],
      outputs: [
        { lot: a, mass: kilograms('60') },
        { lot: b, mass: kilograms('39.8') },
      ],
    });
    expect(found(log.facts())).toEqual([]);
  });
});

describe('mass and metal gained in a process', () => {
  const [ore, upgraded] = [lot('ore'), lot('upgraded')];
  const upgrade = (mass: string, grade: string, residues?: object[]): Facts => {
    const log = declared(ore, '396.1', { moisturePercent: '6.0', grades: [sn('52.0')] });
    log.tell('lot.processed', {
      iss: 'coop',
      occurredAt: '2026-05-14T11:00:00Z',
      process: 'gravity',
      inputs: [{ lot: ore }],
      outputs: [
        {
          lot: upgraded,
          form: 'concentrate',
          mass: kilograms(mass),
          moisturePercent: '1.0',
          grades: [sn(grade)],
        },
      ],
      ...(residues === undefined ? {} : { residues }),
    });
    return log.facts();
  };

  it('is quiet where 95 percent of the tin is recovered', () => {
    const tailings = {
      kind: 'tailings',
      mass: kilograms('102.08'),
      moisturePercent: '0',
      grades: [{ ...sn('9.5') }],
    };
    expect(found(upgrade('272.8', '68', [tailings]))).toEqual([]);
  });

  it('finds more tin than the ore had, though less mass', () => {
    // 396.1 kg · 0.94 · 0.52 = 193.61368 kg of tin went in; 301 kg · 0.99 · 0.68 = 202.6332 kg came out.
    expect(found(upgrade('301', '68'))).toEqual([
      expect.objectContaining({
        cause: 'metal:Sn',
        severity: 'critical',
        lots: [upgraded],
        measured: '202.6332 KGM',
        threshold: '195.5498 KGM',
      }),
    ]);
  });

  it('finds more dry mass than went in, residues counted', () => {
    const tailings = { kind: 'tailings', mass: kilograms('150'), moisturePercent: '0' };
    expect(found(upgrade('272.8', '60', [tailings]))).toEqual([
      expect.objectContaining({ cause: 'processed', measured: '420.072 KGM', threshold: '374.195 KGM' }),
    ]);
  });
});

describe('mass through a process of which less is told', () => {
  const [ore, upgraded] = [lot('ore'), lot('upgraded')];

  it('does not count the flux in slag as mass that came from the ore', () => {
    const log = declared(ore, '1000', { moisturePercent: '1.0' });
    log.tell('lot.processed', {
      iss: 'coop',
      occurredAt: '2026-05-14T11:00:00Z',
      process: 'smelt',
      inputs: [{ lot: ore }],
      outputs: [{ lot: upgraded, form: 'metal', mass: kilograms('660'), moisturePercent: '0' }],
      residues: [{ kind: 'slag', mass: kilograms('500'), moisturePercent: '0' }],
    });
    expect(found(log.facts())).toEqual([]);
  });

  it('compares wet masses where no moisture is told, unless the process adds water', () => {
    const through = (process: string): Finding[] => {
      const log = declared(ore, '60');
      log.tell('lot.processed', {
        iss: 'coop',
        occurredAt: '2026-05-14T11:00:00Z',
        process,
        inputs: [{ lot: ore }],
        outputs: [{ lot: upgraded, form: 'concentrate', mass: kilograms('66') }],
      });
      return found(log.facts());
    };
    expect(through('gravity')).toEqual([expect.objectContaining({ measured: '66 KGM', threshold: '60.3 KGM' })]);
    expect(through('wash')).toEqual([]);
  });
});
