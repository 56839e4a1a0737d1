import { describe, expect, it } from '@jest/globals';
import { found } from '../../support/found.js';
import { kilograms, lot } from '../../support/scripted-log.js';
import { declares, dispatches, exports, receives, time, world } from '../../support/told-world.js';

const [bag, other] = [lot('bag'), lot('other')];

/** Two bags with the trader. */
const ready = () => {
  const log = world();
  declares(log, [
    { lot: bag, kg: '25.1' },
    { lot: other, kg: '25.2' },
  ]);
  dispatches(log, [bag, other], { mode: 'truck' });
  receives(log, { [bag]: '25.1', [other]: '25.2' });
  return log;
};

const certify = (log: ReturnType<typeof ready>, more: Record<string, unknown> = {}): void =>
  void log.tell('certificate.issued', {
    iss: 'agent',
    occurredAt: '2026-05-19T08:00:00Z',
    serial: 'RW-1',
    exporter: 'trader',
    lots: [bag, other],
    mass: kilograms('50.3'),
    originCountries: ['RW'],
    verifier: 'A. Uwase',
    validator: 'B. Mugabo',
    issuedOn: '2026-05-19',
    expiresOn: '2026-08-17',
    ...more,
  });

const ships = (log: ReturnType<typeof ready>, id: string, container?: string): void =>
  exports(log, [id], { certificate: 'RW-1', ...(container === undefined ? {} : { container }) });

describe('a shipment that is loaded in parts', () => {
  it('is not weighed against its certificate before the parts had time to come', () => {
    const log = ready();
    certify(log);
    ships(log, bag, 'MSCU1234565');
    expect(found(log)).toEqual([]);
    time(log, '2026-05-21T09:00:00Z');
    expect(found(log)).toEqual(['certificate-mass-differs']);
    const whole = ready();
    certify(whole);
    ships(whole, bag, 'MSCU1234565');
    ships(whole, other, 'MSCU1234565');
    time(whole, '2026-05-21T09:00:00Z');
    expect(found(whole)).toEqual([]);
  });

  it('is too heavy at once', () => {
    const log = ready();
    certify(log, { mass: kilograms('20') });
    ships(log, bag, 'MSCU1234565');
    expect(found(log)).toEqual(['certificate-mass-differs']);
  });
});

describe('a certificate', () => {
  it('covers a shipment that is told lot by lot, and is weighed against all of it', () => {
    const log = ready();
    certify(log);
    ships(log, bag, 'MSCU1234565');
    ships(log, other, 'MSCU1234565');
    expect(found(log)).toEqual([]);
    const light = ready();
    certify(light, { mass: kilograms('60') });
    ships(light, bag, 'MSCU1234565');
    ships(light, other, 'MSCU1234565');
    expect(found(light)).toEqual(['certificate-mass-differs']);
  });

  it('covers one shipment, where containers differ or none is named', () => {
    for (const containers of [
      ['MSCU1234565', 'MSCU7654328'],
      [undefined, undefined],
    ]) {
      const log = ready();
      certify(log);
      ships(log, bag, containers[0]);
      ships(log, other, containers[1]);
      expect(found(log)).toContain('certificate-reused');
    }
  });

  it('need not be named by the export if it names the lot', () => {
    const log = ready();
    certify(log);
    exports(log, [bag]);
    expect(found(log)).toEqual([]);
    const late = ready();
    certify(late, { issuedOn: '2026-05-21' });
    exports(late, [bag]);
    expect(found(late)).toEqual(['certificate-missing']);
  });

  it('is no certificate of another lot', () => {
    const log = ready();
    certify(log, { lots: [other], mass: kilograms('25.2') });
    ships(log, bag);
    expect(found(log)).toEqual(['certificate-missing']);
    // One for two containers is told as that.
    ships(log, other, 'MSCU1234565');
    expect(found(log)).toEqual(['certificate-reused']);
  });

  it('lasts ninety days at most, where it is a regional one', () => {
    const lasting = (expiresOn: string, originCountries = ['RW']) => {
      const log = ready();
      certify(log, { lots: [bag], mass: kilograms('25.1'), expiresOn, originCountries });
      ships(log, bag);
      return found(log);
    };
    expect(lasting('2026-08-17')).toEqual([]);
    expect(lasting('2026-08-18')).toEqual(['certificate-expired']);
    expect(lasting('2027-05-18', ['PE'])).toEqual(['certificate-contradicts']);
  });
});
