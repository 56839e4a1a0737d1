import type { VNode } from 'preact';
import { NOT_SHOWN } from '../../core/access/observed.js';
import { mineralOf, shownName } from '../../core/api/lot-name.js';
import { maySilence } from '../../core/api/alerts/silence.js';
import { figuresIn } from '../figures.js';
import { Event, Lot, Time } from '../ui/chips.js';
import { Heading, useSay } from '../ui/frame.js';
import { Icon } from '../ui/icons.js';
import { Figure } from '../ui/figure.js';
import { InEnglish } from '../ui/in-english.js';
import { Prose } from '../ui/prose.js';
import { type Fact, Facts, Table } from '../ui/table.js';
import { Severity } from '../ui/verdicts.js';
import { AnswerForm } from './answer-form.js';
import type { Case } from './inbox-data.js';
import { deliveryColumns } from './deliveries-page.js';
import { DurationField, LongField, SendForm, TextField } from './send-form.js';

/** Events that a case names at most; its finding has all. */
const NAMED = 12;

/** Renders one alert as a case: what happened, what to do now, the evidence, what was done, and who was notified. */
export function CaseBody(one: Case): VNode {
  const { alert, rule, finding } = one;
  const say = useSay();
  return (
    <>
      <div class="kicker">
        <Severity of={alert.severity} />
        <span>{say.coded('alertStatus', alert.status)}</span>
        {rule === null ? null : <span>{say.coded('group', rule.group)}</span>}
        <a href={`/rules/${alert.rule}`}>
          <code>{alert.rule}</code>
        </a>
      </div>
      <h1>
        <Prose text={alert.title} />
      </h1>
      {say.language === 'en' || rule === null ? null : <p class="lede">{rule.means}</p>}
      <InEnglish say={say} lede>
        {alert.detail}
      </InEnglish>
      <section>
        <Heading more={<a href={`/rules/${alert.rule}`}>{say.word('finding.meaning')}</a>}>
          {say.word('inbox.next')}
        </Heading>
        {rule === null ? null : (
          <p>
            <Prose text={rule.whatToDo} />
          </p>
        )}
        <Actions {...one} />
        {one.signer === null || finding === null ? null : <AnswerForm finding={finding} />}
      </section>
      <Evidence {...one} />
      <History {...one} />
      <Notified {...one} />
    </>
  );
}

function Actions({ alert }: Case): VNode | null {
  const say = useSay();
  const path = `/v1/alerts/${alert.id}`;
  if (alert.status === 'resolved') return null;
  return (
    <div class="row more-space actions">
      {alert.status === 'open' ? (
        <SendForm
          method="POST"
          path={`${path}/acknowledge`}
          button={say.word('inbox.take')}
          done={say.word('inbox.taken.done')}
          main
        />
      ) : null}
      <details>
        <summary class="btn">{say.word('inbox.assign')}</summary>
        <SendForm
          method="POST"
          path={`${path}/assign`}
          button={say.word('inbox.assign.button')}
          done={say.word('inbox.assign.done')}
        >
          <TextField name="assignee" label={say.word('inbox.assignee')} required />
          <LongField name="note" label={say.word('inbox.note')} />
        </SendForm>
      </details>
      <details>
        <summary class="btn">{say.word('inbox.resolve')}</summary>
        <SendForm
          method="POST"
          path={`${path}/resolve`}
          button={say.word('inbox.resolve.button')}
          done={say.word('inbox.resolve.done')}
        >
          <LongField name="note" label={say.word('column.reason')} required />
        </SendForm>
      </details>
      <SilenceAction rule={alert.rule} lots={alert.lots} />
    </div>
  );
}

/** Renders the silence of the alerts of this rule on these lots; there is none for damage to the record. */
function SilenceAction({ rule, lots }: { rule: string; lots: readonly string[] }): VNode | null {
  const say = useSay();
  const [lot] = lots;
  if (!maySilence(rule)) return null;
  return (
    <details>
      <summary class="btn">{say.word('inbox.silence')}</summary>
      <SendForm
        method="POST"
        path="/v1/silences"
        button={say.word('inbox.silence.button')}
        done={say.word('inbox.silence.done')}
      >
        <p class="soft">{say.word(lot === undefined ? 'inbox.silence.rule' : 'inbox.silence.lot')}</p>
        <input type="hidden" name="filters.rules" value={rule} data-as="list" />
        {lot === undefined ? null : <input type="hidden" name="filters.lots" value={lot} data-as="list" />}
        <DurationField />
        <LongField name="reason" label={say.word('column.reason')} required />
      </SendForm>
    </details>
  );
}

/** Whether a text is one for the reader, and not hidden because it may name lots of others. */
const isShown = (text: string): boolean => text !== '' && text !== NOT_SHOWN;

function Evidence({ alert, finding, rule }: Case): VNode {
  const say = useSay();
  const isRecord = rule?.group === 'record';
  const { about, lots, evidence, measured, threshold, openedAt, dueAt } = alert;
  const names = new Map(about.map((name) => [name.lot, shownName(name)]));
  const facts: Fact[] = [
    [
      say.word(isRecord ? 'inbox.stored' : 'finding.measured'),
      isShown(measured) ? <Figure key="measured" say={say} text={measured} mineral={mineralOf(about)} /> : null,
    ],
    [
      say.word(isRecord ? 'inbox.logged' : 'finding.threshold'),
      isShown(threshold) ? <Figure key="threshold" say={say} text={threshold} mineral={mineralOf(about)} /> : null,
    ],
    [
      say.word('finding.certainty'),
      finding === null ? null : (
        <>
          {say.coded('certainty', finding.certainty)} <small>{figuresIn(say, finding.basis)}</small>
        </>
      ),
    ],
    [
      say.word('column.lots'),
      lots.length === 0 ? null : (
        <span class="chips">
          {lots.slice(0, NAMED).map((lot) => (
            <Lot key={lot} id={lot} tag={names.get(lot)} />
          ))}
          {lots.length > NAMED ? <span>+{say.number(lots.length - NAMED)}</span> : null}
        </span>
      ),
    ],
    [
      say.word('finding.events'),
      evidence.length === 0 ? null : (
        <span class="chips">
          {evidence.slice(0, NAMED).map(({ event, index }) => (
            <span key={event}>
              <Event id={event} />{' '}
              <small>
                {say.word('column.entry')} {say.number(index)}
              </small>
            </span>
          ))}
        </span>
      ),
    ],
    [say.word('column.opened'), <Time key="opened" at={openedAt} />],
    [say.word('column.due'), dueAt === null ? null : <Time at={dueAt} />],
  ];
  return (
    <section>
      <Heading more={<a href={`/findings/${alert.finding}`}>{say.word('finding')}</a>}>
        {say.word('finding.evidence')}
      </Heading>
      <Facts facts={facts} />
    </section>
  );
}

function History({ alert, finding }: Case): VNode {
  const say = useSay();
  const answers = finding?.answers ?? [];
  return (
    <section>
      <Heading>{say.word('inbox.history')}</Heading>
      {alert.changes.length + answers.length === 0 ? <p class="empty">{say.word('inbox.noHistory')}</p> : null}
      <ol class="history">
        {answers.map(({ event, by, answer, reason, counts }) => (
          <li key={event}>
            <Icon name="check" /> <strong>{by}</strong> {say.coded('answer', answer)}
            {counts ? '' : ` (${say.word('inbox.noWeight')})`} · <Event id={event} />
            <span class="block">{reason}</span>
          </li>
        ))}
        {alert.changes.map(({ at, by, status, note, assignee }) => (
          <li key={at}>
            <Time at={at} /> <strong>{by ?? say.word('reader.operator')}</strong>{' '}
            {assignee === null ? say.coded('alertStatus', status) : say.word('inbox.assigned', { name: assignee })}
            {note === null ? null : <span class="block">{note}</span>}
          </li>
        ))}
      </ol>
    </section>
  );
}

function Notified({ deliveries, alert }: Case): VNode {
  const say = useSay();
  return (
    <section>
      <Heading more={<a href={`/inbox/deliveries?alert=${alert.id}`}>{say.word('deliveries')}</a>}>
        {say.word('inbox.notified')}
      </Heading>
      <Table
        rows={deliveries.map((delivery) => ({ ...delivery, to: '' }))}
        columns={deliveryColumns(say).filter(({ title }) => title !== say.word('column.to'))}
        empty={
          <>
            {say.word('inbox.notNotified')} <a href="/inbox/subscriptions">{say.word('subscriptions')}</a>
          </>
        }
        label={say.word('inbox.notified')}
      />
    </section>
  );
}
