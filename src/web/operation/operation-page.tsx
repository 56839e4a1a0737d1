import type { VNode } from 'preact';
import type { AuditSummary } from '../../core/api/audit.js';
import type { Readiness } from '../../core/api/health.js';
import type { MachineKey } from '../../core/api/access/machine-key.js';
import type { Say, WordKey } from '../say.js';
import { Time } from '../ui/chips.js';
import { Heading, type Page, useSay } from '../ui/frame.js';
import { Icon } from '../ui/icons.js';
import { InEnglish } from '../ui/in-english.js';
import { type Column, Facts, Table } from '../ui/table.js';

/** The jobs of one queue, by their state. */
interface QueueState {
  name: string;
  waiting: number;
  active: number;
  delayed: number;
  failed: number;
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
  keys: readonly MachineKey[];
  settings: readonly ShownSetting[];
}

/** Returns the page on which the operator sees the state of the service. */
export const operationPage = (say: Say, data: OperationData): Page => ({
  title: say.word('operation'),
  part: 'operation',
  body: <Operation {...data} />,
});

function Operation({ readiness, size, judged, audits, queues, keys, settings }: OperationData): VNode {
  const say = useSay();
  return (
    <>
      <h1>{say.word(stateOf(readiness))}</h1>
      <p class="lede">
        {say.count('log.entries', size)} · {say.word('operation.judged', { n: say.number(judged) })}
      </p>
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
      <section>
        <Heading>{say.word('operation.queues')}</Heading>
        <Table rows={queues} columns={queueColumns(say)} empty="" label={say.word('operation.queues')} />
      </section>
      <section>
        <Heading>{say.word('operation.keys')}</Heading>
        <Table
          rows={keys}
          columns={keyColumns(say)}
          empty={
            <>
              {say.word('operation.noKeys')} <code>adit access keys make</code>
            </>
          }
          label={say.word('operation.keys')}
        />
      </section>
      <section>
        <Heading>{say.word('operation.settings')}</Heading>
        <Facts facts={factsOf(settings)} />
      </section>
    </>
  );
}

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
];

const keyColumns = (say: Say): Column<MachineKey>[] => [
  { title: say.word('operation.label'), text: ({ label }) => label },
  { title: say.word('operation.for'), text: ({ actor }) => actor ?? say.word('reader.operator') },
  { title: say.word('operation.scopes'), text: ({ scopes }) => scopes.join(', ') },
  {
    title: say.word('operation.used'),
    text: ({ lastUsedAt }) => lastUsedAt ?? '',
    cell: ({ lastUsedAt }) => (lastUsedAt === null ? say.word('operation.never') : <Time at={lastUsedAt} />),
  },
  {
    title: say.word('operation.until'),
    text: ({ revokedAt, expiresAt }) => revokedAt ?? expiresAt,
    cell: ({ revokedAt, expiresAt }) =>
      revokedAt === null ? (
        <Time at={expiresAt} />
      ) : (
        <span class="word bad">
          <Icon name="cross" /> {say.word('operation.ended')} <Time at={revokedAt} />
        </span>
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
