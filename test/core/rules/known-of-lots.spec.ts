import { describe, expect, it } from '@jest/globals';
import { defaultParameters, eventRules } from '../../../src/core/rules/index.js';
import { ancestryOf, gradesKnown, knownBefore } from '../../../src/core/rules/engine/known-of-lots.js';
import { judge } from '../../../src/core/rules/engine/rule.js';
import { type ScriptedLog, kilograms, lot } from '../../support/scripted-log.js';
import { type Output, declares, dispatches, grade, makes, receives, time, world } from '../../support/told-world.js';

const [a, b, heap, half, rest, made] = ['a', 'b', 'heap', 'half', 'rest', 'made'].map(lot) as [
  string,
  string,
  string,
  string,
  string,
  string,
];
const sn = (percent: string, moisture?: string): Partial<Output> => ({
  grades: [grade('Sn', percent)],
  ...(moisture === undefined ? {} : { moisturePercent: moisture }),
});

/** Rule and cause of what the rules find, without the log's own. */
function found(log: ScriptedLog): string[] {
  const facts = log.facts();
  const findings = eventRules.flatMap((rule) => judge(rule, facts, defaultParameters).findings);
  return findings.map(({ rule, cause }) => `${rule} ${cause}`);
}

/** Two bags of 100 kg in one heap that says of itself only what is given. */
const heaped = (
  output: Partial<Output> = {},
  bags: [Partial<Output>, Partial<Output>] = [sn('40', '10'), sn('60', '0')],
) => {
  const log = world();
  declares(log, [
    { lot: a, kg: '100', ...bags[0] },
    { lot: b, kg: '100', ...bags[1] },
  ]);
  makes(log, 'lot.aggregated', [a, b], [{ lot: heap, kg: '200', ...output }], { iss: 'coop' });
  return log;
};

const known = (log: ScriptedLog, id: string) => knownBefore(id, log.entries.length, log.facts());

const cleaned = (log: ScriptedLog, from: string, kg: string, output: Partial<Output> = sn('68', '1')): ScriptedLog => {
  makes(log, 'lot.processed', [from], [{ lot: made, kg, ...output }], { iss: 'coop', process: 'gravity' });
  return log;
};

describe('a heap of which nothing is said', () => {
  it('is as wet as what was heaped up by mass, and as rich by dry mass', () => {
    expect(known(heaped(), heap)).toMatchObject({
      moisture: 50_000,
      // (90 · 40 % + 100 · 60 %) / 190, in whole parts per million.
      grades: [{ analyte: 'Sn', value: '50.5263', uom: 'P1', basis: 'dry' }],
    });
  });

  it('is what it says where it says something', () => {
    expect(known(heaped({ moisturePercent: '3.0' }), heap)).toMatchObject({
      moisture: 30_000,
      grades: [{ value: '50.5263' }],
    });
    expect(known(heaped(sn('51')), heap)).toMatchObject({ moisture: 50_000, grades: [{ value: '51' }] });
  });

  it('is not known where one of the bags is not', () => {
    expect(known(heaped({}, [sn('40', '10'), { moisturePercent: '2.0' }]), heap)).toMatchObject({
      moisture: 60_000,
      grades: [],
    });
    expect(known(heaped({}, [sn('40'), sn('60', '0')]), heap)).toMatchObject({
      moisture: null,
      grades: [{ value: '50' }],
    });
  });

  it('passes on grades of the wet mass where all of them are', () => {
    const wet = (percent: string) => ({ grades: [grade('Sn', percent, 'P1', 'wet')] });
    expect(known(heaped({}, [wet('40'), wet('60')]), heap)).toMatchObject({ grades: [{ value: '50', basis: 'wet' }] });
    expect(known(heaped({}, [wet('40'), sn('60')]), heap)?.grades).toEqual([]);
  });

  it('does not hold more tin, nor lose it, when it is cleaned', () => {
    // 200 kg hold 96 kg of tin: 145 kg at 68 % and 1 % moisture hold 97.6, 100 kg hold 67.3, and 133 kg 89.5.
    expect(found(cleaned(heaped(), heap, '145'))).toEqual(['mass-gained metal:Sn']);
    expect(found(cleaned(heaped(), heap, '100'))).toEqual(['yield-implausible Sn']);
    expect(found(cleaned(heaped(), heap, '133'))).toEqual([]);
  });

  it('is followed through parting, drying and crushing', () => {
    const log = heaped();
    makes(
      log,
      'lot.split',
      [heap],
      [
        { lot: half, kg: '100' },
        { lot: rest, kg: '100' },
      ],
      { iss: 'coop' },
    );
    makes(log, 'lot.processed', [half], [{ lot: lot('dried'), kg: '96' }], { iss: 'coop', process: 'dry' });
    expect(known(log, rest)).toMatchObject({ moisture: 50_000, grades: [{ value: '50.5263' }] });
    expect(known(log, lot('dried'))).toMatchObject({ moisture: null, grades: [{ value: '50.5263' }] });
    expect(found(cleaned(log, lot('dried'), '80'))).toEqual(['mass-gained metal:Sn']);
  });

  it('may be assayed at whatever one of the bags was', () => {
    const assayed = (percent: string): string[] => {
      const log = heaped();
      log.tell('assay.certified', {
        iss: 'agent',
        occurredAt: '2026-05-15T08:00:00Z',
        lot: heap,
        sample: 'S-1',
        grades: [grade('Sn', percent)],
      });
      return found(log);
    };
    expect(assayed('42')).toEqual([]);
    expect(assayed('36')).toEqual([`grade-jump ${heap}:Sn`]);
  });

  it('is not followed without end', () => {
    const log = heaped();
    let last = heap;
    for (let i = 0; i < 9; i += 1) {
      const next = lot(`part ${i}`);
      const parts = [
        { lot: next, kg: String(200 - 10 * (i + 1)) },
        { lot: lot(`cut off ${i}`), kg: '10' },
      ];
      makes(log, 'lot.split', [last], parts, { iss: 'coop' });
      if (i === 6) expect(known(log, next)).toMatchObject({ moisture: 50_000 });
      last = next;
    }
    expect(known(log, last)).toMatchObject({ mass: 110_000_000n, moisture: null, grades: [] });
    expect(gradesKnown(last, 'Sn', log.entries.length, log.facts())).toEqual([]);
  });

  it('asks for chains step by step, and for none beyond what is followed', () => {
    const { chains } = heaped().facts();
    expect(ancestryOf(heap, new Map())).toEqual({ missing: [heap], tooFar: true });
    expect(ancestryOf(heap, new Map([[heap, chains.get(heap) ?? []]]))).toEqual({ missing: [a, b], tooFar: true });
    expect(ancestryOf(heap, chains)).toEqual({ missing: [], tooFar: false });
  });
});

describe('what is measured of a lot', () => {
  it('leaves what was known of its other elements', () => {
    const log = world();
    declares(log, [{ lot: a, kg: '100', ...sn('52', '6.0') }]);
    const measured = (grades: unknown[]) =>
      log.tell('lot.measured', { iss: 'coop', occurredAt: '2026-05-12T10:00:00Z', lots: [{ lot: a, grades }] });
    measured([grade('Fe', '3.0')]);
    expect(known(log, a)?.grades.map(({ analyte }) => analyte)).toEqual(['Sn', 'Fe']);
    measured([grade('Sn', '44')]);
    expect(found(log)).toEqual([`grade-jump ${a}:Sn`]);
  });

  it('turns a grade of the wet mass into one of the dry mass when it dries', () => {
    const log = world();
    declares(log, [{ lot: a, kg: '100', moisturePercent: '10', grades: [grade('Sn', '45', 'P1', 'wet')] }]);
    log.tell('lot.measured', {
      iss: 'coop',
      occurredAt: '2026-05-12T10:00:00Z',
      lots: [{ lot: a, moisturePercent: '0' }],
    });
    expect(known(log, a)).toMatchObject({ moisture: 0, grades: [{ value: '50', basis: 'dry' }] });
  });

  it('is what a laboratory certified, from then on', () => {
    const log = world();
    declares(log, [{ lot: a, kg: '100', moisturePercent: '6.0' }]);
    const certified = (percent: string) =>
      log.tell('assay.certified', {
        iss: 'agent',
        occurredAt: '2026-05-12T10:00:00Z',
        lot: a,
        sample: 'S-1',
        grades: [grade('Sn', percent)],
      });
    certified('52');
    // 100 kg hold 48.88 kg of tin.
    expect(found(cleaned(log, a, '75'))).toEqual(['mass-gained metal:Sn']);
    const other = world();
    declares(other, [{ lot: a, kg: '100', moisturePercent: '6.0' }]);
    for (const percent of ['52', '44'])
      other.tell('assay.certified', {
        iss: 'agent',
        occurredAt: '2026-05-12T10:00:00Z',
        lot: a,
        sample: `S-${percent}`,
        grades: [grade('Sn', percent)],
      });
    expect(found(other)).toEqual([`grade-jump ${a}:Sn`]);
  });
});

describe('a moisture of which nothing is said', () => {
  const gold = (mass: string, fineness: string, form = 'dore'): ScriptedLog => {
    const log = world();
    const dore = { mineral: 'gold', form: 'dore' };
    declares(log, [{ lot: a, kg: '0.9', ...dore, grades: [grade('Au', '870', 'NX')] }]);
    makes(
      log,
      'lot.processed',
      [a],
      [{ lot: made, kg: mass, mineral: 'gold', form, grades: [grade('Au', fineness, 'NX')] }],
      {
        iss: 'coop',
        process: form === 'dore' ? 'cast' : 'refine',
      },
    );
    return log;
  };
  const rulesOf = (log: ScriptedLog): string[] =>
    found(log).filter((text) => !text.startsWith('mineral-not-at-site') && !text.startsWith('licence'));

  it('is none in what was molten', () => {
    expect(rulesOf(gold('0.894', '870'))).toEqual([]);
    expect(rulesOf(gold('0.894', '930'))).toEqual(['mass-gained metal:Au']);
    expect(rulesOf(gold('0.842', '870'))).toEqual(['yield-implausible Au']);
    expect(rulesOf(gold('0.782', '999.9', 'metal'))).toEqual([]);
    expect(rulesOf(gold('0.83', '999.9', 'metal'))).toEqual(['mass-gained metal:Au']);
    expect(rulesOf(gold('0.72', '999.9', 'metal'))).toEqual(['yield-implausible Au']);
  });

  it('is little in concentrate that was cleaned, and more in what was only washed', () => {
    const through = (process: string): string[] => {
      const log = world();
      declares(log, [{ lot: a, kg: '396.1', ...sn('52', '6.0') }]);
      makes(log, 'lot.processed', [a], [{ lot: made, kg: '301', ...sn('68') }], { iss: 'coop', process });
      return found(log).filter((text) => text.startsWith('mass-gained'));
    };
    expect(through('gravity')).toEqual(['mass-gained metal:Sn']);
    expect(through('wash')).toEqual([]);
  });
});

describe('bags that came wet', () => {
  const wet = (between: (log: ScriptedLog) => void, moisturePercent = '9.62'): string[] => {
    const log = world();
    declares(log, [{ lot: a, kg: '50.0', moisturePercent: '6.0' }]);
    dispatches(log, [a], { mode: 'truck' });
    receives(log, { [a]: '52.0' });
    between(log);
    log.tell('lot.measured', {
      iss: 'trader',
      occurredAt: '2026-05-14T10:00:00Z',
      lots: [{ lot: a, moisturePercent }],
    });
    time(log, '2026-05-14T11:00:00Z');
    return found(log);
  };

  it('are explained by the moisture that is told after they were sealed', () => {
    const seal = (log: ScriptedLog): void =>
      void log.tell('lot.sealed', {
        iss: 'trader',
        occurredAt: '2026-05-13T09:30:00Z',
        lots: [{ lot: a, sealsOn: ['Z-1'] }],
      });
    expect(wet(seal)).toEqual([]);
    expect(wet(seal, '6.5')).toEqual([`mass-gained handed over:${a}`]);
  });

  it('are explained no longer once they are weighed again, as wet as they were sent', () => {
    const weighedAgain = (kg: string, moisturePercent: string): string[] => {
      const log = world();
      declares(log, [{ lot: a, kg: '50.0', moisturePercent: '7.0' }]);
      dispatches(log, [a], { mode: 'truck' });
      receives(log, { [a]: '47.0' });
      const measures = (occurredAt: string, said: Record<string, unknown>): void =>
        void log.tell('lot.measured', { iss: 'trader', occurredAt, lots: [{ lot: a, ...said }] });
      measures('2026-05-13T10:00:00Z', { moisturePercent: '1.0' });
      measures('2026-05-14T10:00:00Z', { mass: kilograms(kg), moisturePercent });
      time(log, '2026-05-14T11:00:00Z');
      return found(log);
    };
    expect(weighedAgain('47.0', '7.0')).toEqual([`mass-lost explained:${a}`]);
    expect(weighedAgain('46.9', '0.9')).toEqual([]);
  });

  it('are not explained by what is told after they were handed on', () => {
    const handOn = (log: ScriptedLog): void => {
      dispatches(log, [a], { iss: 'trader', to: 'plant', occurredAt: '2026-05-13T10:00:00Z', mode: 'truck' });
      receives(log, { [a]: '52.0' }, { iss: 'plant', from: 'trader', occurredAt: '2026-05-13T12:00:00Z' });
    };
    expect(wet(handOn)).toContain(`mass-gained handed over:${a}`);
  });
});

describe('a grade that is not traded', () => {
  const unusual = (percent: string, process?: string): string[] => {
    const log = world();
    declares(log, [{ lot: a, kg: '100', ...sn(process === undefined ? percent : '45', '6.0') }]);
    if (process !== undefined)
      makes(log, 'lot.processed', [a], [{ lot: made, kg: '84', ...sn(percent, '1.0') }], { iss: 'coop', process });
    return found(log).filter((text) => text.startsWith('grade-'));
  };

  it('is another as it was dug than when it was cleaned', () => {
    expect(unusual('52')).toEqual([]);
    expect(unusual('72')).toEqual([`grade-unusual ${a}:Sn`]);
    expect(unusual('51', 'gravity')).toEqual([`grade-unusual ${made}:Sn`]);
    expect(unusual('72', 'gravity')).toEqual([]);
    // Drying leaves it as it was dug; what else is done is not known to clean.
    expect(unusual('72', 'dry')).toEqual([`grade-unusual ${made}:Sn`]);
    expect(unusual('51', 'float')).toEqual([]);
    expect(unusual('72', 'float')).toEqual([]);
  });

  it('is reckoned of the dry mass', () => {
    const wet = (percent: string, moisturePercent?: string): string[] => {
      const log = world();
      const grades = [grade('Sn', percent, 'P1', 'wet')];
      declares(log, [{ lot: a, kg: '50.3', grades, ...(moisturePercent === undefined ? {} : { moisturePercent }) }]);
      return found(log);
    };
    expect(wet('27', '12.0')).toEqual([]);
    expect(wet('27', '6.0')).toEqual([`grade-unusual ${a}:Sn`]);
    expect(wet('62', '6.0')).toEqual([`grade-unusual ${a}:Sn`]);
    // Up to 15 % of it may be water, of which nobody speaks.
    expect(wet('27')).toEqual([]);
    expect(wet('62')).toEqual([]);
    expect(wet('20')).toEqual([`grade-unusual ${a}:Sn`]);
  });

  it('may be either of what is more than a bag: it may have been cleaned at the mine', () => {
    const log = world();
    declares(log, [{ lot: a, kg: '4000', ...sn('68', '1.0') }]);
    expect(found(log)).toEqual([]);
    const poor = world();
    declares(poor, [{ lot: a, kg: '4000', ...sn('20', '1.0') }]);
    expect(found(poor)).toEqual([`grade-unusual ${a}:Sn`]);
  });

  it('is not told twice where it is impossible, nor of what a process leaves behind', () => {
    expect(unusual('81')).toEqual([`grade-impossible ${a}:Sn`]);
    expect(unusual('12', 'gravity')).toEqual([]);
  });

  it('is judged by what was heaped up', () => {
    const assayed = (log: ScriptedLog, percent: string): string[] => {
      log.tell('lot.measured', {
        iss: 'coop',
        occurredAt: '2026-05-15T10:00:00Z',
        lots: [{ lot: heap, grades: [grade('Sn', percent)] }],
      });
      return found(log).filter((text) => text.startsWith('grade-unusual'));
    };
    expect(assayed(heaped(), '52')).toEqual([]);
    expect(assayed(heaped(), '66')).toEqual([`grade-unusual ${heap}:Sn`]);
  });
});
