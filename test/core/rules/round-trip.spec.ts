import { describe, expect, it } from '@jest/globals';
import { found } from '../../support/found.js';
import { lot } from '../../support/scripted-log.js';
import { declares, dispatches, makes, receives, register, registrar, time, world } from '../../support/told-world.js';

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

/** Papers of both countries: out to the firm abroad, and back to the trader. */
const papers = (skip: 'out' | 'export' | 'import' | null, importedOn = '2026-05-16T11:00:00Z'): World => {
  const log = ready();
  const lots = [{ lot: bag }];
  if (skip !== 'out') log.tell('lot.exported', { iss: 'coop', occurredAt: '2026-05-13T08:00:00Z', lots });
  hands(log, 'coop', 'abroad', 13);
  if (skip !== 'export') log.tell('lot.exported', { iss: 'abroad', occurredAt: '2026-05-15T08:00:00Z', lots });
  hands(log, 'abroad', 'trader', 15);
  if (skip !== 'import') log.tell('lot.imported', { iss: 'trader', occurredAt: importedOn, lots });
  return log;
};
const tripsIn = (log: World): string[] => found(log).filter((rule) => rule === 'round-trip');

describe('goods that were sent back with papers', () => {
  it('are not meant, though customs clears them once they are there', () => {
    const log = papers(null);
    expect(tripsIn(log)).toEqual([]);
    time(log, '2026-06-30T00:00:00Z');
    expect(tripsIn(log)).toEqual([]);
  });

  it('are judged once the time for the import has passed', () => {
    const log = papers('import');
    time(log, '2026-05-19T08:59:00Z');
    expect(tripsIn(log)).toEqual([]);
    time(log, '2026-05-19T09:00:00Z');
    expect(tripsIn(log)).toEqual(['round-trip']);
  });

  it('are meant at once where they left either country without any, and where the import came too late', () => {
    expect(tripsIn(papers('out'))).toEqual(['round-trip']);
    expect(tripsIn(papers('export'))).toEqual(['round-trip']);
    expect(tripsIn(papers(null, '2026-05-30T09:00:00Z'))).toEqual(['round-trip']);
  });

  it('are meant where a part of what was mixed abroad had left without papers', () => {
    const log = ready();
    const [other, heap] = [lot('other'), lot('heap')];
    declares(log, [{ lot: other, kg: '20' }]);
    log.tell('lot.exported', { iss: 'coop', occurredAt: '2026-05-13T08:00:00Z', lots: [{ lot: bag }] });
    dispatches(log, [bag, other], { to: 'abroad', occurredAt: '2026-05-13T09:00:00Z', mode: 'truck' });
    receives(log, { [bag]: '50.3', [other]: '20' }, { iss: 'abroad', occurredAt: '2026-05-14T09:00:00Z' });
    makes(log, 'lot.aggregated', [bag, other], [{ lot: heap, kg: '70.3' }], {
      iss: 'abroad',
      occurredAt: '2026-05-14T10:00:00Z',
    });
    const lots = [{ lot: heap }];
    log.tell('lot.exported', { iss: 'abroad', occurredAt: '2026-05-15T08:00:00Z', lots });
    dispatches(log, [heap], { iss: 'abroad', to: 'trader', occurredAt: '2026-05-15T09:00:00Z', mode: 'truck' });
    receives(log, { [heap]: '70.3' }, { from: 'abroad', occurredAt: '2026-05-16T09:00:00Z' });
    expect(tripsIn(log)).toEqual(['round-trip']);
  });
});

describe('goods that come back', () => {
  it('are meant where they were taken over abroad, whoever did it', () => {
    const log = ready();
    hands(log, 'coop', 'plant', 13, { place: { facility: 'shed' } });
    hands(log, 'plant', 'trader', 15, { place: { facility: 'depot' } });
    expect(tripsIn(log)).toEqual(['round-trip']);
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
