import type { Case } from './case.js';
import { type ScriptedLog, kilograms, lot } from './scripted-log.js';
import {
  type Output,
  declares,
  dispatches,
  exports,
  makes,
  receives,
  registrar,
  site,
  time,
  world,
} from './told-world.js';

const [bag, other, drum] = [lot('bag'), lot('other'), lot('drum')];
const COMMIT = '47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU';

const tagged = (tags: string[], more: Record<string, unknown> = {}) => {
  const log = world();
  declares(log, [{ lot: bag, kg: '50.3', tags }], more);
  return log;
};

/** Goods of the trader, ready to leave. */
const ready = (outputs: Output[] = [{ lot: bag, kg: '50.3' }]) => {
  const log = world();
  declares(log, outputs);
  dispatches(
    log,
    outputs.map(({ lot: id }) => id),
    { mode: 'truck' },
  );
  receives(log, Object.fromEntries(outputs.map(({ lot: id, kg }) => [id, kg])));
  return log;
};

/** Bags with 40 of the 500 tags that the operator of the hill got, and some days later a count with ten that it gives back. */
export const tagsCounted = (stock: number, before?: number, used = 40): ScriptedLog => {
  const log = world();
  const back = (occurredAt: string, first: number, left: number): void =>
    void log.tell('tags.voided', {
      iss: 'agent',
      occurredAt,
      tags: Array.from({ length: 10 }, (_, i) => `SYN-M-${first + i}`),
      reason: 'returned',
      returnedBy: 'coop',
      stock: left,
    });
  if (before !== undefined) back('2026-05-12T06:00:00Z', 401, before);
  for (let n = 0; n < used; n += 1)
    declares(log, [{ lot: lot(`bag ${n}`), kg: `${46 + ((n * 37) % 80) / 10}`, tags: [`SYN-M-${n + 1}`] }], {
      occurredAt: new Date(Date.UTC(2026, 4, 13 + (n % 4), 7 + Math.floor(n / 4) / 2)).toISOString(),
    });
  back('2026-05-20T10:00:00Z', 451, stock);
  return log;
};

const certify = (log: ReturnType<typeof world>, more: Record<string, unknown> = {}): void =>
  void log.tell('certificate.issued', {
    iss: 'agent',
    occurredAt: '2026-05-15T08:00:00Z',
    serial: 'RW-1',
    exporter: 'trader',
    lots: [bag],
    mass: kilograms('50.3'),
    originCountries: ['RW'],
    verifier: 'A. Uwase',
    validator: 'B. Mugabo',
    issuedOn: '2026-05-15',
    expiresOn: '2026-08-12',
    ...more,
  });

/** Tin concentrate that is exported under a customs code. */
const exportedAs = (hs: string) => {
  const log = ready();
  certify(log);
  exports(log, [bag], { certificate: 'RW-1', container: 'MSCU1234565', hs });
  return log;
};

export const certified = (more: Record<string, unknown> = {}) => {
  const log = ready();
  certify(log, more);
  exports(log, [bag], { certificate: 'RW-1', container: 'MSCU1234565' });
  return log;
};

const paper = { attachments: [{ commit: COMMIT, mediaType: 'application/pdf', kind: 'waybill', size: 2048 }] };

const bar = (
  serial: string,
  id: string,
  input: string,
  log = ready([
    { lot: bag, kg: '50.3' },
    { lot: other, kg: '51.2' },
  ]),
) => {
  makes(log, 'lot.processed', [input], [{ lot: id, kg: '30', form: 'metal', serials: [serial] }], { process: 'smelt' });
  return log;
};

export const tagCases: Record<string, Case> = {
  'tag-reused': {
    severity: 'critical',
    wrong: () => {
      const log = tagged(['SYN-M-1']);
      declares(log, [{ lot: other, kg: '51', tags: ['SYN-M-1'] }]);
      return log;
    },
    // The bag was only weighed into another, and kept its tag.
    twin: () => {
      const log = tagged(['SYN-M-1']);
      makes(log, 'lot.aggregated', [bag], [{ lot: other, kg: '50.3', tags: ['SYN-M-1'] }], { iss: 'coop' });
      return log;
    },
  },
  'tag-wrong-site': {
    severity: 'critical',
    wrong: () => {
      const log = world();
      site(log, 'ridge');
      declares(log, [{ lot: bag, kg: '50.3', tags: ['SYN-M-1'] }], { place: { site: 'ridge' } });
      return log;
    },
    twin: () => tagged(['SYN-M-1']),
  },
  // 500 were issued: with 40 on bags and 10 given back, 450 are left.
  'tag-stock-differs': { severity: 'medium', wrong: () => tagsCounted(431), twin: () => tagsCounted(448) },
  'tag-voided-used': {
    severity: 'critical',
    wrong: () => {
      const log = world();
      log.tell('tags.voided', { ...registrar, iss: 'agent', tags: ['SYN-M-1'], reason: 'lost' });
      declares(log, [{ lot: bag, kg: '50.3', tags: ['SYN-M-1'] }]);
      return log;
    },
    // A tag that fell off was voided, and another put on.
    twin: () => {
      const log = tagged(['SYN-M-1']);
      log.tell('tags.voided', { iss: 'agent', occurredAt: '2026-05-12T10:00:00Z', tags: ['SYN-M-1'], reason: 'lost' });
      log.tell('lot.sealed', {
        iss: 'coop',
        occurredAt: '2026-05-12T11:00:00Z',
        lots: [{ lot: bag, tagsOff: ['SYN-M-1'], tagsOn: ['SYN-M-2'] }],
      });
      time(log, '2026-05-12T11:00:00Z');
      return log;
    },
  },
  'tag-unknown': {
    severity: 'high',
    wrong: () => tagged(['SYN-M-9999']),
    // A site to which nobody has issued tags numbers its bags itself.
    twin: () => {
      const log = world();
      site(log, 'ridge');
      declares(log, [{ lot: bag, kg: '50.3', tags: ['OWN-1'] }], { place: { site: 'ridge' } });
      return log;
    },
  },
  'tag-rate': {
    severity: 'medium',
    wrong: () => tagged(Array.from({ length: 30 }, (_, i) => `SYN-M-${i + 1}`)),
    twin: () => tagged(['SYN-M-1', 'SYN-M-2']),
  },
  'certificate-missing': {
    severity: 'high',
    wrong: () => {
      const log = ready();
      exports(log, [bag]);
      return log;
    },
    twin: certified,
  },
  'certificate-expired': {
    severity: 'high',
    wrong: () => certified({ issuedOn: '2026-05-13', expiresOn: '2026-05-19' }),
    // The last day of its validity is a day of its validity.
    twin: () => certified({ issuedOn: '2026-05-13', expiresOn: '2026-05-20' }),
  },
  'certificate-reused': {
    severity: 'critical',
    wrong: () => {
      const log = ready([
        { lot: bag, kg: '25.1' },
        { lot: other, kg: '25.2' },
      ]);
      certify(log, { lots: [bag, other] });
      exports(log, [bag], { certificate: 'RW-1', container: 'MSCU1234565' });
      exports(log, [other], { certificate: 'RW-1', container: 'MSCU7654328' });
      return log;
    },
    twin: () => {
      const log = ready([
        { lot: bag, kg: '25.1' },
        { lot: other, kg: '25.2' },
      ]);
      certify(log, { lots: [bag, other] });
      exports(log, [bag, other], { certificate: 'RW-1', container: 'MSCU1234565' });
      return log;
    },
  },
  'certificate-mass-differs': {
    severity: 'high',
    wrong: () => certified({ mass: kilograms('60') }),
    twin: () => certified({ mass: kilograms('50.1') }),
  },
  'certificate-same-signer': {
    severity: 'critical',
    wrong: () => certified({ verifier: 'A. Uwase', validator: ' a.  uwase ' }),
    twin: certified,
  },
  'certificate-contradicts': {
    severity: 'high',
    wrong: () => certified({ originCountries: ['BI'] }),
    twin: certified,
  },
  'document-reused': {
    severity: 'high',
    wrong: () => {
      const log = world();
      declares(log, [{ lot: bag, kg: '50.3' }], paper);
      declares(log, [{ lot: other, kg: '51.2' }], { ...paper, occurredAt: '2026-05-12T08:05:00Z', iss: 'trader' });
      return log;
    },
    // One waybill for what one firm sends on one day.
    twin: () => {
      const log = world();
      declares(log, [{ lot: bag, kg: '50.3' }], paper);
      declares(log, [{ lot: other, kg: '51.2' }], { ...paper, occurredAt: '2026-05-12T08:05:00Z' });
      return log;
    },
  },
  'serial-reused': {
    severity: 'critical',
    wrong: () => bar('B-1', lot('bar 2'), other, bar('B-1', lot('bar 1'), bag)),
    // The bar that was cut off the other keeps its number.
    twin: () => {
      const log = bar('B-1', drum, bag);
      makes(log, 'lot.processed', [drum], [{ lot: lot('cast'), kg: '30', form: 'metal', serials: ['B-1'] }], {
        process: 'cast',
      });
      return log;
    },
  },
  'hs-contradicts': {
    severity: 'medium',
    wrong: () => exportedAs('2615.90'),
    twin: () => exportedAs('2609.00'),
  },
};
