import { describe, expect, it } from '@jest/globals';
import { findingsIn } from '../../support/found.js';
import { lot } from '../../support/scripted-log.js';
import { declares, dispatches, exports, makes, receives, world } from '../../support/told-world.js';

const [bag, heap, container] = [lot('bag'), lot('heap'), lot('container')];

type World = ReturnType<typeof world>;

const ready = (): World => {
  const log = world();
  declares(log, [{ lot: bag, kg: '50.3' }]);
  return log;
};

const contradicted = (log: World): string[] =>
  findingsIn(log).flatMap(({ rule, severity }) => (rule === 'order-contradicted' ? [severity] : []));

describe('the order of the steps of a lot', () => {
  const received = (occurredAt: string): string[] => {
    const log = ready();
    dispatches(log, [bag], { occurredAt: '2026-05-14T09:00:00Z', mode: 'truck' });
    receives(log, { [bag]: '50.3' }, { occurredAt });
    return contradicted(log);
  };

  it('allows for clocks and their zones, and grades by what they explain', () => {
    expect(received('2026-05-14T07:00:00Z')).toEqual([]);
    expect(received('2026-05-14T06:59:00Z')).toEqual(['medium']);
    expect(received('2026-05-13T07:00:00Z')).toEqual(['medium']);
    expect(received('2026-05-13T06:59:00Z')).toEqual(['high']);
  });

  it('is of all steps before, not only of the last', () => {
    const log = ready();
    dispatches(log, [bag], { occurredAt: '2026-05-14T09:00:00Z', mode: 'truck' });
    receives(log, { [bag]: '50.3' }, { occurredAt: '2026-05-14T08:00:00Z' });
    makes(log, 'lot.split', [bag], [{ lot: heap, kg: '50.3' }], { occurredAt: '2026-05-14T06:30:00Z' });
    expect(contradicted(log)).toEqual(['medium']);
    const [finding] = findingsIn(log).filter(({ rule }) => rule === 'order-contradicted');
    expect(finding?.detail).toContain('lot.split of trader follows custody.dispatched of coop on the chain');
    expect(finding?.detail).toContain('3 h before it');
  });

  it('does not mean what is entered late: a measurement, an import', () => {
    const log = ready();
    dispatches(log, [bag], { mode: 'truck' });
    receives(log, { [bag]: '50.3' });
    log.tell('lot.measured', {
      iss: 'trader',
      occurredAt: '2026-05-13T05:00:00Z',
      lots: [{ lot: bag, moisturePercent: '5' }],
    });
    log.tell('lot.imported', { iss: 'trader', occurredAt: '2026-05-13T04:00:00Z', lots: [{ lot: bag }] });
    expect(contradicted(log)).toEqual([]);
    exports(log, [bag], { occurredAt: '2026-05-20T09:00:00Z' });
    log.tell('lot.imported', { iss: 'trader', occurredAt: '2026-05-20T05:00:00Z', lots: [{ lot: bag }] });
    expect(contradicted(log)).toEqual(['medium']);
  });
});

describe('a seal at receipt', () => {
  const found = (log: World): string[] =>
    findingsIn(log).flatMap(({ rule, cause, severity }) => (rule === 'seal-mismatch' ? [`${cause} ${severity}`] : []));
  const arrives = (log: World): string[] => {
    dispatches(log, [bag], { mode: 'truck' });
    receives(log, { [bag]: '50.3' }, { seals: ['S-71'], sealState: 'intact' });
    return found(log);
  };

  it('is found where no entry applied or listed it', () => {
    expect(arrives(ready())).toEqual(['unlisted medium']);
    const sealed = ready();
    sealed.tell('lot.sealed', {
      iss: 'coop',
      occurredAt: '2026-05-12T08:30:00Z',
      lots: [{ lot: bag, sealsOn: ['S-71'] }],
    });
    expect(arrives(sealed)).toEqual([]);
  });

  it('may be of the lots that a lot was made of, and of a checkpoint', () => {
    const log = ready();
    log.tell('lot.sealed', {
      iss: 'coop',
      occurredAt: '2026-05-12T08:30:00Z',
      lots: [{ lot: bag, sealsOn: ['S-71'] }],
    });
    makes(log, 'lot.aggregated', [bag], [{ lot: container, kg: '50.3' }], {
      iss: 'coop',
      occurredAt: '2026-05-12T08:40:00Z',
    });
    dispatches(log, [container], { mode: 'truck' });
    receives(log, { [container]: '50.3' }, { seals: ['S-71'], sealState: 'intact' });
    expect(found(log)).toEqual([]);
    const checked = ready();
    dispatches(checked, [bag], { mode: 'truck' });
    checked.tell('transit.checked', { iss: 'agent', occurredAt: '2026-05-12T12:00:00Z', lots: [bag], seals: ['S-71'] });
    receives(checked, { [bag]: '50.3' }, { seals: ['S-71'], sealState: 'intact' });
    expect(found(checked)).toEqual([]);
  });
});
