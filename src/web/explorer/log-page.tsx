import type { VNode } from 'preact';
import type { Ledger, LedgerKeys } from '../../core/api/ledger.js';
import type { WitnessState, Witnessing } from '../../core/api/witnessing.js';
import type { Say } from '../say.js';
import { Time } from '../ui/chips.js';
import { Heading, type Page, useSay } from '../ui/frame.js';
import { type Column, Facts, Table } from '../ui/table.js';

export interface LogPageData {
  ledger: Ledger;
  keys: LedgerKeys;
  witnessing: Witnessing;
  /** The signed note; null while there is none to show. */
  checkpoint: string | null;
}

const witnessColumns = (say: Say): Column<WitnessState>[] => [
  { title: say.word('column.witness'), text: ({ name }) => name },
  { title: say.word('column.outcome'), text: ({ outcome, detail }) => `${outcome} ${detail}` },
  {
    title: say.word('column.asked'),
    text: ({ askedAt }) => askedAt ?? '',
    cell: ({ askedAt }) => (askedAt === null ? '' : <Time at={askedAt} />),
  },
];

export const logPage = (say: Say, data: LogPageData): Page => ({
  title: say.word('part.log'),
  part: 'log',
  body: <LogBody {...data} />,
});

function LogBody({ ledger, keys, witnessing, checkpoint }: LogPageData): VNode {
  const say = useSay();
  return (
    <>
      <div class="kicker">{ledger.origin}</div>
      <h1>{say.count('log.sentence', ledger.size)}</h1>
      <p class="lede">{say.word('log.explained')}</p>
      <section>
        <Heading more={<a href="/log/checkpoint">{say.word('log.file')}</a>}>{say.word('log.checkpoint')}</Heading>
        {checkpoint === null ? (
          <p class="empty">{say.word('log.noCheckpoint')}</p>
        ) : (
          <pre tabIndex={0}>{checkpoint}</pre>
        )}
      </section>
      <section>
        <Heading>{say.word('start.witnesses')}</Heading>
        <Table
          rows={witnessing.witnesses}
          columns={witnessColumns(say)}
          empty={say.word('log.noWitness')}
          label={say.word('start.witnesses')}
        />
      </section>
      <section>
        <Heading>{say.word('log.keys')}</Heading>
        <Facts
          facts={[
            ...keys.logKeys.map(({ vkey, from }): [string, VNode] => [
              say.word('log.keyFrom', { size: say.number(from) }),
              <code key={vkey}>{vkey}</code>,
            ]),
            [say.word('log.serviceKey'), <code key="service">{ledger.serviceKey.x}</code>],
          ]}
        />
        <p class="soft more-space">{say.word('log.keysExplained')}</p>
      </section>
    </>
  );
}
