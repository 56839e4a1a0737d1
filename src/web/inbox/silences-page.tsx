import type { VNode } from 'preact';
import type { Silence } from '../../core/api/alerts/silence.js';
import type { Say } from '../say.js';
import { Time } from '../ui/chips.js';
import { Heading, type Page, useSay } from '../ui/frame.js';
import { type Column, Table } from '../ui/table.js';
import { filtersInWords } from './filter-words.js';
import type { SilencesPageData } from './inbox-data.js';
import { DurationField, InboxParts, LongField, Select, SendForm } from './send-form.js';

/** Returns the silences of the reader: what is held back, until when, and why. */
export const silencesPage = (say: Say, data: SilencesPageData): Page => ({
  title: say.word('silences'),
  part: 'inbox',
  styles: ['inbox/inbox.css'],
  islands: ['islands/inbox.ts'],
  body: <SilencesBody {...data} />,
});

function SilencesBody({ silences, rules, withEnded }: SilencesPageData): VNode {
  const say = useSay();
  return (
    <>
      <InboxParts path="/inbox/silences" />
      <h1>{say.word('silences')}</h1>
      <p class="lede">{say.word('silences.explained')}</p>
      <div class="cols">
        <section>
          <Heading
            more={
              <a href={withEnded ? '/inbox/silences' : '/inbox/silences?ended=include'}>
                {say.word(withEnded ? 'silences.inForce' : 'silences.withEnded')}
              </a>
            }
          >
            {say.word(withEnded ? 'silences' : 'silences.list')}
          </Heading>
          <Table
            rows={silences}
            columns={columns(say, new Map(rules))}
            empty={say.word('silences.none')}
            label={say.word('silences')}
          />
        </section>
        <section>
          <Heading>{say.word('silences.new')}</Heading>
          <SendForm
            method="POST"
            path="/v1/silences"
            button={say.word('inbox.silence.button')}
            done={say.word('inbox.silence.done')}
            main
          >
            <Select name="filters.rules" as="list" label={say.word('column.rule')} options={rules} />
            <DurationField />
            <LongField name="reason" label={say.word('column.reason')} required />
          </SendForm>
        </section>
      </div>
    </>
  );
}

const columns = (say: Say, titles: ReadonlyMap<string, string>): Column<Silence>[] => [
  { title: say.word('column.what'), text: ({ filters }) => filtersInWords(say, filters, titles) },
  { title: say.word('column.reason'), text: ({ reason }) => reason },
  { title: say.word('column.until'), text: ({ until }) => until, cell: ({ until }) => <Time at={until} /> },
  {
    title: say.word('column.actions'),
    text: () => '',
    cell: ({ id, endedAt }) =>
      endedAt === null ? (
        <SendForm
          method="DELETE"
          path={`/v1/silences/${id}`}
          button={say.word('silence.end')}
          done={say.word('silence.end.done')}
        />
      ) : (
        <span class="soft">{say.word('silence.ended')}</span>
      ),
  },
];
