import { describe, expect, it } from '@jest/globals';
import { found } from '../../support/found.js';
import { lot } from '../../support/told-log.js';
import { declares, dispatches, receives, register, registrar, world } from '../../support/told-world.js';

const bag = lot('bag');

const ready = () => {
  const log = world();
  register(log, 'freight', 'TZ', { roles: ['transporter'] });
  log.tell('facility.registered', { ...registrar, facility: 'shed', kind: 'warehouse', country: 'TZ' });
  declares(log, [{ lot: bag, kg: '50.3' }]);
  return log;
};

type World = ReturnType<typeof ready>;

/** By `iss`, from who sent it, the day after. */
const hands = (log: World, from: string, to: string, day: number, more: Record<string, unknown> = {}): void => {
  dispatches(log, [bag], { iss: from, to, occurredAt: `2026-05-${day}T09:00:00Z`, mode: 'truck' });
  receives(log, { [bag]: '50.3' }, { iss: to, from, occurredAt: `2026-05-${day + 1}T09:00:00Z`, ...more });
};

describe('goods that come back', () => {
  it('are meant where they were taken over abroad, whoever did it', () => {
    const log = ready();
    hands(log, 'coop', 'plant', 13, { place: { facility: 'shed' } });
    hands(log, 'plant', 'trader', 15, { place: { facility: 'depot' } });
    expect(found(log)).toEqual(['round-trip']);
  });

  it('are not meant where a buyer abroad refused them', () => {
    const log = ready();
    hands(log, 'coop', 'abroad', 13, { lots: [{ lot: bag, outcome: 'rejected', reason: 'wet' }] });
    hands(log, 'coop', 'trader', 15);
    expect(found(log)).toEqual([]);
  });

  it('are not meant where a foreign carrier has them, or a foreign firm at a place in the country', () => {
    const log = ready();
    hands(log, 'coop', 'freight', 13);
    hands(log, 'freight', 'trader', 15);
    expect(found(log)).toEqual([]);
    const at = ready();
    hands(at, 'coop', 'abroad', 13, { place: { facility: 'depot' } });
    hands(at, 'abroad', 'trader', 15);
    expect(found(at)).toEqual([]);
  });
});
