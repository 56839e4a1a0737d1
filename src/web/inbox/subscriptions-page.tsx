import type { VNode } from 'preact';
import { type Subscription, languages } from '../../core/api/alerts/subscription.js';
import { severities } from '../../core/rules/engine/rule.js';
import { type Say, languageNames } from '../say.js';
import { Heading, type Page, useFrame, useSay } from '../ui/frame.js';
import { Icon, type IconName, type Tone } from '../ui/icons.js';
import { type Column, ListLinks, Table } from '../ui/table.js';
import { filtersInWords } from './filter-words.js';
import type { SubscriptionsPageData } from './inbox-data.js';
import { InboxParts, Select, SendForm, TextField } from './send-form.js';

/** Returns the subscriptions of the reader: who is notified of which alerts, and whether that works. */
export const subscriptionsPage = (say: Say, data: SubscriptionsPageData): Page => ({
  title: say.word('subscriptions'),
  part: 'inbox',
  styles: ['inbox/inbox.css'],
  islands: ['islands/inbox.ts'],
  body: <SubscriptionsBody {...data} />,
});

function SubscriptionsBody({ subscriptions, next }: SubscriptionsPageData): VNode {
  const say = useSay();
  const { address } = useFrame();
  return (
    <>
      <InboxParts path="/inbox/subscriptions" />
      <h1>{say.word('subscriptions')}</h1>
      <p class="lede">{say.word('subscriptions.explained')}</p>
      <Table
        rows={subscriptions}
        columns={columns(say)}
        empty={say.word('subscriptions.none')}
        label={say.word('subscriptions')}
      />
      {next === null ? null : <ListLinks address={address} next={next} />}
      <div class="halves">
        <section>
          <Heading>{say.word('subscriptions.mail')}</Heading>
          <NewSubscription channel="mail">
            <TextField name="address" type="email" label={say.word('subscription.address')} maxLength={320} required />
          </NewSubscription>
        </section>
        <section>
          <Heading>{say.word('subscriptions.webhook')}</Heading>
          <NewSubscription channel="webhook">
            <TextField name="url" type="url" label="URL" maxLength={2_000} hint="https://" required />
          </NewSubscription>
        </section>
      </div>
    </>
  );
}

function NewSubscription({ channel, children }: { channel: 'mail' | 'webhook'; children: VNode }): VNode {
  const say = useSay();
  return (
    <SendForm
      method="POST"
      path="/v1/subscriptions"
      button={say.word('subscription.create')}
      done={say.word('subscription.created')}
      {...(channel === 'webhook' ? { shows: 'secret' } : {})}
      main
    >
      <input type="hidden" name="channel" value={channel} />
      {children}
      <TextField name="label" label={say.word('subscription.label')} />
      <Select
        name="filters.minimumSeverity"
        label={say.word('subscription.severity')}
        options={[
          ['', say.word('filter.any')],
          ...severities.map((code) => [code, say.coded('severity', code)] as const),
        ]}
      />
      {channel === 'webhook' ? null : (
        <Select
          name="language"
          value={say.language}
          label={say.word('subscription.language')}
          options={languages.map((code) => [code, languageNames[code]])}
        />
      )}
    </SendForm>
  );
}

/** Returns the state of a subscription: its icon, its tone and its word. */
function stateOf(say: Say, { enabled, disabledReason, failures }: Subscription): [IconName, Tone | undefined, string] {
  if (!enabled)
    return ['wait', 'warn', say.word(disabledReason === null ? 'subscription.paused' : 'subscription.stopped')];
  return failures > 0
    ? ['warning', 'warn', say.count('subscription.failing', failures)]
    : ['check', 'ok', say.word('subscription.works')];
}

const columns = (say: Say): Column<Subscription>[] => [
  {
    title: say.word('subscription.to'),
    text: ({ label, address, url }) => label ?? address ?? url ?? '',
    cell: ({ label, address, url, channel }) => (
      <>
        <strong>{label ?? address ?? url}</strong>
        <span class="block soft">
          {say.coded('channel', channel)}
          {label === null ? '' : ` · ${address ?? url ?? ''}`}
        </span>
      </>
    ),
  },
  { title: say.word('column.what'), text: ({ filters }) => filtersInWords(say, filters, new Map()) },
  {
    title: say.word('lot.status'),
    text: (subscription) => stateOf(say, subscription)[2],
    cell: (subscription) => {
      const [icon, tone, word] = stateOf(say, subscription);
      return (
        <span class={`word ${tone ?? ''}`}>
          <Icon name={icon} /> {word}
          {subscription.disabledReason === null ? null : (
            <small class="block" lang="en">
              {subscription.disabledReason}
            </small>
          )}
        </span>
      );
    },
  },
  { title: say.word('column.actions'), text: () => '', cell: (subscription) => <Actions {...subscription} /> },
];

function Actions({ id, enabled, channel }: Subscription): VNode {
  const say = useSay();
  const path = `/v1/subscriptions/${id}`;
  return (
    <div class="row actions">
      <SendForm
        method="POST"
        path={`${path}/test`}
        button={say.word('subscription.test')}
        done={say.word('subscription.tested')}
        next={`/inbox/deliveries?subscription=${id}`}
      />
      <SendForm
        method="PATCH"
        path={path}
        button={say.word(enabled ? 'subscription.pause' : 'subscription.resume')}
        done={say.word('subscription.changed')}
      >
        <input type="hidden" name="enabled" value={String(!enabled)} data-as="boolean" />
      </SendForm>
      {channel === 'webhook' ? (
        <SendForm
          method="POST"
          path={`${path}/rotate-secret`}
          button={say.word('subscription.rotate')}
          done={say.word('subscription.rotated')}
          ask={say.word('subscription.rotate.ask')}
          shows="secret"
        />
      ) : null}
      <SendForm
        method="DELETE"
        path={path}
        button={say.word('subscription.remove')}
        done={say.word('subscription.removed')}
        ask={say.word('subscription.remove.ask')}
      />
      <a href={`/inbox/deliveries?subscription=${id}`}>{say.word('deliveries')}</a>
    </div>
  );
}
