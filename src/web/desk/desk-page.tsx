import type { ComponentChildren, VNode } from 'preact';
import { goodsOf } from '../explorer/lot-page.js';
import type { Say } from '../say.js';
import { Actor, calledLot, Lot } from '../ui/chips.js';
import { Heading, type Page, useSay } from '../ui/frame.js';
import { type Column, Table } from '../ui/table.js';
import { VerdictWords } from '../ui/verdicts.js';
import { withQuery } from '../ui/with-query.js';
import { type ActionName, actions } from './actions.js';
import type { DeskData, DeskList, DeskListName, DeskLot } from './desk-data.js';
import { Island, deskParts } from './island.js';

/** Returns the desk of an actor: what is on its way to it, what it holds, what it sent. */
export const deskPage = (say: Say, data: DeskData): Page => ({
  title: say.word('part.desk'),
  ...deskParts,
  body: <Desk {...data} />,
});

function Desk(data: DeskData): VNode {
  const say = useSay();
  const { incoming, stock, outgoing } = data;
  const counted = (what: 'incoming' | 'held' | 'outgoing', { count, more }: DeskList): string =>
    more ? say.word(`desk.moreThan.${what}`, { n: say.number(count) }) : say.count(`desk.${what}`, count);
  return (
    <>
      <div class="kicker">
        <Actor id={data.actor} />
      </div>
      <h1>
        {counted('incoming', incoming)} {counted('held', stock)}{' '}
        {outgoing.count === 0 ? null : counted('outgoing', outgoing)}
      </h1>
      <Island name="count" props={{}} />
      <Incoming {...data} />
      <Stock {...data} />
      <Outgoing {...data} />
    </>
  );
}

const lotColumn = (say: Say): Column<DeskLot> => ({
  title: say.word('lot'),
  text: calledLot,
  cell: ({ id, tags, lotNumber }) => <Lot id={id} tag={tags[0]} lotNumber={lotNumber} />,
});

const massColumns = (say: Say): Column<DeskLot>[] => [
  { title: say.word('column.goods'), text: (lot) => goodsOf(say, lot) },
  { title: say.word('column.mass'), number: true, text: ({ mass, mineral }) => say.mass(mass, mineral) },
];

const stateColumn = (say: Say): Column<DeskLot> => ({
  title: say.word('desk.state'),
  text: () => '',
  cell: ({ judged, onHold }) => (
    <>
      <VerdictWords verdicts={judged} />
      {onHold ? <strong class="bad"> {say.word('onHold')}</strong> : null}
    </>
  ),
});

function Section({
  id,
  title,
  next,
  children,
}: {
  id: DeskListName;
  title: string;
  next: string | null;
  children: ComponentChildren;
}): VNode {
  const say = useSay();
  return (
    <section id={id}>
      <Heading>{title}</Heading>
      {children}
      {next === null ? null : (
        <p class="row more-space">
          <a class="btn" href={`${withQuery('/desk', { [id]: next })}#${id}`} rel="next">
            {say.word('list.next')}
          </a>
          <span class="soft">{say.parts('desk.more', { all: <a href="/lots">{say.word('part.lots')}</a> })}</span>
        </p>
      )}
    </section>
  );
}

function Incoming({ incoming }: DeskData): VNode {
  const say = useSay();
  const columns: Column<DeskLot>[] = [
    lotColumn(say),
    ...massColumns(say),
    { title: say.word('column.from'), text: ({ holder }) => holder, cell: ({ holder }) => <Actor id={holder} /> },
    stateColumn(say),
    {
      title: say.word('desk.next'),
      text: () => '',
      cell: ({ head }) => <a href={`/desk/receive?dispatch=${head}`}>{say.word('desk.receive')}</a>,
    },
  ];
  return (
    <Section id="incoming" title={say.word('desk.toReceive')} next={incoming.next}>
      <Table
        rows={incoming.lots}
        columns={columns}
        empty={say.word('desk.noIncoming')}
        label={say.word('desk.toReceive')}
      />
      {incoming.lots.length === 0 ? null : (
        <p class="row more-space">
          <a class="btn main" href="/desk/receive">
            {say.word('desk.receiveAll')}
          </a>
        </p>
      )}
    </Section>
  );
}

function Stock({ stock, actions: possible }: DeskData): VNode {
  const say = useSay();
  const columns: Column<DeskLot>[] = [
    {
      title: say.word('desk.choose'),
      text: () => '',
      cell: (lot) => (
        <input
          type="checkbox"
          name="lot"
          value={lot.id}
          aria-label={say.word('desk.chooseLot', { lot: calledLot(lot) })}
        />
      ),
    },
    lotColumn(say),
    ...massColumns(say),
    stateColumn(say),
  ];
  return (
    <Section id="stock" title={say.word('desk.stock')} next={stock.next}>
      <form method="get" action="/desk/do/dispatch">
        <div class="choosing">
          <Table rows={stock.lots} columns={columns} empty={say.word('desk.noStock')} label={say.word('desk.stock')} />
        </div>
        {stock.lots.length === 0 ? null : (
          <fieldset class="actions sheetbar">
            <legend>{say.word('desk.withChosen')}</legend>
            {possible.map((name) => (
              <ActionButton key={name} name={name} />
            ))}
            <button class="btn" type="submit" formAction="/desk/labels.pdf">
              {say.word('desk.labels')}
            </button>
          </fieldset>
        )}
      </form>
    </Section>
  );
}

const ActionButton = ({ name }: { name: ActionName }): VNode => (
  <button class="btn" type="submit" formAction={`/desk/do/${name}`}>
    {useSay().word(`desk.action.${name}`)}
  </button>
);

function Outgoing({ outgoing }: DeskData): VNode {
  const say = useSay();
  const columns: Column<DeskLot>[] = [
    lotColumn(say),
    ...massColumns(say),
    {
      title: say.word('column.to'),
      text: ({ inTransitTo }) => inTransitTo ?? '',
      cell: ({ inTransitTo }) => (inTransitTo === null ? '' : <Actor id={inTransitTo} />),
    },
    stateColumn(say),
    {
      title: say.word('desk.next'),
      text: () => '',
      cell: ({ id, head }) => (
        <span class="row">
          <a href={`/desk/waybill/${head}.pdf`}>{say.word('desk.waybill')}</a>
          <a href={`/desk/do/recall?lot=${id}`}>{say.word('desk.action.recall')}</a>
        </span>
      ),
    },
  ];
  return (
    <Section id="outgoing" title={say.word('desk.sent')} next={outgoing.next}>
      <Table rows={outgoing.lots} columns={columns} empty={say.word('desk.noOutgoing')} label={say.word('desk.sent')} />
    </Section>
  );
}

/** Returns whether an action is offered for lots in the hands of the actor. */
export const isForStock = (name: ActionName): boolean => actions[name].type !== 'custody.recalled';

/** Returns the page for a reader who has no desk: the operator, or anyone where nobody signs in. */
export const noDeskPage = (say: Say, reader: 'operator' | 'everyone'): Page => ({
  title: say.word('part.desk'),
  narrow: true,
  part: 'desk',
  body: (
    <>
      <h1>{say.word(`desk.none.${reader}`)}</h1>
      <p class="lede">{say.word(`desk.none.${reader}.next`)}</p>
    </>
  ),
});
