import type { VNode } from 'preact';
import { useSay } from './mount.js';
import { EventState } from './parts.js';
import { Refusal } from './refusal.js';
import { useOutbox } from './use-outbox.js';

/** Shows what becomes of an event that was signed on this page. */
export function Sent({ id }: { id: string }): VNode {
  const say = useSay();
  const entry = useOutbox()?.find((each) => each.id === id);
  return (
    <div role="status">
      {entry === undefined ? null : (
        <div class="more-space">
          <EventState state={entry.state} />{' '}
          {entry.state === 'accepted' ? <a href={`/events/${entry.id}`}>{say.coded('event', entry.type)}</a> : null}
          {entry.answer?.detail === undefined || entry.state === 'accepted' ? null : (
            <Refusal code={entry.answer.code} detail={entry.answer.detail} />
          )}
        </div>
      )}
      <p class="row more-space">
        <a class="btn main" href="/desk">
          {say.word('desk.back')}
        </a>
        {entry?.type === 'custody.dispatched' && entry.state === 'accepted' ? (
          <a class="btn" href={`/desk/waybill/${entry.id}.pdf`}>
            {say.word('desk.waybill')}
          </a>
        ) : null}
        <a class="btn" href="/desk/outbox">
          {say.word('desk.outbox')}
        </a>
      </p>
    </div>
  );
}
