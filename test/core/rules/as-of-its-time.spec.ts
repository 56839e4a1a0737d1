import { describe, expect, it } from '@jest/globals';
import { found } from '../../support/found.js';
import { type ScriptedLog, lot } from '../../support/scripted-log.js';
import {
  HILL,
  declares,
  dispatches,
  inspect,
  receives,
  register,
  registrar,
  site,
  time,
  world,
} from '../../support/told-world.js';

const bag = lot('bag');

const licence = (number: string, from: string, to: string, more: Record<string, unknown> = {}) => ({
  kind: 'artisanal_permit',
  number,
  holder: 'coop',
  minerals: ['cassiterite'],
  from,
  to,
  ...more,
});

const updates = (log: ScriptedLog, occurredAt: string, more: Record<string, unknown>): void =>
  void log.tell('site.updated', { iss: 'agent', occurredAt, site: 'ridge', ...more });

/** Declared at a site that was registered in January, and of which other things are said in June. */
const digs = (registered: Record<string, unknown>, updated: Record<string, unknown>, more = {}) => {
  const log = world();
  site(log, 'ridge', registered);
  declares(log, [{ lot: bag, kg: '50.3' }], { place: { site: 'ridge' }, ...more });
  updates(log, '2026-06-20T08:00:00Z', updated);
  return log;
};

describe('a site', () => {
  it('is judged by the licence of the day, though another was logged since', () => {
    const renewed = { licence: licence('L-2', '2026-06-01', '2027-05-31') };
    expect(found(digs({ licence: licence('L-1', '2025-06-01', '2026-05-31') }, renewed))).toEqual([]);
    expect(found(digs({ licence: licence('L-1', '2025-06-01', '2026-05-11') }, renewed))).toEqual(['licence-invalid']);
  });

  it('is judged by a licence that is renewed under its number, and by one that was cut short', () => {
    const granted = { licence: licence('L-1', '2025-06-01', '2026-05-31') };
    expect(found(digs(granted, { licence: licence('L-1', '2026-06-01', '2027-05-31') }))).toEqual([]);
    expect(found(digs(granted, { licence: licence('L-1', '2025-06-01', '2026-05-11') }))).toEqual(['licence-invalid']);
  });

  it('is judged by its licence once more when what was dug there is delivered', () => {
    const delivered = (until: string, by: (log: ScriptedLog) => void = () => undefined): string[] => {
      const log = world();
      site(log, 'ridge', { licence: licence('L-1', '2025-06-01', until) });
      declares(log, [{ lot: bag, kg: '50.3' }], { place: { site: 'ridge' } });
      dispatches(log, [bag], { occurredAt: '2026-05-12T09:00:00Z' });
      receives(log, { [bag]: '50.3' }, { occurredAt: '2026-05-14T09:00:00Z' });
      by(log);
      return found(log);
    };
    expect(delivered('2026-05-14')).toEqual([]);
    expect(delivered('2026-05-13')).toEqual(['licence-invalid']);
    expect(delivered('2026-05-11')).toEqual(['licence-invalid']);
    const renewed = { licence: licence('L-2', '2026-05-14', '2027-05-13') };
    expect(delivered('2026-05-13', (log) => updates(log, '2026-06-20T08:00:00Z', renewed))).toEqual([]);
  });

  it('is judged by who operated it then', () => {
    const sold = { operator: 'plant', licence: licence('L-2', '2026-06-01', '2027-05-31', { holder: 'plant' }) };
    expect(found(digs({ licence: licence('L-1', '2025-06-01', '2026-05-31') }, sold))).toEqual([]);
  });

  it('is judged by the minerals and the borders that it had then', () => {
    const polygonRound = (lon: number, lat: number) => ({
      type: 'Polygon',
      coordinates: [
        [
          [lon - 0.004, lat - 0.004],
          [lon + 0.004, lat - 0.004],
          [lon + 0.004, lat + 0.004],
          [lon - 0.004, lat - 0.004],
        ].map((point) => point.map((degrees) => degrees.toFixed(4))),
      ],
    });
    const place = { place: { site: 'ridge', lat: '-1.7910', lon: '30.0160', accuracyM: '10' } };
    const redrawn = { minerals: ['coltan'], polygon: polygonRound(30.1, -1.79) };
    expect(found(digs({ polygon: polygonRound(30.015, -1.79) }, redrawn, place))).toEqual([]);
    expect(found(digs({ minerals: ['coltan'] }, { minerals: ['cassiterite'] }))).toEqual(['mineral-not-at-site']);
    expect(found(digs({ polygon: polygonRound(30.1, -1.79) }, redrawn, place))).toEqual(['site-outside-polygon']);
  });

  it('is judged by the workers that it had then', () => {
    const few = { capacity: { workers: 2, kilogramsPerWorkerMonth: { cassiterite: '40' } } };
    const log = digs({}, few);
    declares(log, [{ lot: lot('later'), kg: '20.3' }], {
      place: { site: 'ridge' },
      occurredAt: '2026-07-25T08:00:00Z',
    });
    expect(found(log)).toEqual([]);
    declares(log, [{ lot: lot('too much'), kg: '90.3' }], {
      place: { site: 'ridge' },
      occurredAt: '2026-07-26T08:00:00Z',
    });
    expect(found(log)).toEqual(['site-over-capacity']);
  });

  it('that is known by its point alone reaches two kilometres', () => {
    const near = (lon: string) => {
      const log = world();
      site(log, 'ridge', { point: ['30.1000', '-1.7900'] });
      declares(log, [{ lot: bag, kg: '50.3' }], { place: { site: 'ridge', lat: HILL.lat, lon, accuracyM: '10' } });
      return found(log);
    };
    expect(near('30.1170')).toEqual([]);
    expect(near('30.1200')).toEqual(['site-outside-polygon']);
  });
});

describe('a day', () => {
  const signedAt = (occurredAt: string, card: { from?: string; to: string }) => {
    const log = world();
    register(log, 'coop', 'PE', { card });
    time(log, new Date(occurredAt).toISOString());
    declares(log, [{ lot: bag, kg: '50.3' }], { occurredAt });
    return found(log);
  };

  it('is that of where it was written: an evening in Peru, a morning in China', () => {
    expect(signedAt('2026-05-12T20:30:00-05:00', { to: '2026-05-12' })).toEqual([]);
    expect(signedAt('2026-05-13T07:30:00+08:00', { to: '2026-05-12' })).toEqual(['card-expired']);
    expect(signedAt('2026-05-13T07:30:00+08:00', { from: '2026-05-13', to: '2026-12-31' })).toEqual([]);
  });

  it('counts for the status of a site too', () => {
    const log = world();
    inspect(log, 'hill', '2026-05-13', 3);
    time(log, '2026-05-12T23:30:00Z');
    declares(log, [{ lot: bag, kg: '50.3' }], { occurredAt: '2026-05-13T07:30:00+08:00' });
    declares(log, [{ lot: lot('before'), kg: '51.1' }], { occurredAt: '2026-05-12T20:30:00-05:00' });
    expect(found(log)).toEqual(['site-status']);
  });
});

describe('a suspension', () => {
  const suspendedAt = (occurredAt: string, more: Record<string, unknown> = {}) => {
    const log = world();
    log.tell('actor.statusChanged', { ...registrar, occurredAt, actor: 'coop', status: 'suspended', ...more });
    declares(log, [{ lot: bag, kg: '50.3' }]);
    return log;
  };

  it('that names no day holds from the instant at which it was signed', () => {
    expect(found(suspendedAt('2026-05-12T08:00:01Z'))).toEqual([]);
    expect(found(suspendedAt('2026-05-12T08:00:00Z'))).toEqual(['actor-suspended']);
  });

  it('that names a day holds for the whole of it', () => {
    expect(found(suspendedAt('2026-05-12T16:00:00Z', { from: '2026-05-12' }))).toEqual(['actor-suspended']);
  });

  it('ends on the same day with a later word', () => {
    const log = suspendedAt('2026-05-12T07:00:00Z');
    log.tell('actor.statusChanged', { ...registrar, actor: 'coop', status: 'active', from: '2026-05-12' });
    expect(found(log)).toEqual([]);
  });
});
