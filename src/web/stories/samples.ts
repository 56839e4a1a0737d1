import type { StoredEvent } from '../../core/api/event.js';
import type { JudgedLotState, Lineage, ListedLot } from '../../core/api/lot.js';
import type { RulePage } from '../../core/api/pages.js';
import type { EventPageData } from '../explorer/event-page.js';
import type { ShownFinding } from '../explorer/finding-pages.js';
import type { LotPageData, TitledFinding } from '../explorer/lot-data.js';
import type { GoodsPlaces } from '../explorer/places.js';
import type { StoryEvent } from '../explorer/story.js';
import type { PassportData } from '../../core/api/access/passport.js';

/**
 * Sample data of the pages, for the page of all components and for tests. `text` changes every text of a user, so that a test can put hostile ones into all of them.
 */
export type Text = (text: string) => string;
const asIs: Text = (text) => text;

const OWN = '90553cb5-5b7d-8c41-9a10-6e2f4d8b7c01';
const BLEND = '3f0c2a9e-5b7d-8c41-9a10-6e2f4d8b7c02';
const RIDGE = '8212f78d-47c2-89b7-9c21-82d5bf4a232c';
const BAGS = ['0d8be85f-3089-88b8-9a7b-4eea9e2a2e46', '1d8be85f-3089-88b8-9a7b-4eea9e2a2e47'];
const EVENT = 'ypeBEsobvcr6wjGzmiPcTaeG7_gUfE5yuYB3ha_uSLs';
const FINDING = '797ec387-eaa5-875d-af60-437f45ef6c1f';

const kilograms = (value: string): { value: string; uom: string } => ({ value, uom: 'KGM' });

const lotOf = (text: Text): JudgedLotState => ({
  id: OWN,
  status: 'held',
  holder: text('smelter-klang'),
  inTransitTo: null,
  onHold: true,
  head: EVENT,
  mineral: 'cassiterite',
  form: 'metal',
  mass: kilograms('15936'),
  moisturePercent: '0.2',
  grades: [{ analyte: 'Sn', value: '99.85', uom: 'P1', basis: 'dry' }],
  tags: [text('SYN-D-01'), text('SYN-D-02')],
  model: 'segregated',
  lotNumber: text('MY-26-0412'),
  origins: [
    { site: text('hill'), mass: kilograms('180.029465') },
    { site: text('ridge'), mass: kilograms('7875.960386') },
  ],
  originsBy: 'containedMetal',
  verdicts: { record: 'intact', custody: 'gaps', risk: 'none' },
  asOf: { size: 85, verified: 80 },
});

const findingsOf = (text: Text): TitledFinding[] => [
  {
    id: FINDING,
    rule: 'hop-missing',
    title: text('From the mine to the border with no hand between'),
    means: text('No actor between site and exporter has signed.'),
    severity: 'high',
    status: 'open',
    detail: text('Nobody between the site and the exporter has signed.'),
    measured: text('0 hands'),
    threshold: text('1 hand'),
    openedAt: '2026-07-20T01:00:00.000Z',
    share: '0.0060',
    counts: true,
    lots: [RIDGE],
    events: [EVENT],
  },
];

const lineageOf = (text: Text): Lineage => {
  const node = (lot: string, holder: string, mass: string): Lineage['nodes'][number] => ({
    lot,
    status: 'consumed',
    holder: text(holder),
    mass: kilograms(mass),
  });
  return {
    lot: OWN,
    direction: 'upstream',
    nodes: [
      ...BAGS.map((bag) => node(bag, 'depot', '198.05')),
      node(RIDGE, 'ridgecoop', '11980'),
      node(BLEND, 'exporter', '24240'),
      node(OWN, 'smelter-klang', '15936'),
    ],
    edges: [
      ...BAGS.map((bag) => ({ from: bag, to: BLEND, event: EVENT, mass: kilograms('198.05') })),
      { from: RIDGE, to: BLEND, event: EVENT, mass: kilograms('11980') },
      { from: BLEND, to: OWN, event: EVENT, mass: kilograms('24240') },
    ],
    truncated: false,
  };
};

const storyEventsOf = (text: Text): StoryEvent[] => {
  const event = (index: number, type: string, iss: string, more: Partial<StoryEvent>): StoryEvent => ({
    id: EVENT,
    index,
    type,
    iss: text(iss),
    occurredAt: `2026-0${5 + Math.floor(index / 30)}-1${index % 10}T10:00:00+02:00`,
    recordedAt: null,
    claims: { place: { facility: text('kigali') } },
    lots: [BLEND],
    before: null,
    after: null,
    unreadable: false,
    ...more,
  });
  return [
    event(25, 'lot.declared', 'coop', {
      lots: [BAGS[0] ?? ''],
      after: 48.6,
      claims: { place: { site: text('hill') } },
    }),
    event(43, 'custody.received', 'exporter', { claims: { from: text('coop') }, before: 397, after: 396.1 }),
    event(58, 'custody.dispatched', 'exporter', { claims: { to: text('smelter-klang') }, lots: [OWN] }),
    event(80, 'custody.received', 'smelter-klang', {
      claims: { from: text('exporter') },
      before: 24_240,
      after: 24_238,
    }),
    event(84, 'lot.processed', 'smelter-klang', {
      claims: { outputs: [{ lot: OWN }] },
      lots: [OWN],
      before: 24_238,
      after: 15_936,
    }),
  ];
};

const declared = { id: EVENT, type: 'lot.declared', occurredAt: '2026-07-01T10:00:00+02:00' };

const day = (date: string): number => Date.parse(`${date}T10:00:00Z`);

/** Returns places of which one is known by its country alone. */
export const samplePlaces = (text: Text = asIs): GoodsPlaces => ({
  places: [
    { kind: 'site', name: text('hill'), at: [29.36, -1.94], country: 'RW', event: declared },
    { kind: 'site', name: text('ridge'), at: null, country: 'CD', event: declared },
    { kind: 'facility', name: text('depot-kigali'), at: [30.06, -1.95], country: 'RW', event: declared },
    { kind: 'position', name: '36.82 -1.29', at: [36.82, -1.29], country: null, event: declared },
    { kind: 'facility', name: text('smelter-klang'), at: [101.45, 3.04], country: 'MY', event: declared },
  ],
  ways: [
    [0, 2],
    [1, 2],
    [2, 3],
    [3, 4],
  ],
});

/** Returns a lot with a finding, a hold and a gap. */
export function sampleLot(text: Text = asIs): LotPageData {
  const { asOf, verdicts, origins, originsBy, ...lot } = lotOf(text);
  return {
    lot: { ...lot, asOf, verdicts, origins, originsBy },
    report: {
      lot: OWN,
      asOf,
      notices: [
        { kind: 'hold', text: text('An authority holds it.'), severity: 'high', share: null, finding: FINDING },
      ],
      verdicts,
      coverage: { tracedToSite: '0.9200', assayed: '0.5000', signedByBothSides: '1.0000' },
      origins,
      originsBy,
      undecided: [{ rule: 'mass-gained', subject: OWN, reason: text('not disclosed') }],
    },
    findings: findingsOf(text),
    places: samplePlaces(text),
    lineage: lineageOf(text),
    story: {
      events: storyEventsOf(text),
      holdings: [
        { holder: text('coop'), from: day('2026-05-12'), until: day('2026-05-14'), transit: null, mass: 396.1 },
        {
          holder: text('exporter'),
          from: day('2026-05-14'),
          until: day('2026-07-03'),
          transit: { from: day('2026-06-09'), until: day('2026-07-03') },
          mass: 24_240,
        },
        { holder: text('smelter-klang'), from: day('2026-07-03'), until: null, transit: null, mass: 15_936 },
      ],
      names: new Map([[BLEND, { tag: text('SYN-B-7') }]]),
    },
    unread: 3,
    isWhole: true,
    now: day('2026-07-30'),
  };
}

/** Returns a lot as lists have it. */
export function sampleListedLot(text: Text = asIs): ListedLot {
  const { verdicts: _verdicts, asOf: _asOf, ...lot } = lotOf(text);
  return lot;
}

/** Returns an event with its claims, one of them disclosed. */
export function sampleEvent(text: Text = asIs): EventPageData {
  const stored: StoredEvent = {
    id: EVENT,
    index: 43,
    event: `${text('e30.e30.AA')}~`,
    recordedAt: '2026-05-12T09:31:00Z',
  };
  return {
    stored,
    payload: {
      type: 'custody.received',
      iss: text('exporter'),
      occurredAt: '2026-05-12T11:30:00+02:00',
      from: text('coop'),
      place: { facility: text('shed') },
      reason: text('two bags were wet'),
      lots: [{ lot: BAGS[0] ?? '', mass: kilograms('48.5'), outcome: 'rejected', tags: [text('SYN-M-4411')] }],
    },
    named: [text('coop')],
    header: { alg: 'Ed25519', kid: text('kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k') },
    disclosed: [{ name: text('vehicle'), value: text('RAB 123 C') }],
    receipt: text('c2sp.org/tlog-proof@v1'),
  };
}

/** Returns a finding with an answer. */
export const sampleFinding = (text: Text = asIs): ShownFinding => ({
  ...(findingsOf(text)[0] as TitledFinding),
  rule: 'hop-missing',
  version: 1,
  severity: 'high',
  status: 'open',
  subject: `lot:${RIDGE}`,
  lots: [RIDGE],
  events: [EVENT],
  about: [{ lot: RIDGE, tag: text('SYN-D-09'), lotNumber: null, site: text('ridge'), mineral: 'cassiterite' }],
  firstIndex: 55,
  closedAt: null,
  reopened: 0,
  parameters: 6,
  certainty: 'unusual',
  basis: text('what is usual here'),
  dueAt: '2026-08-03T00:00:00Z',
  assignee: text('Grace'),
  acknowledgedAt: null,
  answers: [
    {
      event: EVENT,
      index: 60,
      by: text('exporter'),
      answer: 'explain',
      reason: text('bought at the pit'),
      dueOn: null,
      counts: true,
    },
  ],
});

/** Returns the page of a rule. */
export const sampleRule = (text: Text = asIs): RulePage => ({
  id: 'hop-missing',
  version: 1,
  group: 'custody',
  title: text('From the mine to the border with no hand between'),
  means: text('Nobody between `site` and exporter has signed.'),
  doesNotMean: text('That somebody smuggled it.'),
  test: text('At least one handover.'),
  whatToDo: text('Ask the *exporter*.'),
  standard: text('ICGLR RCM'),
  runbook: null,
  parameters: { version: 6, from: '2026-01-01' },
});

/** Returns a published passport. */
export const samplePassport = (text: Text = asIs): PassportData => ({
  code: '7K3Q9MZXBT',
  url: 'https://ledger.example.org/p/7K3Q9MZXBT',
  name: text('RW-A000412'),
  mineral: 'cassiterite',
  form: 'concentrate',
  mass: kilograms('48.6'),
  countries: ['RW'],
  verdicts: { record: 'intact', custody: 'complete', risk: 'none' },
  tracedToSite: '1.0000',
  hands: 3,
  findings: 0,
  steps: [
    { month: '2026-05', type: 'lot.declared', country: 'RW', mass: kilograms('48.6') },
    { month: '2026-05', type: 'custody.received', country: 'RW', mass: kilograms('48.5') },
    { month: '2026-06', type: 'lot.exported', country: 'TZ', mass: null },
    { month: '2026-07', type: 'lot.processed', country: 'MY', mass: null },
  ],
  asOf: '2026-07-20T01:00:00Z',
  log: text('example.org/tin'),
  size: 85,
  verified: 85,
  handedOn: null,
  root: 'BXxTR3lRhCHB+GUNEfwqWGP8WGjtjI9QDe0eiqvC/Xk=',
  evidence: '/v1/passports/7K3Q9MZXBT/evidence',
});
