import type { VNode } from 'preact';
import type { AuditSummary } from '../../core/api/audit.js';
import type { Readiness } from '../../core/api/health.js';
import type { CountedGrant } from '../../core/api/access/grant.js';
import type { MachineKey } from '../../core/api/access/machine-key.js';
import type { Person } from '../../core/api/access/person.js';
import type { Page as Listed } from '../../core/api/page.js';
import { Said, SendForm } from '../inbox/send-form.js';
import type { Say, WordKey } from '../say.js';
import { Time } from '../ui/chips.js';
import { Heading, type Page, useSay } from '../ui/frame.js';
import { Icon } from '../ui/icons.js';
import { InEnglish } from '../ui/in-english.js';
import { type Column, Facts, Table } from '../ui/table.js';
import { Grants, Keys, People } from './access-lists.js';

/** The jobs of one queue, by their state. */
interface QueueState {
  name: string;
  waiting: number;
  active: number;
  delayed: number;
  failed: number;
}

/** A job that failed; ms since 1970 UTC. */
interface Failure {
  name: string;
  reason: string;
  at: number;
}

/** A setting in force; secrets are left out of its value. */
export interface ShownSetting {
  name: string;
  value: string;
  meaning: string;
  isDefault: boolean;
}

/** What the page of the operator shows. */
export interface OperationData {
  readiness: Readiness;
  size: number;
  /** Entries that have been judged. */
  judged: number;
  audits: readonly AuditSummary[];
  queues: readonly QueueState[];
  /** Why background work failed, the newest first. */
  failures: readonly Failure[];
  people: Listed<Person>;
  keys: Listed<MachineKey>;
  grants: Listed<CountedGrant>;
  settings: readonly ShownSetting[];
}

/** Returns the page on which the operator sees the state of the service. */
export const operationPage = (say: Say, data: OperationData): Page => ({
  title: say.word('operation'),
  part: 'operation',
  islands: ['islands/send.ts'],
  body: <Operation {...data} />,
});

function Operation(data: OperationData): VNode {
  const { readiness, size, judged, audits, people, keys, grants, settings } = data;
  const say = useSay();
  return (
    <>
      <h1>{say.word(stateOf(readiness))}</h1>
      <p class="lede">
        {say.count('log.entries', size)} · {say.word('operation.judged', { n: say.number(judged) })}
      </p>
      <Said />
      <Facts facts={checksOf(say, readiness)} />
      <section>
        <Heading>{say.word('operation.audits')}</Heading>
        <Table
          rows={audits}
          columns={auditColumns(say)}
          empty={say.word('operation.noAudits')}
          label={say.word('operation.audits')}
        />
      </section>
      <Work {...data} />
      <People {...people} />
      <Keys {...keys} />
      <Grants {...grants} />
      <section>
        <Heading>{say.word('operation.settings')}</Heading>
        <Facts facts={factsOf(settings)} />
      </section>
    </>
  );
}

function Work({ queues, failures }: OperationData): VNode {
  const say = useSay();
  return (
    <section>
      <Heading>{say.word('operation.queues')}</Heading>
      <Table rows={queues} columns={queueColumns(say)} empty="" label={say.word('operation.queues')} />
      {failures.length === 0 ? null : (
        <details>
          <summary>{say.word('operation.failures')}</summary>
          <Table rows={failures} columns={failureColumns(say)} empty="" label={say.word('operation.failures')} />
        </details>
      )}
    </section>
  );
}

const failureColumns = (say: Say): Column<Failure>[] => [
  {
    title: say.word('column.when'),
    text: ({ at }) => new Date(at).toISOString(),
    cell: ({ at }) => <Time at={new Date(at).toISOString()} />,
  },
  { title: say.word('column.what'), text: ({ name }) => say.coded('queue', name) },
  {
    title: say.word('operation.why'),
    text: ({ reason }) => reason,
    cell: ({ reason }) => <span lang="en">{reason}</span>,
  },
];

const stateOf = ({ ready, degraded = {} }: Readiness): WordKey =>
  !ready ? 'operation.down' : Object.keys(degraded).length > 0 ? 'operation.degraded' : 'operation.well';

const READY = 'ready';

/** Lists the checks of the service, each with its state as an icon and in words. */
function checksOf(say: Say, { checks, degraded = {} }: Readiness): [string, VNode][] {
  return Object.entries({ ...checks, ...degraded }).map(([name, state]) => {
    const isReady = state === READY;
    return [
      say.coded('check.name', name),
      <div key={name} class={isReady ? 'ok' : 'bad'}>
        <Icon name={isReady ? 'check' : 'cross'} /> {say.word(isReady ? 'readiness.ready' : 'readiness.not')}
        {isReady ? null : <InEnglish say={say}>{state}</InEnglish>}
      </div>,
    ];
  });
}

const auditColumns = (say: Say): Column<AuditSummary>[] => [
  {
    title: say.word('column.when'),
    text: ({ startedAt }) => startedAt,
    cell: ({ startedAt }) => <Time at={startedAt} />,
  },
  { title: say.word('operation.entries'), text: ({ size }) => say.number(size), number: true },
  {
    title: say.word('operation.seconds'),
    text: ({ milliseconds }) => say.number(Math.ceil(milliseconds / 100) / 10),
    number: true,
  },
  {
    title: say.word('operation.faults'),
    text: ({ findings }) => say.number(findings),
    cell: ({ findings }) => (
      <span class={`word ${findings === 0 ? 'ok' : 'bad'}`}>
        <Icon name={findings === 0 ? 'check' : 'cross'} /> {say.number(findings)}
      </span>
    ),
    number: true,
  },
];

const queueColumns = (say: Say): Column<QueueState>[] => [
  { title: say.word('column.what'), text: ({ name }) => say.coded('queue', name) },
  ...(['active', 'waiting', 'delayed', 'failed'] as const).map((state) => ({
    title: say.coded('jobs', state),
    text: (row: QueueState) => say.number(row[state]),
    number: true,
  })),
  {
    title: say.word('column.actions'),
    text: () => '',
    cell: ({ name, failed }) =>
      failed === 0 ? (
        ''
      ) : (
        <SendForm
          method="POST"
          path={`/v1/jobs/${name}/retry`}
          button={say.word('operation.retry')}
          done={say.word('operation.retried')}
        />
      ),
  },
];

/** Lists settings with their values, those that were set in bold, and their meaning below. */
const factsOf = (settings: readonly ShownSetting[]): [string, VNode][] =>
  settings.map(({ name, value, meaning, isDefault }) => [
    name,
    <>
      {isDefault ? <code class="soft">{value}</code> : <strong>{value}</strong>}
      {value === '' ? null : <br />}
      <small lang="en">{meaning}</small>
    </>,
  ]);
