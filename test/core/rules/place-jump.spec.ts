import { describe, expect, it } from '@jest/globals';
import { placeJump } from '../../../src/core/rules/movement/place-jump.js';
import { defaultParameters } from '../../../src/core/rules/index.js';
import { judge } from '../../../src/core/rules/engine/rule.js';
import { declared, lot } from '../../support/scripted-log.js';

const bag = lot('bag');
/** Kilometres of one degree of latitude. */
const DEGREE = 111.19;

/** The severities of what is found where a device records at two places, so many kilometres and minutes apart. */
function severities(kilometres: number, minutes: number): string[] {
  const at = Date.parse('2026-05-12T08:00:00Z');
  const log = declared(bag, '50');
  for (const [seq, north, after] of [
    [1, 0, 0],
    [2, kilometres / DEGREE, minutes],
  ] as const)
    log.tell('lot.measured', {
      iss: 'coop',
      occurredAt: new Date(at + after * 60_000).toISOString(),
      device: 'phone',
      seq,
      place: { lat: (north - 2).toFixed(6), lon: '30', accuracyM: '0' },
      lots: [{ lot: bag, moisturePercent: '6.0' }],
    });
  return judge(placeJump, log.facts(), defaultParameters).findings.map(({ severity }) => severity);
}

describe('a device that records at two places', () => {
  it.each([
    ['30 km in ten minutes: nobody rides so fast', 30, 10, ['medium']],
    ['30 km in twenty minutes', 30, 20, []],
    ['10 km at once: places are not that certain', 10, 0, []],
    ['190 km in an hour, where nobody flies', 190, 60, ['medium']],
    ['400 km in an hour, by air', 400, 60, []],
    ['400 km in twenty minutes: no aircraft is so fast', 400, 20, ['high']],
  ])('%s', (_, kilometres, minutes, found) => {
    expect(severities(kilometres, minutes)).toEqual(found);
  });
});
