import { describe, expect, it } from '@jest/globals';
import { found } from '../../support/found.js';
import { kilograms, lot } from '../../support/scripted-log.js';
import { declares, dispatches, makes, receives, world } from '../../support/told-world.js';

const [good, second, third] = [lot('good'), lot('second'), lot('third')];
const TAG = ['SYN-M-7'];
const at = '2026-05-12T11:00:00Z';

type World = ReturnType<typeof world>;

const closes = (log: World, more: Record<string, unknown> = {}): void =>
  void log.tell('lot.closed', { iss: 'coop', occurredAt: at, lots: [{ lot: second }], reason: 'duplicate', ...more });

/** One bag that two people recorded. */
const twice = (kg = '48.6', more: Record<string, unknown> = {}): World => {
  const log = world();
  declares(log, [{ lot: good, kg: '48.7', tags: TAG }]);
  declares(log, [{ lot: second, kg, tags: TAG, ...more }]);
  return log;
};

describe('a bag that was recorded twice', () => {
  it.each([
    ['a reason that begins so', {}],
    ['more words', { reason: 'Duplicate record of the bag' }],
    ['the lot that is kept', { reason: 'two phones', duplicateOf: good }],
    ['its id in the reason', { reason: `duplicate of ${good}` }],
  ])('is one bag once the second record is closed, by %s', (_, more) => {
    const log = twice();
    expect(found(log)).toContain('tag-reused');
    closes(log, more);
    expect(found(log)).toEqual([]);
  });

  it('is one bag though the second record was weighed and sealed', () => {
    const log = twice();
    log.tell('lot.measured', { iss: 'coop', occurredAt: at, lots: [{ lot: second, mass: kilograms('48.5') }] });
    closes(log);
    expect(found(log)).toEqual([]);
  });

  it('is one bag wherever the good record goes', () => {
    const log = twice();
    closes(log, { duplicateOf: good });
    dispatches(log, [good], { occurredAt: '2026-05-12T12:00:00Z' });
    receives(log, { [good]: '48.6' });
    expect(found(log)).toEqual([]);
  });
});

describe('a closing that ends nothing', () => {
  it.each([
    ['is for another reason', {}, { reason: 'stolen' }],
    ['names a lot without that tag', {}, { duplicateOf: third }],
    ['is of a bag that weighs otherwise', { kg: '31.2' }, {}],
    ['is of another mineral', { mineral: 'coltan' }, {}],
  ])('%s', (_, second_, closing) => {
    const { kg = '48.6', ...more } = second_ as { kg?: string };
    const log = twice(kg, more);
    closes(log, closing);
    expect(found(log)).toContain('tag-reused');
  });

  it('cannot name the lot that it closes', () => {
    expect(() => closes(twice(), { duplicateOf: second })).toThrow('schema-invalid');
  });

  it('comes after the bag travelled', () => {
    const log = twice();
    dispatches(log, [second], { occurredAt: '2026-05-12T12:00:00Z' });
    receives(log, { [second]: '48.6' });
    closes(log, { iss: 'trader', occurredAt: '2026-05-14T09:00:00Z' });
    expect(found(log)).toContain('tag-reused');
  });

  it('comes after the bag was sent and came back', () => {
    const log = twice();
    dispatches(log, [second], { occurredAt: '2026-05-12T12:00:00Z' });
    const rejected = [{ lot: second, outcome: 'rejected', reason: 'wet' }];
    log.tell('custody.received', { iss: 'trader', occurredAt: '2026-05-13T09:00:00Z', from: 'coop', lots: rejected });
    closes(log, { occurredAt: '2026-05-14T09:00:00Z' });
    expect(found(log)).toContain('tag-reused');
  });

  it('leaves two bags that both went on', () => {
    const log = twice();
    declares(log, [{ lot: third, kg: '48.7', tags: TAG }]);
    closes(log, { duplicateOf: good });
    expect(found(log)).toContain('tag-reused');
  });
});

describe('a bar or a paper that was recorded twice', () => {
  const [melt, again, bar, twin] = [lot('melt'), lot('again'), lot('bar'), lot('twin')];
  const paper = [
    { commit: '47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU', kind: 'waybill', mediaType: 'application/pdf', size: 9 },
  ];

  it('is one bar once the second record is closed', () => {
    const log = world();
    declares(log, [
      { lot: melt, kg: '10' },
      { lot: again, kg: '10' },
    ]);
    makes(log, 'lot.split', [melt], [{ lot: bar, kg: '10', serials: ['B-1'] }], { iss: 'coop' });
    makes(log, 'lot.split', [again], [{ lot: twin, kg: '10', serials: ['B-1'] }], { iss: 'coop' });
    expect(found(log)).toContain('serial-reused');
    closes(log, { lots: [{ lot: twin }], duplicateOf: bar, occurredAt: '2026-05-14T10:00:00Z' });
    expect(found(log)).not.toContain('serial-reused');
  });

  it('is one paper once the second record is closed', () => {
    const log = world();
    declares(log, [{ lot: good, kg: '48.7' }], { attachments: paper });
    declares(log, [{ lot: second, kg: '48.7' }], { attachments: paper, iss: 'agent', holder: 'coop' });
    expect(found(log)).toContain('document-reused');
    closes(log, { duplicateOf: good });
    expect(found(log)).not.toContain('document-reused');
  });
});
