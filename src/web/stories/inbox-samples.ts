import type { Alert } from '../../core/api/alerts/alert.js';
import type { Silence } from '../../core/api/alerts/silence.js';
import type { Subscription } from '../../core/api/alerts/subscription.js';
import type { InboxPageData, NamedDelivery, TitledAlert } from '../inbox/inbox-data.js';
import { type Text, sampleFinding, sampleRule } from './samples.js';

// Invented alerts with what belongs to them, for the page of all components and for tests.

const asIs: Text = (text) => text;
const ID = '6d0f9c53-8f43-4a1e-9d52-0e6f2c1b7a10';

const sampleAlert = (text: Text, more: Partial<Alert> = {}): TitledAlert => ({
  id: ID,
  finding: ID,
  rule: sampleFinding().rule,
  title: text('From the mine to the border with no hand between'),
  version: 1,
  severity: 'high',
  status: 'open',
  lots: sampleFinding(text).lots,
  about: sampleFinding(text).about,
  events: sampleFinding(text).events,
  measured: text('0 hands'),
  threshold: text('at least 1'),
  detail: text('Nobody between the site and the exporter has signed.'),
  firstIndex: 55,
  openedAt: '2026-07-20T08:00:00Z',
  regressed: true,
  dueAt: '2026-07-23T08:00:00Z',
  descendants: 12,
  count: 2,
  group: { by: 'site', value: text('ridge') },
  inhibited: 0,
  inhibitedBy: null,
  silencedBy: null,
  escalatedAt: '2026-07-20T09:00:00Z',
  assignee: text('Grace'),
  evidence: [{ event: sampleFinding().events[0] ?? '', index: 55, receipt: '/receipt' }],
  links: { alert: '/alert', rule: '/rule', bundle: null, report: null },
  ...more,
});

export const sampleDelivery = (text: Text = asIs): NamedDelivery => ({
  id: ID,
  subscription: ID,
  alert: ID,
  type: 'alert.opened',
  status: 'exhausted',
  nextAt: '2026-07-20T09:00:00Z',
  createdAt: '2026-07-20T08:00:01Z',
  attempts: [
    {
      attempt: 1,
      at: '2026-07-20T08:00:02Z',
      target: text('https://hooks.example.org/adit'),
      milliseconds: 130,
      httpStatus: 500,
      failure: text('the answer was 500'),
      retryAfter: null,
      nextAt: null,
    },
  ],
  to: text('compliance'),
});

export const sampleSubscription = (text: Text = asIs): Subscription => ({
  id: ID,
  channel: 'webhook',
  url: text('https://hooks.example.org/adit'),
  address: null,
  label: text('compliance'),
  language: 'en',
  filters: { minimumSeverity: 'high', sites: [text('ridge')], lots: [ID] },
  digestMinutes: null,
  quietHours: null,
  escalateAfterMinutes: null,
  contact: null,
  enabled: false,
  publicKey: null,
  createdAt: '2026-07-01T08:00:00Z',
  failures: 3,
  failingSince: null,
  pausedUntil: null,
  disabledAt: '2026-07-20T08:00:00Z',
  disabledReason: text('the endpoint answered 410'),
});

export const sampleSilence = (text: Text = asIs): Silence => ({
  id: ID,
  filters: { rules: [sampleFinding().rule], countries: ['RW'], minerals: ['gold'] },
  reason: text('scale in repair'),
  by: null,
  until: '2026-08-01T00:00:00Z',
  createdAt: '2026-07-20T08:00:00Z',
  endedAt: null,
  endedBy: null,
  holding: 0,
});

/** Returns an inbox with an alert of each state, the first shown as a case. */
export const sampleInbox = (text: Text = asIs): InboxPageData => ({
  open: [sampleAlert(text)],
  taken: [sampleAlert(text, { id: ID.replace('6d', '7d'), status: 'acknowledged', severity: 'medium' })],
  resolved: [sampleAlert(text, { id: ID.replace('6d', '8d'), status: 'resolved', severity: 'low' })],
  shown: {
    alert: {
      ...sampleAlert(text),
      changes: [
        {
          at: '2026-07-20T10:00:00Z',
          status: 'acknowledged',
          by: text('trader'),
          note: text('asked the exporter'),
          evidence: [],
          assignee: null,
        },
      ],
    },
    finding: sampleFinding(text),
    rule: sampleRule(text),
    deliveries: [sampleDelivery(text)],
    signer: 'trader',
  },
});
