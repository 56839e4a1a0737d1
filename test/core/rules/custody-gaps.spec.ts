import { describe, expect, it } from '@jest/globals';
import { found } from '../../support/found.js';
import { lot } from '../../support/scripted-log.js';
import { declares, dispatches, exports, makes, receives, register, time, world } from '../../support/told-world.js';

const [bag, other] = [lot('bag'), lot('other')];

const declared = () => {
  const log = world();
  declares(log, [{ lot: bag, kg: '50.3' }]);
  return log;
};

describe('a hop', () => {
  /** Straight from the cooperative to somebody who exports. */
  const straight = (roles: string[]) => {
    const log = declared();
    register(log, 'house', 'RW', { roles });
    dispatches(log, [bag], { to: 'house' });
    receives(log, { [bag]: '50.3' }, { iss: 'house' });
    exports(log, [bag], { iss: 'house', certificate: 'RW-1' });
    return found(log);
  };

  it('is not made by whoever only exports', () => {
    expect(straight(['exporter'])).toEqual(['hop-missing']);
    expect(straight(['exporter', 'trader'])).toEqual([]);
  });

  it('is not made by whoever only smelts', () => {
    const log = declared();
    register(log, 'smelter', 'RW', { roles: ['smelter', 'importer'] });
    dispatches(log, [bag], { to: 'smelter' });
    receives(log, { [bag]: '50.3' }, { iss: 'smelter' });
    makes(log, 'lot.processed', [bag], [{ lot: other, kg: '30', form: 'metal' }], { iss: 'smelter', process: 'smelt' });
    expect(found(log)).toEqual(['hop-missing']);
  });
});

describe('speed', () => {
  /** In the depot since the 13th, and 1,150 km away some hours after it was sent from wherever it was. */
  const driven = (arrivedAt: string) => {
    const log = declared();
    dispatches(log, [bag], { mode: 'truck' });
    receives(log, { [bag]: '50.3' }, { place: { facility: 'depot' } });
    dispatches(log, [bag], { iss: 'trader', to: 'plant', mode: 'truck', occurredAt: '2026-05-20T06:00:00Z' });
    receives(
      log,
      { [bag]: '50.3' },
      { iss: 'plant', from: 'trader', occurredAt: arrivedAt, place: { facility: 'port' } },
    );
    return found(log);
  };

  it('is reckoned from the dispatch, though that names no place', () => {
    expect(driven('2026-05-20T15:00:00Z')).toEqual(['speed-impossible']);
    expect(driven('2026-05-22T06:00:00Z')).toEqual([]);
  });
});

describe('seals', () => {
  /** Sealed at the export, and sent on with not a word of seals. */
  const shipped = (seen: string, resealed = false) => {
    const log = declared();
    dispatches(log, [bag], { mode: 'truck' });
    receives(log, { [bag]: '50.3' });
    exports(log, [bag], { certificate: 'RW-1', seals: ['S-1'] });
    const later = { iss: 'trader', occurredAt: '2026-05-20T10:00:00Z' };
    if (resealed) log.tell('lot.sealed', { ...later, lots: [{ lot: bag, sealsOff: ['S-1'], sealsOn: ['S-2'] }] });
    dispatches(log, [bag], { ...later, to: 'plant' });
    receives(
      log,
      { [bag]: '50.3' },
      { iss: 'plant', from: 'trader', occurredAt: '2026-05-21T09:00:00Z', seals: [seen] },
    );
    return found(log);
  };

  it('are those of the export where the dispatch lists none', () => {
    expect(shipped('S-9')).toEqual(['seal-mismatch']);
    expect(shipped('S-1')).toEqual([]);
    expect(shipped('S-2', true)).toEqual([]);
  });
});

describe('the numbers of a device', () => {
  /** Numbers 1 and 3, and what became of 2. */
  const numbered = (refusal: Record<string, unknown>, next = 3) => {
    const log = world();
    declares(log, [{ lot: bag, kg: '50.3' }], { device: 'phone', seq: 1 });
    log.tell('event.refused', {
      iss: 'ledger',
      occurredAt: '2026-05-12T08:30:00Z',
      event: log.head(bag),
      jws: log.head(bag),
      code: 'not-holder',
      signer: 'coop',
      lots: [bag],
      ...refusal,
    });
    declares(log, [{ lot: other, kg: '51.2' }], { device: 'phone', seq: next });
    time(log, '2026-05-20T08:00:00Z');
    return found(log);
  };

  it('have no hole where an event was refused and kept', () => {
    expect(numbered({ device: 'phone', seq: 2 })).toEqual(['not-holder']);
    expect(numbered({})).toEqual(['device-sequence-gap', 'not-holder']);
    expect(numbered({ device: 'phone', seq: 2, signer: 'trader' })).toEqual(['device-sequence-gap', 'not-holder']);
  });

  it('may be used again for what was refused', () => {
    expect(numbered({ device: 'phone', seq: 2 }, 2)).toEqual(['not-holder']);
  });
});
