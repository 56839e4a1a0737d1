import { describe, expect, it } from '@jest/globals';
import { type Finding, judge } from '../../../src/core/rules/engine/rule.js';
import { defaultParameters } from '../../../src/core/rules/index.js';
import { payloadExceeded } from '../../../src/core/rules/movement/payload-exceeded.js';
import { vehicleTwoPlaces } from '../../../src/core/rules/movement/vehicle-two-places.js';
import { type ScriptedLog, kilograms, lot } from '../../support/scripted-log.js';
import { declares, dispatches, world } from '../../support/told-world.js';

const PLATE = 'SYN-V-12';

const registered = (log: ScriptedLog, more: Record<string, unknown>): void =>
  void log.tell('vehicle.registered', {
    iss: 'registrar',
    occurredAt: '2026-05-11T08:00:00Z',
    vehicle: PLATE,
    ...more,
  });

/** A heap that leaves the hill, after what the registry has of its vehicle. */
const loaded = (kg: string, mode: string | undefined, ...vehicles: Record<string, unknown>[]): Finding[] => {
  const log = world();
  for (const more of vehicles) registered(log, more);
  declares(log, [{ lot: lot('heap'), kg }]);
  dispatches(log, [lot('heap')], { ...(mode === undefined ? {} : { mode }), vehicle: PLATE });
  return judge(payloadExceeded, log.facts(), defaultParameters).findings;
};

describe('the load of a registered vehicle', () => {
  it('is judged by what it is registered for, whatever the dispatch says', () => {
    expect(loaded('1600', 'truck')).toEqual([]);
    const [finding] = loaded('1600', 'truck', { mode: 'pickup', carries: kilograms('750') });
    expect(finding).toMatchObject({ severity: 'high', measured: '1600 kg by pickup', threshold: '750 kg each' });
    expect(finding?.detail).toContain('2.1 times the 750 kg that it is registered for');
    expect(loaded('1600', 'motorbike', { mode: 'pickup', carries: kilograms('1700') })).toEqual([]);
  });

  it('is judged by its mode where its payload is not known, or no mode is stated', () => {
    expect(loaded('1600', 'truck', { mode: 'motorbike' })).toMatchObject([{ severity: 'high' }]);
    expect(loaded('1600', undefined, { mode: 'motorbike' })).toMatchObject([{ severity: 'high' }]);
    expect(loaded('1600', undefined)).toEqual([]);
  });

  it('is judged by the newest registration before it', () => {
    const small = { mode: 'pickup', carries: kilograms('750') };
    const large = { mode: 'pickup', carries: kilograms('1700') };
    expect(loaded('1600', 'truck', small, large)).toEqual([]);
    expect(loaded('1600', 'truck', large, small)).not.toEqual([]);
  });
});

describe('a vehicle at two places', () => {
  /** Two dispatches of one vehicle some 22 km apart, so many minutes between them. */
  const seen = (minutes: number, mode: string, other = mode, vehicle?: Record<string, unknown>): Finding[] => {
    const log = world();
    if (vehicle !== undefined) registered(log, vehicle);
    declares(log, [
      { lot: lot('one'), kg: '50.3' },
      { lot: lot('two'), kg: '51.2' },
    ]);
    const at = (lat: string, lon: string) => ({ place: { lat, lon, accuracyM: '10' } });
    const later = new Date(Date.parse('2026-05-12T10:00:00Z') + minutes * 60_000).toISOString();
    const near = { ...at('-1.7900', '30.0150'), vehicle: PLATE, occurredAt: '2026-05-12T10:00:00Z' };
    dispatches(log, [lot('one')], { ...near, mode });
    dispatches(log, [lot('two')], { ...at('-1.9900', '30.0150'), vehicle: PLATE, occurredAt: later, mode: other });
    return judge(vehicleTwoPlaces, log.facts(), defaultParameters).findings;
  };

  it('is found by the speed of its mode, with a margin', () => {
    expect(seen(16, 'motorbike')).toMatchObject([{ measured: '83 km/h', threshold: '75 km/h' }]);
    expect(seen(19, 'motorbike')).toEqual([]);
    expect(seen(16, 'truck')).toEqual([]);
    expect(seen(14, 'truck')).toMatchObject([{ threshold: '88 km/h' }]);
  });

  it('is found by the registered mode, and by the highest speed where two dispatches contradict each other', () => {
    expect(seen(40, 'truck', 'truck', { mode: 'bicycle' })).toMatchObject([{ threshold: '25 km/h' }]);
    expect(seen(14, 'truck', 'car')).toEqual([]);
    expect(seen(10, 'truck', 'car')).toMatchObject([{ threshold: '110 km/h' }]);
  });
});
