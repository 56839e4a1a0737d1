import { readFileSync, readdirSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { languages } from '../../src/core/api/alerts/subscription.js';
import { fieldsOf } from '../../src/core/event/fields.js';
import { defaultParameters } from '../../src/core/rules/index.js';
import { accessPage } from '../../src/web/desk/access-page.js';
import { correctPage } from '../../src/web/desk/correct-page.js';
import type { DeskData, FormData } from '../../src/web/desk/desk-data.js';
import { deskPage, noDeskPage } from '../../src/web/desk/desk-page.js';
import { formPage, outboxPage, receivePage } from '../../src/web/desk/form-pages.js';
import { eventPage } from '../../src/web/explorer/event-page.js';
import {
  findingColumns,
  findingPage,
  findingsPage,
  rulePage,
  rulesPage,
} from '../../src/web/explorer/finding-pages.js';
import { lotPage } from '../../src/web/explorer/lot-page.js';
import { eventColumns } from '../../src/web/explorer/lot-tables.js';
import { lotColumns, lotsPage } from '../../src/web/explorer/lots-page.js';
import { problemPage } from '../../src/web/explorer/problem-page.js';
import { searchPage } from '../../src/web/explorer/search-page.js';
import { deliveriesPage } from '../../src/web/inbox/deliveries-page.js';
import { inboxPage } from '../../src/web/inbox/inbox-page.js';
import { silencesPage } from '../../src/web/inbox/silences-page.js';
import { subscriptionsPage } from '../../src/web/inbox/subscriptions-page.js';
import { sharePage } from '../../src/web/passport/share-page.js';
import { passportPage } from '../../src/web/passport/passport-page.js';
import { sayIn } from '../../src/web/phrases.js';
import type { Say } from '../../src/web/say.js';
import { sampleDelivery, sampleInbox, sampleSilence, sampleSubscription } from '../../src/web/stories/inbox-samples.js';
import {
  type Text,
  sampleEvent,
  sampleFinding,
  sampleListedLot,
  samplePlaces,
  sampleLot,
  samplePassport,
  sampleRule,
} from '../../src/web/stories/samples.js';
import { storiesPage } from '../../src/web/stories/stories-page.js';
import type { Page } from '../../src/web/ui/frame.js';
import { type Column, csvOf } from '../../src/web/ui/table.js';
import { sampleCertificate, sampleSite } from '../../src/web/stories/place-samples.js';
import { goodsColumns, goodsPage } from '../../src/web/explorer/goods-page.js';
import { placesPage } from '../../src/web/explorer/lot-table-pages.js';
import { placeColumns } from '../../src/web/explorer/places.js';
import { sitePage } from '../../src/web/explorer/site-page.js';
import { englishIn } from '../support/english-in.js';
import { pageText } from '../support/page-text.js';

const problem = {
  type: '/errors/not-found',
  title: 'Not found',
  status: 404,
  code: 'not-found',
  detail: 'There is none.',
} as const;

const sampleDesk = (text?: Text): DeskData => {
  const lot = { ...sampleListedLot(text), judged: { record: 'intact', custody: 'gaps', risk: 'high' } as const };
  const sent = { ...lot, inTransitTo: text?.('x') ?? 'x' };
  return {
    actor: text?.('x') ?? 'x',
    incoming: { lots: [lot], count: 1, more: false, next: null },
    stock: { lots: [lot], count: 1, more: true, next: 'WzFd' },
    outgoing: { lots: [sent], count: 1, more: false, next: null },
    actions: ['split'],
  };
};

const sampleForm = (text?: Text): FormData => ({
  type: 'custody.dispatched',
  fields: fieldsOf('custody.dispatched'),
  first: [],
  rows: {},
  lots: [
    {
      id: 'x',
      head: 'x',
      called: text?.('x') ?? 'x',
      goods: 'tin ore',
      mineral: 'cassiterite',
      mass: { value: '1', uom: 'KGM' },
      shown: '1 kg',
    },
  ],
  unit: 'kg',
  limits: null,
  balances: false,
  skipsEmpty: false,
  fixed: {},
});

/** Every page, from sample data whose texts are changed by `text`. */
const pages = (text?: Text): Record<string, (say: Say) => Page> => ({
  lot: (say) => lotPage(say, sampleLot(text)),
  lots: (say) => lotsPage(say, { rows: [sampleListedLot(text)], next: 'abc', filters: { holder: text?.('x') ?? 'x' } }),
  event: (say) => eventPage(say, sampleEvent(text)),
  unreadable: (say) => eventPage(say, { ...sampleEvent(text), payload: null, header: null, receipt: null }),
  finding: () => findingPage({ finding: sampleFinding(text), rule: sampleRule(text) }),
  findings: (say) => findingsPage(say, { rows: [sampleFinding(text)], next: null, filters: {} }),
  rule: (say) => rulePage(say, { ...sampleRule(text), shownTitle: text?.('Title') ?? 'Title' }),
  rules: (say) => rulesPage(say, [{ ...sampleRule(text), shownTitle: text?.('Title') ?? 'Title' }]),
  search: (say) =>
    searchPage(say, text?.('q') ?? 'q', [{ kind: 'actor', name: text?.('x') ?? 'x', detail: '', path: '/actors/x' }]),
  absent: (say) => problemPage(say, problem),
  passport: (say) => passportPage(say, samplePassport(text)),
  share: sharePage,
  site: () => sitePage(sampleSite(text)),
  places: (say) => placesPage(say, 'x', samplePlaces(text).places, placeColumns(say)),
  certificate: (say) => goodsPage(say, sampleCertificate(text)),
  seal: (say) => goodsPage(say, { ...sampleCertificate(text), kind: 'seal' }),
  inbox: (say) => inboxPage(say, sampleInbox(text)),
  subscriptions: (say) => subscriptionsPage(say, { subscriptions: [sampleSubscription(text)], next: null }),
  deliveries: (say) => deliveriesPage(say, { deliveries: [sampleDelivery(text)], next: null, filters: {} }),
  silences: (say) =>
    silencesPage(say, { silences: [sampleSilence(text)], rules: [['mass-gained', 'More']], withEnded: true }),
  desk: (say) => deskPage(say, sampleDesk(text)),
  receive: (say) =>
    receivePage(say, {
      lots: [],
      dispatches: [{ id: 'x', from: text?.('x') ?? 'x', occurredAt: '', vehicle: text?.('x') ?? 'x', seals: [] }],
      limits: { gained: defaultParameters.massGained.handedOver, lost: null },
    }),
  dispatch: (say) => formPage(say, text?.('Title') ?? 'Title', sampleForm(text)),
  outbox: (say) => outboxPage(say),
  correct: (say) => correctPage(say, 'lot.split', { event: 'x', claims: [] }),
  access: (say) => accessPage(say, { ...sampleListedLot(text), lotNumber: text?.('x') ?? 'x', tags: [] }),
  noDesk: (say) => noDeskPage(say, 'operator'),
});

const CANARY = `"'><script>canary()</script><img src=x onerror=canary()>\u202e`;
const hostile: Text = (text) => text + CANARY;

describe('every page', () => {
  it.each(Object.keys(pages()))('%s has no English in another language that is not marked as such', (name) => {
    for (const language of languages.filter((each) => each !== 'en')) {
      const html = pageText(language, pages(() => 'x')[name] as (say: Say) => Page);
      expect([language, englishIn(html.replaceAll(/ data-(?:words|props)="[^"]*"/g, ''), language)]).toEqual([
        language,
        [],
      ]);
    }
  });

  it.each(Object.keys(pages()))('%s is whole in every language', (name) => {
    for (const language of languages) {
      const whole = pageText(language, pages()[name] as (say: Say) => Page);
      // The texts of programs keep the places for their values.
      const html = whole.replaceAll(/ data-words="[^"]*"/g, '');
      expect(html).toContain(`<html lang="${language}">`);
      expect(html.match(/<h1/g)).toHaveLength(1);
      expect(html).not.toMatch(/undefined|NaN|\[object|\{\{|Invalid Date/);
      expect(html).not.toMatch(/(?:href|src|action)="(?:https?:)?\/\//);
      expect(html).not.toMatch(/ style="| on\w+="|javascript:/);
    }
  });

  it.each(Object.keys(pages()))('%s shows hostile texts as texts, also in its title', (name) => {
    const html = pageText('en', pages(hostile)[name] as (say: Say) => Page);
    expect(html).not.toContain('<script>');
    expect(html).not.toContain('<img');
    // No attribute ends before its text does.
    for (const [, value = ''] of html.matchAll(/="([^"]*)"/g)) expect(value).not.toMatch(/<script|<img/);
    const own = pages(hostile)[name]?.(sayIn('en')).title ?? '';
    if (own.includes('<script>')) expect(html).toContain('<title>');
  });

  it('has the components of every state', () => {
    expect(pageText('en', storiesPage)).not.toMatch(/undefined|NaN|\[object/);
  });

  it('says first what the lot is, then what weighs against it and what is not proved', () => {
    const html = pageText('en', pages().lot as (say: Say) => Page).replaceAll(/<[^>]+>/g, '');
    expect(html).toContain('15.94\u00a0t of tin metal, held by smelter-klang since');
    const order = [
      '15.94\u00a0t',
      'Custody',
      'Who held it',
      'What weighs against it',
      'What this does not prove',
      'Check it yourself',
    ];
    const places = order.map((words) => html.lastIndexOf(words));
    expect(places).toEqual(places.toSorted((a, b) => a - b));
  });
});

describe('a file of a table', () => {
  const formulas: Text = (text) => `=HYPERLINK("http://evil","${text}")`;
  const values = <Row>(rows: readonly Row[], columns: readonly Column<Row>[]): string[] =>
    [...csvOf(rows, columns).matchAll(/(?:^|,|\n)("(?:[^"]|"")*"|[^,\r\n]*)/g)].map(([, value = '']) =>
      value.replace(/^"/, ''),
    );

  it('has no formula, whatever a text begins with', () => {
    const say = sayIn('en');
    const all = [
      ...values([sampleListedLot(formulas)], lotColumns(say)),
      ...values([sampleFinding(formulas)], findingColumns(say)),
      ...values(sampleCertificate(formulas).events, goodsColumns(say)),
      ...values(samplePlaces(formulas).places, placeColumns(say)),
      ...values(
        sampleLot(formulas).story.events,
        eventColumns(say, { lot: 'x', mineral: 'gold', nameOf: (lot) => lot }),
      ),
    ];
    expect(all.filter((value) => value.includes('HYPERLINK')).length).toBeGreaterThan(5);
    expect(all.filter((value) => /^[=+@\t\r]/.test(value))).toEqual([]);
    for (const start of ['=', '+', '-', '@', '\t', '\r'])
      expect(csvOf([start], [{ title: 'x', text: (row) => `${row}1+1` }])).toMatch(/^x\r\n"?'/);
    expect(csvOf(['-1.5'], [{ title: 'x', text: (row) => row }])).toBe('x\r\n-1.5\r\n');
  });

  it('quotes what RFC 4180 says', () => {
    expect(csvOf(['a,"b"\nc'], [{ title: 'x', text: (row) => row }])).toBe('x\r\n"a,""b""\nc"\r\n');
  });
});

describe('the weight of what browsers load', () => {
  const assets = readdirSync('dist/web/assets').map((name) => ({
    name,
    bytes: readFileSync(`dist/web/assets/${name}`),
  }));
  const manifest = JSON.parse(readFileSync('dist/web/manifest.json', 'utf8')) as Record<
    string,
    { file: string; imports?: string[] }
  >;
  const weightOf = (wanted: RegExp): number =>
    assets.filter(({ name }) => wanted.test(name)).reduce((sum, { bytes }) => sum + gzipSync(bytes).length, 0);

  /** Every program that a page loads with an entry, its imports included. */
  const programsOf = (entry: string): string[] => {
    const found = new Set<string>();
    const follow = (key: string): void => {
      const { file = '', imports = [] } = manifest[key] ?? {};
      if (found.has(file)) return;
      found.add(file);
      imports.forEach(follow);
    };
    follow(entry);
    return [...found].map((file) => file.replace('assets/', ''));
  };
  const weightOfPage = (entries: readonly string[]): number => {
    const names = new Set(['islands/account.ts', ...entries].flatMap(programsOf));
    return assets.filter(({ name }) => names.has(name)).reduce((sum, { bytes }) => sum + gzipSync(bytes).length, 0);
  };

  it('is at most 90 kB of programs on the pages of the explorer, but for the check that a reader starts', () => {
    for (const entry of ['islands/page.ts', 'islands/check.ts', 'islands/sign-in.ts']) {
      expect(weightOfPage([entry])).toBeGreaterThan(0);
      expect(weightOfPage([entry, 'islands/page.ts'])).toBeLessThan(90_000);
    }
    expect(weightOf(/^check-worker.*\.js$/)).toBeLessThan(220_000);
  });

  it('is at most 160 kB of programs on the desk', () => {
    expect(weightOfPage(['islands/desk.ts'])).toBeGreaterThan(10_000);
    expect(weightOfPage(['islands/desk.ts'])).toBeLessThan(160_000);
  });

  it('is at most 30 kB for a passport, uncompressed, with its style and the program that begins a check', () => {
    const sizeOf = (wanted: RegExp): number =>
      assets.filter(({ name }) => wanted.test(name)).reduce((sum, { bytes }) => sum + bytes.length, 0);
    const html = pageText('fr', pages().passport as (say: Say) => Page);
    expect(html.length + sizeOf(/^style.*\.css$/) + sizeOf(/^check-(?!worker).*\.js$/)).toBeLessThan(30_000);
    expect(pageText('fr', (say) => passportPage(say, { ...samplePassport(), evidence: null }))).not.toContain(
      '<script',
    );
  });
});
