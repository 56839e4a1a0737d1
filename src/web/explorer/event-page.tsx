import type { VNode } from 'preact';
import type { StoredEvent } from '../../core/api/event.js';
import type { Say } from '../say.js';
import { Actor, Lot, shortId, Site, Tag, Time } from '../ui/chips.js';
import { Heading, type Page, isActor, useFrame, useSay } from '../ui/frame.js';
import { type Fact, Facts } from '../ui/table.js';
import type { Claims } from './story.js';

/** Everything that the page of an event shows. */
export interface EventPageData {
  stored: StoredEvent;
  /** The claims of the payload, as they were signed; null where the stored text cannot be read. */
  payload: (Claims & Record<string, unknown>) | null;
  /** The actors that it names besides its signer: they may dispute it. */
  named: readonly string[];
  header: { alg?: string; kid?: string } | null;
  /** The claims that were signed hidden and that this reader may see. */
  disclosed: readonly { name: string; value: unknown }[];
  receipt: string | null;
}

/** Lots that the page names at most; the signed text below has all. */
const LOTS = 60;
/** Tags of one lot that it names at most. */
const TAGS = 6;

export const eventPage = (say: Say, data: EventPageData): Page => ({
  title: `${say.coded('event', typeOf(data))} ${shortId(data.stored.id)}`,
  part: 'lots',
  body: <EventBody {...data} />,
});

const typeOf = ({ payload }: EventPageData): string => (typeof payload?.type === 'string' ? payload.type : '?');

function EventBody(data: EventPageData): VNode {
  const say = useSay();
  const { stored, payload } = data;
  return (
    <>
      <div class="kicker">
        <span>
          {say.word('event')} <code title={stored.id}>{shortId(stored.id)}</code>
        </span>
        <span>{say.word('entry', { index: say.number(stored.index) })}</span>
        <Answer {...data} />
      </div>
      {payload === null ? <h1>{say.word('event.unreadable')}</h1> : <Sentence payload={payload} />}
      <div class="cols">
        <div>
          {payload === null ? null : <What payload={payload} />}
          <Signed {...data} />
        </div>
        <aside>
          <Proof {...data} />
        </aside>
      </div>
    </>
  );
}

/** Links to what the reader may do about the event: its signer corrects it, and an actor that it names disputes it. */
function Answer({ stored, payload, named }: EventPageData): VNode | null {
  const say = useSay();
  const { reader } = useFrame();
  if (!isActor(reader) || payload === null) return null;
  if (payload.iss === reader) return <a href={`/desk/correct/${stored.id}`}>{say.word('desk.correct')}</a>;
  return named.includes(reader) ? <a href={`/desk/dispute/${stored.id}`}>{say.word('desk.dispute')}</a> : null;
}

function Sentence({ payload }: { payload: NonNullable<EventPageData['payload']> }): VNode {
  const say = useSay();
  const place = payload.place?.site ?? payload.place?.facility;
  const values = {
    what: say.coded('event', String(payload.type)),
    who: <Actor id={String(payload.iss)} />,
    when: say.dateTime(String(payload.occurredAt)),
    where: place ?? '',
  };
  return <h1>{say.parts(place === undefined ? 'event.sentence' : 'event.sentenceAt', values)}</h1>;
}

function What({ payload }: { payload: NonNullable<EventPageData['payload']> }): VNode {
  const say = useSay();
  const { from, to, place, inputs = [], outputs = [], lots = [], process, reason, destination } = payload;
  const site = place?.site;
  const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);
  const facts: Fact[] = [
    [say.word('column.by'), <Actor key="by" id={String(payload.iss)} />],
    [say.word('column.from'), typeof from === 'string' ? <Actor id={from} /> : null],
    [say.word('column.to'), typeof to === 'string' ? <Actor id={to} /> : null],
    [say.word('column.when'), <Time key="at" at={String(payload.occurredAt)} />],
    [say.word('column.where'), site === undefined ? (place?.facility ?? null) : <Site id={site} />],
    [say.word('column.process'), typeof process === 'string' ? say.coded('process', process) : null],
    [say.word('column.destination'), text(destination)],
    [say.word('column.reason'), text(reason)],
    [say.word('event.inputs'), inputs.length === 0 ? null : <Items items={inputs} />],
    [say.word('event.outputs'), outputs.length === 0 ? null : <Items items={outputs} />],
    [say.word('column.lots'), lots.length === 0 ? null : <Items items={lots} />],
  ];
  return (
    <section>
      <Heading>{say.word('event.what')}</Heading>
      <Facts facts={facts} />
    </section>
  );
}

type Item = NonNullable<Claims['lots']>[number];

function Items({ items }: { items: readonly (Item | string)[] }): VNode {
  const say = useSay();
  const shown = items.slice(0, LOTS).map((item): Item => (typeof item === 'string' ? { lot: item } : item));
  const isPlain = shown.every(
    ({ mass, tags, tagsOn }) => mass === undefined && tags === undefined && tagsOn === undefined,
  );
  return (
    <>
      <div class={isPlain ? 'chips' : undefined}>
        {shown.map((item, i) => (
          <LotItem key={i} item={item} />
        ))}
      </div>
      {items.length > LOTS ? <small>{say.count('list.cut', items.length - LOTS)}</small> : null}
    </>
  );
}

function LotItem({ item: { lot, mass, tags, tagsOn, outcome } }: { item: Item }): VNode {
  const say = useSay();
  return (
    <div>
      <Lot id={lot} />
      {mass === undefined ? null : ` ${say.mass(mass)}`}{' '}
      {(tags ?? tagsOn ?? []).slice(0, TAGS).map((tag) => (
        <>
          <Tag key={tag} number={tag} />{' '}
        </>
      ))}
      {outcome === 'rejected' ? <strong class="bad">{say.word('event.rejected')}</strong> : null}
    </div>
  );
}

/** Renders a claim of any form as text. */
const claimText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value, null, 2));

function Signed({ stored, payload, disclosed }: EventPageData): VNode {
  const say = useSay();
  return (
    <section>
      <Heading more={<a href={`/v1/events/${stored.id}`}>JSON</a>}>{say.word('event.signed')}</Heading>
      {disclosed.length === 0 ? null : (
        <details>
          <summary>{say.count('event.disclosed', disclosed.length)}</summary>
          <Facts facts={disclosed.map(({ name, value }): Fact => [name, claimText(value)])} />
        </details>
      )}
      <details>
        <summary>{say.word('event.claims')}</summary>
        <pre tabIndex={0}>{payload === null ? '' : JSON.stringify(payload, null, 2)}</pre>
      </details>
      <details>
        <summary>{say.word('event.raw')}</summary>
        <pre tabIndex={0}>{stored.event}</pre>
      </details>
    </section>
  );
}

function Proof({ stored, header, payload, receipt }: EventPageData): VNode {
  const say = useSay();
  return (
    <section>
      <Heading>{say.word('event.proof')}</Heading>
      <Facts
        facts={[
          [say.word('event.signature'), header?.alg ?? null],
          [say.word('event.key'), header?.kid === undefined ? null : <code>{header.kid}</code>],
          [say.word('event.signer'), payload === null ? null : <Actor id={String(payload.iss)} />],
          [say.word('event.recorded'), stored.recordedAt === null ? null : <Time at={stored.recordedAt} />],
          [say.word('event.id'), <code key="id">{stored.id}</code>],
        ]}
      />
      <p class="soft more-space">{say.word('event.proofExplained')}</p>
      {receipt === null ? null : (
        <details>
          <summary>{say.word('event.receipt')}</summary>
          <pre tabIndex={0}>{receipt}</pre>
        </details>
      )}
      <p class="row more-space">
        <a class="btn" href={`/v1/events/${stored.id}/receipt`} download={`${stored.id}.tlog-proof`}>
          {say.word('event.receiptFile')}
        </a>
      </p>
      <details>
        <summary>{say.word('check.command')}</summary>
        <pre>{`adit verify ${stored.id}.tlog-proof --log-key KEY`}</pre>
      </details>
    </section>
  );
}
