import { describe, expect, it } from '@jest/globals';
import { readEvent } from '../../../src/core/event/event.js';
import type { EventTypeName } from '../../../src/core/event/types/index.js';
import { LOG, envelopeOf, examplePayload } from '../../support/examples-of-events.js';

const read = (type: EventTypeName, changes: Record<string, unknown>): object =>
  readEvent(envelopeOf(examplePayload(type, changes)), LOG).payload;

const pricing = {
  basis: 'LBMA gold price PM',
  on: '2026-05-11',
  percentOfBasis: '92.5',
  unitPrice: { amount: '61.2', currency: 'USD' },
};

/** Claims that the field needs, each with a value of another form. */
const claims: readonly [EventTypeName, string, unknown, unknown][] = [
  ['lot.declared', 'person', { id: 'CO-7', role: 'barequero', card: 'BQ-7' }, { card: 'BQ-7' }],
  ['lot.declared', 'source', 'recycled', 'scrap'],
  ['custody.received', 'scale', { id: 'KERN-4', calibratedOn: '2026-01-15' }, { calibratedOn: '2026-01-15' }],
  ['payment.recorded', 'pricing', pricing, { ...pricing, percentOfBasis: '101' }],
  ['site.registered', 'scale', 'smallScale', 'small'],
  ['site.updated', 'region', 'Chocó', ''],
  ['tags.voided', 'returnedBy', 'coop', 'no id'],
  ['tags.voided', 'stock', 0, -1],
];

describe('optional claims', () => {
  it.each(claims)('%s takes %s as it is written, and no other form', (type, claim, right, wrong) => {
    expect(read(type, { [claim]: right })).toHaveProperty(claim, right);
    expect(() => read(type, { [claim]: wrong })).toThrow();
  });

  it('lets a site change its scale or region alone', () => {
    expect(() => read('site.updated', { operator: undefined, scale: 'industrial' })).not.toThrow();
    expect(() => read('site.updated', { operator: undefined, region: 'Chocó' })).not.toThrow();
  });
});
