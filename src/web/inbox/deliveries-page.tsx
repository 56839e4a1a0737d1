import type { VNode } from 'preact';
import { deliveryStatuses } from '../../core/api/alerts/delivery.js';
import { Choice } from '../explorer/lots-page.js';
import type { Say } from '../say.js';
import { Time } from '../ui/chips.js';
import { type Page, useFrame, useSay } from '../ui/frame.js';
import { Icon, type IconName, type Tone } from '../ui/icons.js';
import { type Column, ListLinks, Table } from '../ui/table.js';
import type { DeliveriesPageData, NamedDelivery } from './inbox-data.js';
import { InboxParts, SendForm } from './send-form.js';

const looks: Readonly<Record<NamedDelivery['status'], readonly [IconName, Tone | undefined]>> = {
  pending: ['wait', undefined],
  delivered: ['check', 'ok'],
  exhausted: ['cross', 'bad'],
  dropped: ['unknown', undefined],
};

/** Renders the state of a delivery, as an icon and its word. */
function Status({ of }: { of: NamedDelivery['status'] }): VNode {
  const [icon, tone] = looks[of];
  return (
    <span class={`word ${tone ?? ''}`}>
      <Icon name={icon} /> {useSay().coded('delivery', of)}
    </span>
  );
}

/** Columns of deliveries. */
export const deliveryColumns = (say: Say): Column<NamedDelivery>[] => [
  {
    title: say.word('column.when'),
    text: ({ createdAt }) => createdAt,
    cell: ({ createdAt }) => <Time at={createdAt} />,
  },
  {
    title: say.word('column.what'),
    text: ({ type }) => say.coded('notice', type),
    cell: ({ alert, type }) =>
      alert === null ? say.coded('notice', type) : <a href={`/inbox/${alert}`}>{say.coded('notice', type)}</a>,
  },
  { title: say.word('column.to'), text: ({ to }) => to },
  {
    title: say.word('lot.status'),
    text: ({ status }) => say.coded('delivery', status),
    cell: ({ status }) => <Status of={status} />,
  },
  {
    title: say.word('delivery.attempts'),
    text: ({ attempts }) => String(attempts.length),
    cell: (delivery) => <Attempts {...delivery} />,
  },
];

function Attempts({ attempts, nextAt }: NamedDelivery): VNode {
  const say = useSay();
  if (attempts.length === 0) return <span class="soft">{say.word('delivery.noAttempt')}</span>;
  return (
    <details class="attempts">
      <summary>{say.count('delivery.attempted', attempts.length)}</summary>
      <ol>
        {attempts.map(({ attempt, at, target, milliseconds, httpStatus, failure }) => (
          <li key={attempt}>
            <Time at={at} /> {target} <small>{say.number(milliseconds)} ms</small>
            <span class={failure === null ? 'block ok' : 'block bad'} lang="en">
              {failure ?? `HTTP ${httpStatus ?? ''}`}
            </span>
          </li>
        ))}
      </ol>
      {nextAt === null ? null : (
        <p>
          {say.word('delivery.next')} <Time at={nextAt} />
        </p>
      )}
    </details>
  );
}

/** Returns the messages that went to the reader's subscriptions, with each attempt. */
export const deliveriesPage = (say: Say, data: DeliveriesPageData): Page => ({
  title: say.word('deliveries'),
  part: 'inbox',
  styles: ['inbox/inbox.css'],
  islands: ['islands/inbox.ts'],
  body: <DeliveriesBody {...data} />,
});

function DeliveriesBody({ deliveries, next, filters }: DeliveriesPageData): VNode {
  const say = useSay();
  const { address } = useFrame();
  const again: Column<NamedDelivery> = {
    title: say.word('column.actions'),
    text: () => '',
    cell: ({ id }) => (
      <SendForm
        method="POST"
        path={`/v1/deliveries/${id}/redeliver`}
        button={say.word('delivery.again')}
        done={say.word('delivery.again.done')}
      />
    ),
  };
  return (
    <>
      <InboxParts path="/inbox/deliveries" />
      <h1>{say.word('deliveries')}</h1>
      <p class="lede">{say.word('deliveries.explained')}</p>
      <form class="filters" action="/inbox/deliveries">
        <Choice
          name="status"
          label={say.word('lot.status')}
          value={filters.status}
          options={deliveryStatuses.map((code) => [code, say.coded('delivery', code)])}
        />
        <button class="btn" type="submit">
          {say.word('filter')}
        </button>
      </form>
      <Table
        rows={deliveries}
        columns={[...deliveryColumns(say), again]}
        empty={say.word('deliveries.none')}
        label={say.word('deliveries')}
      />
      {next === null ? null : <ListLinks address={address} next={next} />}
    </>
  );
}
