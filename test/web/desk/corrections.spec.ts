import { describe, expect, it } from '@jest/globals';
import { correctableClaims } from '../../../src/core/event/correctable.js';
import { changesOf, textOfClaim } from '../../../src/web/desk/corrections.js';

/** A declaration of gold, with what is typed instead of its mass. */
function corrected(typed: string, stated: object = { mass: { value: '182.4', uom: 'GRM' } }) {
  const payload = { outputs: [{ mineral: 'gold', form: 'dore', ...stated }] };
  const claims = correctableClaims('lot.declared', payload).map((claim) => ({ ...claim, shown: textOfClaim(claim) }));
  return changesOf({ event: 'e', claims }, { '/outputs/0/mass': typed }, '+02:00');
}

describe('a mass that is corrected', () => {
  it('has the unit of the mass that it replaces, unless one is typed', () => {
    expect(corrected('182.5')).toMatchObject([{ fault: undefined, body: { is: { value: '182.5', uom: 'GRM' } } }]);
    expect(corrected('0.5 kg')).toMatchObject([{ body: { is: { value: '0.5', uom: 'KGM' } } }]);
    expect(corrected('24.2', { mass: { value: '24', uom: 'TNE' } })).toMatchObject([
      { body: { is: { value: '24.2', uom: 'TNE' } } },
    ]);
  });

  it('is no correction where nothing was changed, and a fault where no unit is known', () => {
    expect(corrected('182.4 g')).toEqual([]);
    expect(corrected('182.5', {})).toMatchObject([{ fault: { code: 'mass' } }]);
    expect(corrected('182.5 g', {})).toMatchObject([{ fault: undefined }]);
  });
});
