import type { Case } from './case.js';
import { lot } from './scripted-log.js';
import { certified } from './cases-tags.js';
import { declares, dispatches, exports, grade, inspect, receives, registrar, site, world } from './told-world.js';

const bag = lot('bag');

const declaredAt = (place: Record<string, unknown>, more: Record<string, unknown> = {}) => {
  const log = world();
  declares(log, [{ lot: bag, kg: '50.3' }], { place: { site: 'hill', ...place }, ...more });
  return log;
};

/** A bag of the hill that is dispatched from another place the next hour. */
const loadedAt = (place: Record<string, unknown>) => {
  const log = declaredAt({});
  dispatches(log, [bag], { place, occurredAt: '2026-05-13T07:00:00Z' });
  return log;
};

const heaps = (count: number) => {
  const log = world();
  for (let i = 0; i < count; i += 1)
    declares(log, [{ lot: lot(`heap ${i}`), kg: `2000.${i}` }], { occurredAt: `2026-06-0${i + 1}T08:00:00Z` });
  return log;
};

const inspected = (certification: number, date = '2026-05-10') => {
  const log = world();
  inspect(log, 'hill', date, certification);
  declares(log, [{ lot: bag, kg: '50.3' }]);
  return log;
};

/** Declared at a site by its activity (MDC.02): 0 abandoned, 1 active, 2 not active. */
const awoken = (kg: string, activity = 2) => {
  const log = world();
  site(log, 'ridge');
  inspect(log, 'ridge', '2026-05-01', 1, activity);
  declares(log, [{ lot: bag, kg }], { place: { site: 'ridge' } });
  return log;
};

/** A site that was registered on a day and declares so much on each of twelve days from 12 May on; perhaps inspected then. */
export const begun = (kilograms: (n: number) => number, registered = '2026-04-20', inspectedOn?: string) => {
  const log = world();
  site(log, 'ridge', { occurredAt: `${registered}T08:00:00Z` });
  for (let n = 0; n < 12; n += 1)
    declares(log, [{ lot: lot(`load ${n}`), kg: `${kilograms(n)}.${n}` }], {
      place: { site: 'ridge' },
      occurredAt: new Date(Date.UTC(2026, 4, 12 + 2 * n, 8)).toISOString(),
    });
  if (inspectedOn !== undefined) inspect(log, 'ridge', inspectedOn, 1);
  return log;
};

/** A bag that the trader closes as left, and one of some mass that the cooperative declares two days later. */
const closedThenDeclared = (kg: string) => {
  const log = world();
  const grades = [grade('Sn', '51.4')];
  declares(log, [{ lot: bag, kg: '50.3', grades }]);
  dispatches(log, [bag], { mode: 'truck' });
  receives(log, { [bag]: '50.3' });
  log.tell('lot.closed', {
    iss: 'trader',
    occurredAt: '2026-05-14T09:00:00Z',
    place: { facility: 'depot' },
    lots: [{ lot: bag }],
    reason: 'left',
  });
  declares(log, [{ lot: lot('new'), kg, grades }], { occurredAt: '2026-05-16T09:00:00Z' });
  return log;
};

/** Sold to a firm abroad, with or without an export, and received in its store there. */
const sold = (exported: boolean) => {
  const log = world();
  log.tell('facility.registered', { ...registrar, facility: 'shed', kind: 'warehouse', country: 'TZ' });
  declares(log, [{ lot: bag, kg: '50.3' }]);
  if (exported)
    log.tell('lot.exported', {
      iss: 'coop',
      occurredAt: '2026-05-12T08:30:00Z',
      place: { facility: 'depot' },
      certificate: 'RW-1',
      lots: [{ lot: bag }],
    });
  dispatches(log, [bag], { to: 'abroad', mode: 'truck' });
  receives(log, { [bag]: '50.3' }, { iss: 'abroad', place: { facility: 'shed' } });
  return log;
};

/** Sold abroad, and received back in the country it came from. */
const returned = (imported: boolean) => {
  const log = world();
  declares(log, [{ lot: bag, kg: '50.3' }]);
  log.tell('lot.exported', {
    iss: 'coop',
    occurredAt: '2026-05-12T08:30:00Z',
    place: { facility: 'depot' },
    certificate: 'RW-1',
    lots: [{ lot: bag }],
  });
  dispatches(log, [bag], { to: 'abroad', mode: 'truck' });
  receives(log, { [bag]: '50.3' }, { iss: 'abroad' });
  if (imported) log.tell('lot.imported', { iss: 'abroad', occurredAt: '2026-05-13T12:00:00Z', lots: [{ lot: bag }] });
  dispatches(log, [bag], { iss: 'abroad', to: 'trader', occurredAt: '2026-05-14T09:00:00Z', mode: 'truck' });
  if (!imported) receives(log, { [bag]: '50.3' }, { from: 'abroad', occurredAt: '2026-05-15T09:00:00Z' });
  return log;
};

/** Tin ore of a site that is exported from its country. */
const exportedFrom = (country: string) => {
  const log = world();
  site(log, 'pit', { country });
  log.tell('facility.registered', { ...registrar, facility: 'harbour', kind: 'port', country });
  const at = (place: Record<string, string>, hours: number) => ({
    place,
    occurredAt: new Date(Date.parse('2026-05-12T08:00:00Z') + hours * 3_600_000).toISOString(),
  });
  declares(log, [{ lot: bag, kg: '50.3', form: 'ore' }], at({ site: 'pit' }, 0));
  dispatches(log, [bag], { ...at({ site: 'pit' }, 1), mode: 'truck' });
  receives(log, { [bag]: '50.3' }, at({ facility: 'harbour' }, 5));
  exports(log, [bag], at({ facility: 'harbour' }, 30));
  return log;
};

/** Two declarations of 50.37 kg within three minutes. */
const twice = (more: Record<string, unknown>) => {
  const log = world();
  const same = { kg: '50.37', moisturePercent: '6.1', grades: [grade('Sn', '53.4')] };
  declares(log, [{ lot: bag, ...same }]);
  declares(log, [{ lot: lot('again'), ...same, ...more }], { occurredAt: '2026-05-12T08:03:00Z' });
  return log;
};

const tested = (results: string[]) => {
  const log = world();
  declares(log, [{ lot: bag, kg: '50.3' }]);
  for (const result of results)
    log.tell('origin.tested', {
      iss: 'agent',
      occurredAt: '2026-05-14T09:00:00Z',
      lot: bag,
      sample: 'S-1',
      sites: ['hill'],
      result,
    });
  return log;
};

/** Old stock that was dug until a day. */
const stock = (to: string) => {
  const log = world();
  declares(log, [{ lot: bag, kg: '50.3' }], { source: 'grandfathered', miningDates: { from: '2008-01-01', to } });
  return log;
};

export const originCases: Record<string, Case> = {
  'site-over-capacity': { severity: 'high', wrong: () => heaps(4), twin: () => heaps(2) },
  'site-status': {
    severity: 'critical',
    wrong: () => inspected(3),
    // Yellow: there is time to mend.
    twin: () => inspected(2),
  },
  'site-abandoned': { severity: 'high', wrong: () => awoken('50.3', 0), twin: () => awoken('50.3', 1) },
  'site-outside-polygon': {
    severity: 'critical',
    wrong: () => declaredAt({ lat: '-1.7000', lon: '29.9500', accuracyM: '10' }),
    // Forty metres over the border, by a device that is right within fifty.
    twin: () => declaredAt({ lat: '-1.7944', lon: '30.0150', accuracyM: '50' }),
  },
  'loaded-elsewhere': {
    severity: 'medium',
    wrong: () => loadedAt({ lat: '-2.1634', lon: '29.8211', accuracyM: '12' }),
    // At a road near the site.
    twin: () => loadedAt({ lat: '-1.8134', lon: '30.0511', accuracyM: '12' }),
  },
  'licence-invalid': {
    severity: 'high',
    wrong: () => {
      const log = world();
      site(log, 'ridge', { licence: { kind: 'artisanal_permit', number: 'SYN-2', holder: 'coop', to: '2026-05-11' } });
      declares(log, [{ lot: bag, kg: '50.3' }], { place: { site: 'ridge' } });
      return log;
    },
    twin: () => {
      const log = world();
      site(log, 'ridge', { licence: { kind: 'artisanal_permit', number: 'SYN-2', holder: 'coop', to: '2026-05-12' } });
      declares(log, [{ lot: bag, kg: '50.3' }], { place: { site: 'ridge' } });
      return log;
    },
  },
  'mineral-not-at-site': {
    severity: 'high',
    wrong: () => {
      const log = world();
      declares(log, [{ lot: bag, kg: '24.7', mineral: 'wolframite' }]);
      return log;
    },
    twin: () => declaredAt({}),
  },
  'site-dormant-burst': { severity: 'high', wrong: () => awoken('2900.3'), twin: () => awoken('900.3') },
  // With 120 workers it can dig 4,480 kg in 28 days.
  'site-starts-full': { severity: 'medium', wrong: () => begun(() => 330), twin: () => begun((n) => 60 + 20 * n) },
  'border-unpapered': { severity: 'high', wrong: () => sold(false), twin: () => sold(true) },
  'round-trip': { severity: 'critical', wrong: () => returned(false), twin: () => returned(true) },
  'declared-again': {
    severity: 'medium',
    wrong: () => closedThenDeclared('50.2'),
    twin: () => closedThenDeclared('50.9'),
  },
  'origin-implausible': {
    severity: 'critical',
    wrong: () => tested(['notPlausible']),
    twin: () => tested(['notPlausible', 'plausible']),
  },
  'origin-unknown-share': {
    severity: 'medium',
    wrong: () => {
      const log = world();
      log.tell('lot.declared', {
        iss: 'coop',
        occurredAt: '2026-05-12T08:00:00Z',
        place: { site: 'nowhere' },
        outputs: [{ lot: bag, mineral: 'cassiterite', form: 'concentrate', mass: { value: '50.3', uom: 'KGM' } }],
      });
      log.forgetOrigin(bag);
      dispatches(log, [bag], { mode: 'truck' });
      receives(log, { [bag]: '50.3' });
      exports(log, [bag], { certificate: 'RW-1' });
      return log;
    },
    twin: certified,
  },
  'source-contradicts': {
    severity: 'medium',
    wrong: () => stock('2024-03-31'),
    twin: () => stock('2009-03-31'),
  },
  'trade-closed': { severity: 'high', wrong: () => exportedFrom('ID'), twin: () => exportedFrom('MY') },
  'declared-twice': { severity: 'medium', wrong: () => twice({}), twin: () => twice({ moisturePercent: '5.2' }) },
};
