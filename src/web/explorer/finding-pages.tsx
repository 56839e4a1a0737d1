import type { VNode } from 'preact';
import type { ListedFinding } from '../../core/api/finding.js';
import { mineralOf, shownName } from '../../core/api/lot-name.js';
import type { RulePage } from '../../core/api/pages.js';
import { findingStatuses } from '../../core/rules/engine/answers.js';
import { severities } from '../../core/rules/engine/rule.js';
import { figuresIn } from '../figures.js';
import type { Say } from '../say.js';
import { Actor, Event, Lot, Time } from '../ui/chips.js';
import { Heading, type Page, useFrame, useSay } from '../ui/frame.js';
import { Figure } from '../ui/figure.js';
import { InEnglish } from '../ui/in-english.js';
import { type Column, Facts, ListLinks, Table } from '../ui/table.js';
import { Prose } from '../ui/prose.js';
import { Severity } from '../ui/verdicts.js';
import { Choice, Field, type Listing } from './lots-page.js';

export interface ShownFinding extends ListedFinding {
  /** Title of its rule, and what it means, in the reader's language. */
  title: string;
  means: string;
}

/** Columns of findings. */
export const findingColumns = (say: Say): Column<ShownFinding>[] => [
  {
    title: say.word('column.severity'),
    text: ({ severity }) => say.coded('severity', severity),
    cell: ({ severity }) => <Severity of={severity} />,
  },
  {
    title: say.word('column.what'),
    text: ({ title }) => title,
    cell: ({ id, title }) => <a href={`/findings/${id}`}>{title}</a>,
  },
  {
    title: say.word('column.lots'),
    text: ({ lots }) => lots.join(' '),
    cell: ({ about, lots }) => (
      <>
        {about.slice(0, 2).map((name) => (
          <>
            <Lot key={name.lot} id={name.lot} tag={shownName(name)} />{' '}
          </>
        ))}
        {lots.length > 2 ? <small>+{lots.length - Math.min(2, about.length)}</small> : null}
      </>
    ),
  },
  { title: say.word('lot.status'), text: ({ status }) => say.coded('findingStatus', status) },
  {
    title: say.word('column.opened'),
    text: ({ openedAt }) => openedAt,
    cell: ({ openedAt }) => <Time at={openedAt} hour={false} />,
  },
  {
    title: say.word('column.due'),
    text: ({ dueAt }) => dueAt ?? '',
    cell: ({ dueAt }) => (dueAt === null ? '' : <Time at={dueAt} hour={false} />),
  },
];

export const findingsPage = (say: Say, listing: Listing<ShownFinding>): Page => ({
  title: say.word('part.findings'),
  part: 'findings',
  body: <FindingsBody {...listing} />,
});

function FindingsBody({ rows, next, filters }: Listing<ShownFinding>): VNode {
  const say = useSay();
  const { address } = useFrame();
  return (
    <>
      <h1>{say.word('part.findings')}</h1>
      <p class="lede">{say.word('findings.explained')}</p>
      <form class="filters" action="/findings">
        <Choice
          name="severity"
          label={say.word('column.severity')}
          value={filters.severity}
          options={severities.map((code) => [code, say.coded('severity', code)])}
        />
        <Choice
          name="status"
          label={say.word('lot.status')}
          value={filters.status}
          options={findingStatuses.map((code) => [code, say.coded('findingStatus', code)])}
        />
        <Field name="rule" label={say.word('column.rule')} value={filters.rule} />
        <button class="btn" type="submit">
          {say.word('filter')}
        </button>
      </form>
      <Table
        rows={rows}
        columns={findingColumns(say)}
        empty={say.word('findings.none')}
        label={say.word('part.findings')}
      />
      <ListLinks address={address} next={next} />
    </>
  );
}

export const findingPage = (data: { finding: ShownFinding; rule: RulePage | null }): Page => ({
  title: data.finding.title,
  part: 'findings',
  body: <FindingBody {...data} />,
});

function FindingBody({ finding, rule }: { finding: ShownFinding; rule: RulePage | null }): VNode {
  const say = useSay();
  return (
    <>
      <div class="kicker">
        <Severity of={finding.severity} />
        <span>{say.coded('findingStatus', finding.status)}</span>
        <a href={`/rules/${finding.rule}`}>
          <code>{finding.rule}</code>
        </a>
      </div>
      <h1>{finding.title}</h1>
      {say.language === 'en' ? null : <p class="lede">{finding.means}</p>}
      <InEnglish say={say} lede>
        {finding.detail}
      </InEnglish>
      <div class="cols">
        <div>
          <Evidence finding={finding} />
          <Answers finding={finding} />
        </div>
        <aside>{rule === null ? null : <Advice rule={rule} />}</aside>
      </div>
    </>
  );
}

function Evidence({ finding }: { finding: ShownFinding }): VNode {
  const say = useSay();
  const { about, lots, events, measured, threshold, certainty, basis, openedAt, closedAt, dueAt, assignee } = finding;
  const names = new Map(about.map((name) => [name.lot, shownName(name)]));
  return (
    <section>
      <Heading>{say.word('finding.evidence')}</Heading>
      <Facts
        facts={[
          [
            say.word('finding.measured'),
            <Figure key="measured" say={say} text={measured} mineral={mineralOf(about)} />,
          ],
          [
            say.word('finding.threshold'),
            threshold === '' ? null : <Figure say={say} text={threshold} mineral={mineralOf(about)} />,
          ],
          [
            say.word('finding.certainty'),
            <>
              {say.coded('certainty', certainty)} <small>{figuresIn(say, basis)}</small>
            </>,
          ],
          [
            say.word('column.lots'),
            lots.length === 0 ? null : (
              <span class="chips">
                {lots.map((lot) => (
                  <Lot key={lot} id={lot} tag={names.get(lot)} />
                ))}
              </span>
            ),
          ],
          [
            say.word('finding.events'),
            events.length === 0 ? null : (
              <span class="chips">
                {events.map((event) => (
                  <Event key={event} id={event} />
                ))}
              </span>
            ),
          ],
          [say.word('column.opened'), <Time key="opened" at={openedAt} />],
          [say.word('column.due'), dueAt === null ? null : <Time at={dueAt} />],
          [say.word('column.closed'), closedAt === null ? null : <Time at={closedAt} />],
          [say.word('column.assignee'), assignee],
        ]}
      />
    </section>
  );
}

function Answers({ finding }: { finding: ShownFinding }): VNode {
  const say = useSay();
  return (
    <section>
      <Heading>{say.word('finding.answers')}</Heading>
      <Table
        rows={finding.answers}
        columns={[
          { title: say.word('column.by'), text: ({ by }) => by, cell: ({ by }) => <Actor id={by} /> },
          { title: say.word('column.answer'), text: ({ answer }) => say.coded('answer', answer) },
          { title: say.word('column.reason'), text: ({ reason }) => reason },
          { title: say.word('event'), text: ({ event }) => event, cell: ({ event }) => <Event id={event} /> },
        ]}
        empty={say.word('finding.unanswered')}
        label={say.word('finding.answers')}
      />
    </section>
  );
}

function Advice({ rule }: { rule: RulePage }): VNode {
  const say = useSay();
  return (
    <>
      <section>
        <Heading>{say.word('rule.whatToDo')}</Heading>
        <p>
          <Prose text={rule.whatToDo} />
        </p>
      </section>
      <section class="note">
        <h2>{say.word('rule.doesNotMean')}</h2>
        <p>
          <Prose text={rule.doesNotMean} />
        </p>
      </section>
      <p class="more-space">
        <a href={`/rules/${rule.id}`}>{say.word('finding.meaning')}</a>
      </p>
    </>
  );
}

/** A rule with its title, and what it means and asks for, in the reader's language. */
export interface TitledRule extends RulePage {
  shownTitle: string;
}

/** Returns all rules by group. */
export const rulesPage = (say: Say, rules: readonly TitledRule[]): Page => ({
  title: say.word('part.rules'),
  part: 'rules',
  body: (
    <>
      <h1>{say.word('part.rules')}</h1>
      <p class="lede">{say.word('rules.explained')}</p>
      {[...new Set(rules.map(({ group }) => group))].map((group) => (
        <section key={group}>
          <Heading>{say.coded('group', group)}</Heading>
          <dl class="facts">
            {rules
              .filter((rule) => rule.group === group)
              .map(({ id, shownTitle }) => (
                <>
                  <dt>
                    <a href={`/rules/${id}`}>
                      <code>{id}</code>
                    </a>
                  </dt>
                  <dd>
                    <Prose text={shownTitle} />
                  </dd>
                </>
              ))}
          </dl>
        </section>
      ))}
    </>
  ),
});

/** Returns the page of one rule. The advice comes before the test and the standard, because readers come from an alert. */
export const rulePage = (say: Say, rule: TitledRule): Page => ({
  title: `${rule.id}: ${rule.shownTitle}`,
  part: 'rules',
  narrow: true,
  body: (
    <>
      <div class="kicker">
        <code>{rule.id}</code>
        <span>{say.coded('group', rule.group)}</span>
        <span>{say.word('rule.version', { version: rule.version })}</span>
      </div>
      <h1>
        <Prose text={rule.shownTitle} />
      </h1>
      {(
        [
          ['rule.means', rule.means],
          ['rule.doesNotMean', rule.doesNotMean],
          ['rule.whatToDo', rule.whatToDo],
        ] as const
      ).map(([key, text]) => (
        <section key={key}>
          <Heading>{say.word(key)}</Heading>
          <p>
            <Prose text={text} />
          </p>
        </section>
      ))}
      {(
        [
          ['rule.test', rule.test],
          ['rule.standard', rule.standard],
        ] as const
      ).map(([key, text]) => (
        <section key={key}>
          <Heading>{say.word(key)}</Heading>
          <InEnglish say={say}>
            <Prose text={text} />
          </InEnglish>
        </section>
      ))}
      {rule.runbook === null ? null : (
        <p class="more-space">
          {say.word('rule.runbook')} <code>{rule.runbook}</code>
        </p>
      )}
      <p class="soft more-space">
        {say.word('rule.parameters', { version: rule.parameters.version, from: say.date(rule.parameters.from) })}
      </p>
      <p class="row more-space">
        <a class="btn" href={`/findings?rule=${rule.id}&status=open`}>
          {say.word('rule.findings')}
        </a>
        <a href="/rules">{say.word('rule.all')}</a>
      </p>
    </>
  ),
});
