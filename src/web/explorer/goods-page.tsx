import type { VNode } from 'preact';
import type { ListedLot } from '../../core/api/lot.js';
import type { GoodsKind } from '../../core/rules/engine/goods-sought.js';
import type { Say } from '../say.js';
import { Actor, Event, Lot, Site, Time } from '../ui/chips.js';
import { Heading, type Page, useSay } from '../ui/frame.js';
import { type Column, type Fact, Facts, Table } from '../ui/table.js';
import { type ShownFinding, findingColumns } from './finding-pages.js';
import { lotColumns } from './lots-page.js';

/** The claims of events about goods that a page shows; the events were admitted, so they have the form of their types. */
interface Claims {
  to?: string;
  from?: string;
  place?: { site?: string; facility?: string };
  lots?: readonly (string | { lot: string })[];
  exporter?: string;
  importer?: string;
  originCountries?: readonly string[];
  mass?: { value: string; uom: string };
  issuedOn?: string;
  expiresOn?: string;
  verifier?: string;
  validator?: string;
  reason?: string;
}

/** An event that names an identifier of goods. */
export interface GoodsEvent {
  id: string;
  type: string;
  iss: string;
  occurredAt: string;
  claims: Claims;
}

/** What the page of a certificate, a container, a seal or a vehicle shows. */
export interface GoodsPageData {
  kind: GoodsKind;
  name: string;
  /** Newest first. */
  events: readonly GoodsEvent[];
  lots: readonly ListedLot[];
  /** Of a certificate: since when it is void; null: it is not. */
  revokedAt: string | null;
  findings: readonly ShownFinding[];
}

const places: Readonly<Record<GoodsKind, string>> = {
  certificate: 'certificates',
  container: 'containers',
  seal: 'seals',
  vehicle: 'vehicles',
};

/** Returns the address of the page of an identifier of goods. */
export const goodsPath = (kind: GoodsKind, name: string): string => `/${places[kind]}/${encodeURIComponent(name)}`;

const lotsIn = ({ claims: { lots = [] } }: GoodsEvent): string[] =>
  lots.map((item) => (typeof item === 'string' ? item : item.lot));

/** Columns of the events that name an identifier of goods. */
export const goodsColumns = (say: Say): Column<GoodsEvent>[] => [
  {
    title: say.word('column.when'),
    text: ({ occurredAt }) => occurredAt,
    cell: ({ occurredAt }) => <Time at={occurredAt} />,
  },
  {
    title: say.word('column.what'),
    text: ({ type }) => say.coded('event', type),
    cell: ({ id, type }) => <Event id={id}>{say.coded('event', type)}</Event>,
  },
  {
    title: say.word('column.by'),
    text: ({ iss, claims: { from, to } }) => [from, iss, to].filter((actor) => actor !== undefined).join(' → '),
    cell: ({ iss, claims: { from, to } }) => (
      <>
        {from === undefined ? null : (
          <>
            <Actor id={from} /> →{' '}
          </>
        )}
        <Actor id={iss} />
        {to === undefined ? null : (
          <>
            {' '}
            → <Actor id={to} />
          </>
        )}
      </>
    ),
  },
  {
    title: say.word('column.where'),
    text: ({ claims: { place } }) => place?.site ?? place?.facility ?? '',
    cell: ({ claims: { place } }) => (place?.site === undefined ? (place?.facility ?? '') : <Site id={place.site} />),
  },
  {
    title: say.word('column.lots'),
    text: (event) => lotsIn(event).join(' '),
    cell: (event) => {
      const [first, ...others] = lotsIn(event);
      return first === undefined ? (
        ''
      ) : (
        <>
          <Lot id={first} />
          {others.length === 0 ? null : <small> +{others.length}</small>}
        </>
      );
    },
  },
  { title: say.word('event.id'), fileOnly: true, text: ({ id }) => id },
];

export const goodsPage = (say: Say, data: GoodsPageData): Page => ({
  title: `${say.word(`kind.${data.kind}`)} ${data.name}`,
  part: 'lots',
  body: <GoodsBody {...data} />,
});

function GoodsBody(data: GoodsPageData): VNode {
  const say = useSay();
  const { kind, name, events, lots, findings } = data;
  const file = (table: string): VNode => (
    <a href={`${goodsPath(kind, name)}?format=csv&table=${table}`} download>
      CSV
    </a>
  );
  return (
    <>
      <div class="kicker">
        <span>{say.word(`kind.${kind}`)}</span>
        <code>{name}</code>
      </div>
      <h1>{sentenceOf(say, data)}</h1>
      {kind === 'certificate' ? <Certificate {...data} /> : null}
      <section>
        <Heading more={file('findings')}>{say.word('lot.against')}</Heading>
        <Table
          rows={findings}
          columns={findingColumns(say)}
          empty={say.word('goods.nothingAgainst')}
          label={say.word('lot.against')}
        />
      </section>
      <section>
        <Heading more={file('lots')}>{say.word('part.lots')}</Heading>
        <Table rows={lots} columns={lotColumns(say)} empty={say.word('goods.noLots')} label={say.word('part.lots')} />
      </section>
      <section>
        <Heading more={file('events')}>{say.word('goods.events')}</Heading>
        <Table rows={events} columns={goodsColumns(say)} empty="" label={say.word('goods.events')} />
      </section>
    </>
  );
}

const issueOf = (events: readonly GoodsEvent[]): GoodsEvent | undefined =>
  events.findLast(({ type }) => type === 'certificate.issued');
const revocationOf = (events: readonly GoodsEvent[]): GoodsEvent | undefined =>
  events.find(({ type }) => type === 'certificate.revoked');

/** Says in one sentence what is known: of a certificate whether it is in force, of others where they were seen last. */
function sentenceOf(say: Say, { kind, name, events, revokedAt }: GoodsPageData): string {
  const newest = events[0];
  if (kind === 'certificate') {
    const issued = issueOf(events);
    if (revokedAt !== null) return say.word('goods.revoked', { name, date: say.date(revokedAt) });
    if (issued === undefined) return say.word('goods.neverIssued', { name });
    const { issuedOn = issued.occurredAt, expiresOn } = issued.claims;
    const values = { name, from: say.date(issuedOn), to: expiresOn === undefined ? '' : say.date(expiresOn) };
    return say.word('goods.issued', values);
  }
  const date = newest === undefined ? '' : say.date(newest.occurredAt);
  return say.count('goods.seen', events.length, { name, date });
}

/** Renders what a certificate says, and why it is void. */
function Certificate({ events, revokedAt }: GoodsPageData): VNode {
  const say = useSay();
  const [issued, revoked] = [issueOf(events), revocationOf(events)];
  return (
    <>
      {revokedAt === null ? null : (
        <p class="note bad">
          {say.word('goods.void')}{' '}
          {revoked === undefined ? null : say.word('goods.voidReason', { reason: revoked.claims.reason ?? '' })}
        </p>
      )}
      {issued === undefined ? (
        <p class="note warn">{say.word('goods.neverIssuedWhy')}</p>
      ) : (
        <Facts facts={certificateFacts(say, issued)} />
      )}
    </>
  );
}

function certificateFacts(say: Say, { iss, claims }: GoodsEvent): Fact[] {
  const { exporter, importer, originCountries, mass, verifier, validator } = claims;
  return [
    [say.word('goods.issuer'), <Actor key="issuer" id={iss} />],
    [say.word('goods.exporter'), exporter === undefined ? null : <Actor key="exporter" id={exporter} />],
    [say.word('goods.importer'), importer === undefined ? null : <Actor key="importer" id={importer} />],
    [
      say.word('goods.origin'),
      originCountries === undefined ? null : originCountries.map((code) => say.country(code)).join(', '),
    ],
    [say.word('column.mass'), mass === undefined ? null : say.mass(mass)],
    [say.word('goods.verifier'), verifier ?? null],
    [say.word('goods.validator'), validator ?? null],
  ];
}
