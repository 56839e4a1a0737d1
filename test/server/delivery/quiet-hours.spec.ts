import { describe, expect, it } from '@jest/globals';
import { afterQuiet } from '../../../src/server/delivery/quiet-hours.js';

const when = (at: string, from: string, to: string, timeZone = 'Europe/Berlin'): string =>
  new Date(afterQuiet(Date.parse(at), { from, to, timeZone })).toISOString().slice(0, 16);

describe('the end of quiet hours', () => {
  it.each([
    // Clocks go forward on 29 March 2026 at 01:00 UTC, and back on 25 October 2026 at 01:00 UTC.
    ['the night before clocks go forward', '2026-03-28T22:30:00Z', '22:00', '07:00', '2026-03-29T05:00'],
    ['the night before clocks go back', '2026-10-24T22:30:00Z', '22:00', '07:00', '2026-10-25T06:00'],
    ['the night after', '2026-10-25T22:30:00Z', '22:00', '07:00', '2026-10-26T06:00'],
    ['an end that the clock leaves out', '2026-03-28T23:30:00Z', '22:00', '02:30', '2026-03-29T01:00'],
    ['an end that the clock shows twice', '2026-10-24T23:30:00Z', '22:00', '02:30', '2026-10-25T00:30'],
    ['the second hour that the clock shows', '2026-10-25T01:10:00Z', '22:00', '02:30', '2026-10-25T01:30'],
    ['hours of one day', '2026-06-01T11:15:30Z', '13:00', '15:00', '2026-06-01T13:00'],
  ])('is right on %s', (_what, at, from, to, end) => {
    expect(when(at, from, to)).toBe(end);
  });

  it('is right where clocks stand at half an hour, and where they are never changed', () => {
    expect(when('2026-06-01T16:40:00Z', '22:00', '06:00', 'Asia/Kolkata')).toBe('2026-06-02T00:30');
    expect(when('2026-06-01T20:40:00Z', '22:00', '06:00', 'Africa/Kigali')).toBe('2026-06-02T04:00');
  });

  it('is now where it is not quiet', () => {
    expect(when('2026-03-29T10:00:00Z', '22:00', '07:00')).toBe('2026-03-29T10:00');
    expect(when('2026-03-29T10:00:00Z', '10:00', '10:00')).toBe('2026-03-29T10:00');
  });
});
