import type { VNode } from 'preact';
import type { CountedGrant } from '../../core/api/access/grant.js';
import type { MachineKey } from '../../core/api/access/machine-key.js';
import type { Person } from '../../core/api/access/person.js';
import type { Page as Listed } from '../../core/api/page.js';
import { Said, Select, SendForm, TextField } from '../inbox/send-form.js';
import type { Say, WordKey } from '../say.js';
import { Actor, Time } from '../ui/chips.js';
import { Heading, type Page, useSay } from '../ui/frame.js';
import { Icon, type IconName, type Tone } from '../ui/icons.js';
import { type Column, ListLinks, Table } from '../ui/table.js';

/** Returns a page with one of the operator's lists alone. */
const listPage = (say: Say, title: WordKey, list: VNode): Page => ({
  title: say.word(title),
  part: 'operation',
  islands: ['islands/send.ts'],
  body: (
    <>
      <div class="kicker">
        <a href="/operation">{say.word('operation')}</a>
      </div>
      <h1>{say.word(title)}</h1>
      <Said />
      {list}
    </>
  ),
});

/** Returns the page of the people who sign in by the identity provider. */
export const peoplePage = (say: Say, people: Listed<Person>): Page =>
  listPage(say, 'operation.people', <PeopleTable {...people} />);

/** Returns the page of the keys for programs. */
export const keysPage = (say: Say, keys: Listed<MachineKey>): Page =>
  listPage(say, 'operation.keys', <KeyTable {...keys} />);

/** Returns the page of the grants of everyone. */
export const grantsPage = (say: Say, grants: Listed<CountedGrant>): Page =>
  listPage(say, 'operation.grants', <GrantTable {...grants} />);

/** Renders the people who sign in by the identity provider, and the form that maps another one. */
export function People(people: Listed<Person>): VNode {
  const say = useSay();
  return (
    <section>
      <Heading>{say.word('operation.people')}</Heading>
      <PeopleTable {...people} />
      <details>
        <summary>{say.word('operation.addPerson')}</summary>
        <SendForm
          method="POST"
          path="/v1/people"
          button={say.word('operation.addPerson')}
          done={say.word('operation.personAdded')}
        >
          <TextField name="label" label={say.word('operation.label')} required />
          <TextField name="subject" label={say.word('operation.subject')} maxLength={255} required />
          <TextField name="actor" label={say.word('operation.actor')} maxLength={64} />
          <Select
            name="scopes"
            as="words"
            label={say.word('operation.scopes')}
            options={[
              ['read alerts share', say.word('operation.may.all')],
              ['read alerts', say.word('operation.may.inbox')],
              ['read', say.word('operation.may.read')],
            ]}
          />
        </SendForm>
      </details>
    </section>
  );
}

function PeopleTable({ items, next }: Listed<Person>): VNode {
  const say = useSay();
  return (
    <>
      <Table
        rows={items}
        columns={[...peopleColumns(say), endPerson(say)]}
        empty={say.word('operation.noPeople')}
        label={say.word('operation.people')}
      />
      <ListLinks address="/operation/people" next={next} />
    </>
  );
}

/** Columns of people, in a file too. */
export const peopleColumns = (say: Say): Column<Person>[] => [
  {
    title: say.word('operation.label'),
    text: ({ label }) => label,
    cell: ({ label, subject }) => (
      <>
        {label} <small class="soft">{subject}</small>
      </>
    ),
  },
  { title: say.word('operation.for'), text: ({ actor }) => actor ?? say.word('reader.operator') },
  {
    title: say.word('operation.scopes'),
    text: ({ scopes }) => scopes.map((code) => say.coded('scope', code)).join(', '),
  },
  {
    title: say.word('operation.since'),
    text: ({ createdAt }) => createdAt,
    cell: ({ createdAt }) => <Time at={createdAt} />,
  },
  { title: say.word('operation.subject'), text: ({ subject }) => subject, fileOnly: true },
  { title: say.word('operation.endedAt'), text: ({ endedAt }) => endedAt ?? '', fileOnly: true },
];

const endPerson = (say: Say): Column<Person> => ({
  title: say.word('column.actions'),
  text: ({ endedAt }) => endedAt ?? '',
  cell: ({ id, label, endedAt }) =>
    endedAt === null ? (
      <SendForm
        method="DELETE"
        path={`/v1/people/${id}`}
        button={say.word('operation.endPerson')}
        done={say.word('operation.personEnded')}
        ask={say.word('operation.endPerson.ask', { label })}
      />
    ) : (
      <Ended at={endedAt} />
    ),
});

const Ended = ({ at }: { at: string }): VNode => (
  <span class="word bad">
    <Icon name="cross" /> {useSay().word('operation.ended')} <Time at={at} />
  </span>
);

/** Renders the keys for programs. */
export function Keys(keys: Listed<MachineKey>): VNode {
  return (
    <section>
      <Heading>{useSay().word('operation.keys')}</Heading>
      <KeyTable {...keys} />
    </section>
  );
}

function KeyTable({ items, next }: Listed<MachineKey>): VNode {
  const say = useSay();
  return (
    <>
      <Table
        rows={items}
        columns={[...keyColumns(say), revokeKey(say)]}
        empty={
          <>
            {say.word('operation.noKeys')} <code>adit access keys make</code>
          </>
        }
        label={say.word('operation.keys')}
      />
      <ListLinks address="/operation/keys" next={next} />
    </>
  );
}

/** Columns of keys for programs, in a file too. */
export const keyColumns = (say: Say): Column<MachineKey>[] => [
  { title: say.word('operation.label'), text: ({ label }) => label },
  { title: say.word('operation.for'), text: ({ actor }) => actor ?? say.word('reader.operator') },
  {
    title: say.word('operation.scopes'),
    text: ({ scopes }) => scopes.map((code) => say.coded('scope', code)).join(', '),
  },
  {
    title: say.word('operation.used'),
    text: ({ lastUsedAt }) => lastUsedAt ?? '',
    cell: ({ lastUsedAt }) => (lastUsedAt === null ? say.word('operation.never') : <Time at={lastUsedAt} />),
  },
  {
    title: say.word('operation.until'),
    text: ({ revokedAt, expiresAt }) => revokedAt ?? expiresAt,
    cell: ({ revokedAt, expiresAt }) => (revokedAt === null ? <Time at={expiresAt} /> : <Ended at={revokedAt} />),
  },
  { title: say.word('operation.endedAt'), text: ({ revokedAt }) => revokedAt ?? '', fileOnly: true },
];

const revokeKey = (say: Say): Column<MachineKey> => ({
  title: say.word('column.actions'),
  text: () => '',
  cell: ({ id, label, revokedAt }) =>
    revokedAt === null ? (
      <SendForm
        method="DELETE"
        path={`/v1/keys/${id}`}
        button={say.word('operation.revoke')}
        done={say.word('operation.revoked')}
        ask={say.word('operation.revoke.ask', { label })}
      />
    ) : (
      ''
    ),
});

/** Renders the newest grants of everyone. */
export function Grants(grants: Listed<CountedGrant>): VNode {
  return (
    <section>
      <Heading>{useSay().word('operation.grants')}</Heading>
      <GrantTable {...grants} />
    </section>
  );
}

function GrantTable({ items, next }: Listed<CountedGrant>): VNode {
  const say = useSay();
  return (
    <>
      <p class="soft">{say.word('operation.grants.explained')}</p>
      <Table
        rows={items}
        columns={grantColumns(say)}
        empty={say.word('operation.noGrants')}
        label={say.word('operation.grants')}
      />
      <ListLinks address="/operation/grants" next={next} />
    </>
  );
}

/** Columns of the grants of everyone, in a file too. */
export const grantColumns = (say: Say): Column<CountedGrant>[] => [
  { title: say.word('column.by'), text: ({ by }) => by, cell: ({ by }) => <Actor id={by} /> },
  { title: say.word('column.to'), text: ({ to }) => to, cell: ({ to }) => <Actor id={to} /> },
  { title: say.word('column.what'), text: (grant) => limitsOf(say, grant) },
  { title: say.word('column.until'), text: ({ until }) => until, cell: ({ until }) => <Time at={until} /> },
  {
    title: say.word('lot.status'),
    text: ({ state }) => say.word(`desk.in.${state}`),
    cell: ({ state }) => <State of={state} />,
  },
];

/** Returns in words what a grant shows. */
function limitsOf(say: Say, { only, disclosures }: CountedGrant): string {
  const { lots, sites, bornFrom, bornUntil } = only;
  return [
    lots === null ? say.word('operation.grant.all') : say.count('lots', lots),
    sites === null ? '' : say.word('operation.grant.sites', { sites: sites.join(', ') }),
    bornFrom === null ? '' : say.word('operation.grant.from', { day: say.date(bornFrom) }),
    bornUntil === null ? '' : say.word('operation.grant.until', { day: say.date(bornUntil) }),
    disclosures ? say.word('desk.disclosures') : '',
  ]
    .filter((part) => part !== '')
    .join(' · ');
}

const looks: Readonly<Record<CountedGrant['state'], readonly [IconName, Tone | undefined]>> = {
  inForce: ['check', 'ok'],
  ended: ['unknown', undefined],
  withdrawn: ['cross', 'bad'],
  paused: ['wait', 'warn'],
};

/** Renders the state of a grant, as an icon and its word. */
function State({ of }: { of: CountedGrant['state'] }): VNode {
  const [icon, tone] = looks[of];
  return (
    <span class={`word ${tone ?? ''}`}>
      <Icon name={icon} /> {useSay().word(`desk.in.${of}`)}
    </span>
  );
}
