import { describe, expect, it } from '@jest/globals';
import { identifierRefusal, tagDigits } from '../../../src/core/event/identifiers.js';

describe('the identifiers of a new event', () => {
  const pointers = (payload: object): string[] =>
    (identifierRefusal(payload)?.errors ?? []).map(({ pointer }) => pointer);

  it.each(['LOOK-1', 'RW-A000001', 'RAB 482 K', 'Q0000000000000001', 'a/b#3'])('take "%s"', (name) => {
    expect(pointers({ outputs: [{ tags: [name], lotNumber: name }], vehicle: name, device: name })).toEqual([]);
  });

  it.each([
    ['a space after it', 'LOOK-1 '],
    ['a space before it', ' LOOK-1'],
    ['two spaces', 'LOOK  1'],
    ['a zero-width space', 'LOOK\u200b-1'],
    ['a soft hyphen', 'LOOK\u00ad-1'],
    ['a letter of another script that looks the same', 'L\u041eOK-1'],
    ['wide digits', 'LOOK-\uff11'],
    ['a no-break space', 'LOOK\u00a01'],
    ['nothing', ''],
  ])('refuse %s, and name the place', (_, name) => {
    expect(pointers({ outputs: [{ tags: ['T-1', name] }] })).toEqual(['/outputs/0/tags/1']);
    expect(pointers({ lots: [{ sealsOn: [name] }], series: name, serial: name, vehicle: name })).toEqual([
      '/lots/0/sealsOn/0',
      '/series',
      '/serial',
      '/vehicle',
    ]);
  });

  it('leave text as people write it', () => {
    expect(pointers({ reason: ' sac déchiré ', legalName: 'Coopérative', site: 'hill' })).toEqual([]);
  });
});

describe('the running number of a tag', () => {
  it.each([
    ['Q0000000000000001', 16],
    ['Q123456789012345678', 16],
    ['T-7', 1],
    ['1234', 4],
    ['T-', 0],
    ['', 0],
  ])('of %s has %i digits', (tag, digits) => {
    expect(tagDigits(tag)).toBe(digits);
  });
});
