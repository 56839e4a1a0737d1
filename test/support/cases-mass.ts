import type { Case } from './case.js';
import { lot } from './scripted-log.js';
import {
  type Output,
  declares,
  dispatches,
  exports,
  grade,
  inspect,
  makes,
  receives,
  site,
  time,
  world,
} from './told-world.js';

const [bag, other, made] = [lot('bag'), lot('other'), lot('made')];
const tin = (percent: string): Record<string, unknown> => ({ grades: [grade('Sn', percent)], moisturePercent: '6.0' });

const declared = (outputs: Output[], more: Record<string, unknown> = {}) => {
  const log = world();
  declares(log, outputs, more);
  return log;
};

const handedOver = (sent: string, received: string) => {
  const log = declared([{ lot: bag, kg: sent }]);
  dispatches(log, [bag], { mode: 'truck' });
  receives(log, { [bag]: received });
  return log;
};

/** A bag of 100 kg at 52 % worked into a concentrate of 68 %. */
const upgraded = (kg: string, process = 'gravity') => {
  const log = declared([{ lot: bag, kg: '100', ...tin('52.0') }]);
  makes(log, 'lot.processed', [bag], [{ lot: made, kg, grades: [grade('Sn', '68.0')], moisturePercent: '1.0' }], {
    iss: 'coop',
    process,
  });
  return log;
};

const assayed = (percent: string) => {
  const log = declared([{ lot: bag, kg: '50.3', ...tin('52.0') }]);
  log.tell('assay.certified', {
    iss: 'agent',
    occurredAt: '2026-05-14T08:00:00Z',
    lot: bag,
    sample: 'S-1',
    grades: [grade('Sn', percent)],
  });
  return log;
};

const coltan = (grades: Record<string, unknown>[]) => {
  const log = world();
  site(log, 'ridge', { minerals: ['coltan'], capacity: { workers: 60, kilogramsPerWorkerMonth: { coltan: '12' } } });
  declares(log, [{ lot: bag, kg: '24.7', mineral: 'coltan', moisturePercent: '4.0', grades }], {
    place: { site: 'ridge' },
  });
  dispatches(log, [bag], { mode: 'truck' });
  receives(log, { [bag]: '24.7' });
  exports(log, [bag], { certificate: 'RW-9' });
  return log;
};

const tantalum = grade('Ta2O5', '30.0');

const mixed = (first: Partial<Output>, second: Partial<Output>, output: Partial<Output> = {}) => {
  const log = declared([
    { lot: bag, kg: '50.3', ...first },
    { lot: other, kg: '51.2', ...second },
  ]);
  makes(log, 'lot.aggregated', [bag, other], [{ lot: made, kg: '101.5', ...output }], { iss: 'coop' });
  return log;
};

const worked = (kg: string) => {
  const log = world();
  log.tell('facility.registered', {
    iss: 'registrar',
    occurredAt: '2026-01-03T08:00:00Z',
    facility: 'works',
    kind: 'plant',
    country: 'RW',
    capacityPerMonth: { value: '1.5', uom: 'TNE' },
  });
  declares(log, [{ lot: bag, kg }]);
  dispatches(log, [bag], { mode: 'truck' });
  receives(log, { [bag]: kg }, { place: { facility: 'works' } });
  return log;
};

/** Hydroxide at a moisture, leached from ore. */
const leached = (moisturePercent: string) => {
  const log = world();
  site(log, 'zone', { minerals: ['cobalt'], capacity: { workers: 900, kilogramsPerWorkerMonth: { cobalt: '3000' } } });
  const ore = { mineral: 'cobalt', form: 'ore', moisturePercent: '9.0', grades: [grade('Co', '3.1')] };
  declares(log, [{ lot: bag, kg: '31200', ...ore }], { place: { site: 'zone' } });
  // 78 % of the cobalt is in it, whatever its moisture.
  const kg = `${Math.round((31_200 * 0.91 * 0.031 * 0.78) / 0.32 / (1 - Number(moisturePercent) / 100))}`;
  const cake = { mineral: 'cobalt', form: 'hydroxide', moisturePercent, grades: [grade('Co', '32.0')] };
  makes(log, 'lot.processed', [bag], [{ lot: made, kg, ...cake }], { iss: 'coop', process: 'leach' });
  return log;
};

/** A receipt on a scale that was calibrated on a day. */
const weighedOn = (calibratedOn: string) => {
  const log = declared([{ lot: bag, kg: '50.3' }]);
  dispatches(log, [bag], { mode: 'truck' });
  receives(log, { [bag]: '50.2' }, { scale: { id: 'SC-1', calibratedOn } });
  return log;
};

export const massCases: Record<string, Case> = {
  'mass-gained': {
    severity: 'critical',
    wrong: () => handedOver('50.0', '52.0'),
    // It rained: heavier by the scale, and not when dry.
    twin: () => {
      const log = declared([{ lot: bag, kg: '50.0', moisturePercent: '6.0' }]);
      dispatches(log, [bag], { mode: 'truck' });
      receives(log, { [bag]: '52.0' });
      log.tell('lot.measured', {
        iss: 'trader',
        occurredAt: '2026-05-13T10:00:00Z',
        lots: [{ lot: bag, moisturePercent: '9.62' }],
      });
      time(log, '2026-05-13T11:00:00Z');
      return log;
    },
  },
  'mass-implausible': {
    severity: 'high',
    wrong: () => declared([{ lot: bag, kg: '4610', tags: ['SYN-M-1'] }]),
    twin: () => declared([{ lot: bag, kg: '46.1', tags: ['SYN-M-1'] }]),
  },
  'mass-lost': {
    severity: 'high',
    wrong: () => handedOver('50.0', '46.0'),
    twin: () => handedOver('50.0', '49.2'),
  },
  'grade-impossible': {
    severity: 'high',
    wrong: () => declared([{ lot: bag, kg: '50.3', ...tin('79.5') }]),
    twin: () => declared([{ lot: bag, kg: '50.3', ...tin('75.0') }]),
    twinAlso: { 'grade-unusual': 'medium' },
  },
  'grade-unusual': {
    severity: 'medium',
    wrong: () => declared([{ lot: bag, kg: '50.3', ...tin('12.0') }]),
    twin: () => declared([{ lot: bag, kg: '50.3', ...tin('31.0') }]),
  },
  'scale-uncalibrated': {
    severity: 'low',
    wrong: () => weighedOn('2022-03-01'),
    twin: () => weighedOn('2026-01-15'),
  },
  'moisture-unusual': { severity: 'medium', wrong: () => leached('20.0'), twin: () => leached('55.0') },
  'grade-jump': {
    severity: 'high',
    wrong: () => assayed('44.0'),
    twin: () => assayed('51.1'),
  },
  'yield-implausible': {
    severity: 'high',
    wrong: () => upgraded('40'),
    twin: () => upgraded('68'),
  },
  'mix-forbidden': {
    severity: 'critical',
    // Mineral of a red site in with that of a green one.
    wrong: () => {
      const log = world();
      site(log, 'ridge');
      inspect(log, 'ridge', '2026-05-01', 3);
      declares(log, [{ lot: bag, kg: '50.3' }]);
      declares(log, [{ lot: other, kg: '51.2' }], { place: { site: 'ridge' } });
      makes(log, 'lot.aggregated', [bag, other], [{ lot: made, kg: '101.5' }], { iss: 'coop' });
      return log;
    },
    twin: () => mixed({ model: 'segregated' }, { model: 'massBalance' }, { model: 'massBalance' }),
  },
  'radioactivity-missing': {
    severity: 'high',
    wrong: () => coltan([tantalum, grade('ThO2', '0.01')]),
    twin: () => coltan([tantalum, grade('ThO2', '0.01'), grade('U3O8', '0.035')]),
  },
  'radioactivity-over': {
    severity: 'high',
    wrong: () => coltan([tantalum, grade('ThO2', '0.1'), grade('U3O8', '0.07')]),
    twin: () => coltan([tantalum, grade('ThO2', '0.01'), grade('U3O8', '0.09')]),
  },
  'numbers-too-round': {
    severity: 'medium',
    wrong: () => declared(Array.from({ length: 8 }, (_, i) => ({ lot: lot(`bag ${i}`), kg: '50.0' }))),
    twin: () => declared(Array.from({ length: 8 }, (_, i) => ({ lot: lot(`bag ${i}`), kg: `5${i}.${9 - i}` }))),
  },
  'claim-exceeds-input': {
    severity: 'critical',
    wrong: () => mixed({ model: 'massBalance' }, {}, { model: 'massBalance' }),
    twin: () => {
      const log = declared([
        { lot: bag, kg: '50.3', model: 'massBalance' },
        { lot: other, kg: '51.2' },
      ]);
      makes(
        log,
        'lot.processed',
        [bag, other],
        [
          { lot: made, kg: '50.3', model: 'massBalance' },
          { lot: lot('rest'), kg: '51.1' },
        ],
        { iss: 'coop', process: 'dry' },
      );
      return log;
    },
  },
  'facility-over-capacity': {
    severity: 'high',
    wrong: () => worked('1600.3'),
    twin: () => worked('1400.3'),
  },
};
