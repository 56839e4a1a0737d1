import type { GoodsPageData } from '../explorer/goods-page.js';
import type { SitePageData } from '../explorer/site-page.js';
import { type Text, sampleFinding, sampleListedLot } from './samples.js';

/** Sample data of the pages of sites and of what goods travel with, as those of lots in `samples.ts`. */

const asIs: Text = (text) => text;
const EVENTS = ['a'.repeat(43), 'b'.repeat(43)];

/** Returns a site with its boundary. */
export const sampleSite = (text: Text = asIs): SitePageData => ({
  site: {
    site: text('hill'),
    country: 'RW',
    operator: text('coop-rutongo'),
    minerals: ['cassiterite'],
    licence: null,
    capacity: null,
    certification: 1,
    activity: 1,
    inspectedOn: '2026-04-02',
  },
  volumes: { site: text('hill'), items: [], delayDays: 0, bucket: null },
  lots: [sampleListedLot(text)],
  place: {
    country: 'RW',
    point: [29.36, -1.94],
    polygon: [
      [
        [29.35, -1.95],
        [29.37, -1.95],
        [29.372, -1.93],
        [29.36, -1.925],
        [29.35, -1.95],
      ],
    ],
  },
});

/** Returns a certificate that was revoked. */
export const sampleCertificate = (text: Text = asIs): GoodsPageData => ({
  kind: 'certificate',
  name: text('RW-2026-0412'),
  events: [
    {
      id: EVENTS[1] ?? '',
      type: 'certificate.revoked',
      iss: text('authority'),
      occurredAt: '2026-07-04T10:00:00+02:00',
      claims: { reason: text('written with a wrong mass') },
    },
    {
      id: EVENTS[0] ?? '',
      type: 'certificate.issued',
      iss: text('authority'),
      occurredAt: '2026-07-01T10:00:00+02:00',
      claims: {
        place: { facility: text('port') },
        lots: [sampleListedLot(text).id],
        exporter: text('exporter'),
        importer: text('smelter'),
        originCountries: ['RW'],
        mass: { value: '50', uom: 'KGM' },
        issuedOn: '2026-07-01',
        expiresOn: '2026-10-01',
        verifier: text('A. B.'),
        validator: text('C. D.'),
      },
    },
  ],
  lots: [sampleListedLot(text)],
  revokedAt: '2026-07-04T10:00:00+02:00',
  findings: [sampleFinding(text)],
});
