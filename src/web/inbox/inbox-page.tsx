import type { VNode } from 'preact';
import { shownName } from '../../core/api/lot-name.js';
import type { Say } from '../say.js';
import { Time } from '../ui/chips.js';
import { Heading, type Page, useSay } from '../ui/frame.js';
import { Severity } from '../ui/verdicts.js';
import { CaseBody } from './case-body.js';
import type { InboxPageData, TitledAlert } from './inbox-data.js';
import { InboxParts } from './send-form.js';

/** Lots that a row names. */
const NAMED = 3;

/** Returns the inbox: the alerts that need its reader, and one of them as a case. */
export const inboxPage = (say: Say, data: InboxPageData): Page => ({
  title: data.shown === null ? say.word('inbox') : data.shown.alert.title,
  part: 'inbox',
  styles: ['inbox/inbox.css'],
  islands: ['islands/inbox.ts', ...(data.shown?.signer == null ? [] : ['islands/answer.ts'])],
  body: <InboxBody {...data} />,
});

function InboxBody({ open, taken, resolved, shown }: InboxPageData): VNode {
  const say = useSay();
  const current = shown?.alert.id ?? null;
  return (
    <>
      <InboxParts path="/inbox" />
      <Live shown={shown} />
      <div class="inbox">
        <div class="cases">
          {current === null ? <h1>{say.word('inbox')}</h1> : null}
          <Cases name="open" alerts={open} current={current} />
          {taken.length === 0 ? null : <Cases name="taken" alerts={taken} current={current} />}
          {resolved.length === 0 ? null : (
            <details open={resolved.some(({ id }) => id === current)}>
              <summary>{say.count('inbox.resolved', resolved.length)}</summary>
              <List alerts={resolved} current={current} />
            </details>
          )}
        </div>
        {shown === null ? null : (
          <article class="case">
            <CaseBody {...shown} />
          </article>
        )}
      </div>
    </>
  );
}

/** Renders where the program says that something came in; nothing moves until the reader asks for it. */
function Live({ shown }: Pick<InboxPageData, 'shown'>): VNode {
  const say = useSay();
  const current = shown === null ? '' : `${shown.alert.id} ${shown.alert.status} ${shown.alert.count}`;
  const words = {
    one: say.count('inbox.new', 1),
    // The program puts the number in.
    several: say.count('inbox.new', 2).replace(say.number(2), '#'),
    changed: say.word('inbox.changed'),
    show: say.word('inbox.show'),
  };
  return <div class="live" role="status" aria-live="polite" data-live={current} data-words={JSON.stringify(words)} />;
}

interface CasesProps {
  alerts: readonly TitledAlert[];
  current: string | null;
}

function Cases({ name, alerts, current }: CasesProps & { name: 'open' | 'taken' }): VNode {
  const say = useSay();
  return (
    <section>
      <Heading more={alerts.length === 0 ? undefined : say.number(alerts.length)}>{say.word(`inbox.${name}`)}</Heading>
      {alerts.length === 0 ? <p class="empty">{say.word('inbox.none')}</p> : <List alerts={alerts} current={current} />}
    </section>
  );
}

function List({ alerts, current }: CasesProps): VNode {
  return (
    <ul>
      {alerts.map((alert) => (
        <li key={alert.id}>
          <a href={`/inbox/${alert.id}`} aria-current={alert.id === current ? 'true' : undefined}>
            <Row {...alert} />
          </a>
        </li>
      ))}
    </ul>
  );
}

function Row({ severity, title, about, lots, openedAt, ...alert }: TitledAlert): VNode {
  const say = useSay();
  const names = about.slice(0, NAMED).map(shownName);
  const more = lots.length - names.length;
  return (
    <>
      <span class="sev">
        <Severity of={severity} />
        <small>
          <Time at={openedAt} hour={false} />
        </small>
      </span>
      <span>
        <strong>{title}</strong>
        {names.length === 0 ? null : (
          <span class="block">
            {names.join(', ')}
            {more > 0 ? ` +${say.number(more)}` : ''}
          </span>
        )}
        <small class="block">{notesOf(say, alert).join(' · ')}</small>
      </span>
    </>
  );
}

/** Returns what a row says beside the alert itself: who has it, until when, and whether it came back. */
function notesOf(
  say: Say,
  {
    assignee,
    regressed,
    dueAt,
    descendants,
    silencedBy,
    escalatedAt,
    count,
  }: Pick<TitledAlert, 'assignee' | 'regressed' | 'dueAt' | 'descendants' | 'silencedBy' | 'escalatedAt' | 'count'>,
): string[] {
  return [
    ...(regressed ? [say.word('inbox.regressed')] : []),
    ...(assignee === null ? [] : [say.word('inbox.assigned', { name: assignee })]),
    ...(dueAt === null ? [] : [say.word('inbox.due', { date: say.date(dueAt) })]),
    ...(count > 1 ? [say.count('inbox.findings', count)] : []),
    ...(descendants === 0 ? [] : [say.count('inbox.descendants', descendants)]),
    ...(escalatedAt === null ? [] : [say.word('inbox.escalated')]),
    ...(silencedBy === null ? [] : [say.word('inbox.silenced')]),
  ];
}
