import type { VNode } from 'preact';
import { isSettled } from '../../../client/outbox-state.js';
import type { OutboxEntry } from '../browser/database.js';
import { removeRefused } from '../browser/outbox.js';
import { sendOutbox } from '../browser/sender.js';
import { useSay } from './mount.js';
import { EventState } from './parts.js';
import { Refusal } from './refusal.js';
import { useOutbox } from './use-outbox.js';

/** Shows how many signed events have no answer yet, and leads to them. */
export function OutboxCount(): VNode | null {
  const say = useSay();
  const entries = useOutbox() ?? [];
  const pending = entries.filter(({ state }) => !isSettled(state)).length;
  const refused = entries.filter(({ state }) => state === 'refused').length;
  return (
    <p class="lede" role="status">
      {pending === 0 ? say.word('desk.nothingPending') : say.count('desk.pending', pending)}{' '}
      {refused === 0 ? null : <strong class="bad">{say.count('desk.refusedEvents', refused)} </strong>}
      <a href="/desk/outbox">{say.word('desk.outbox')}</a>
    </p>
  );
}

/** Lists the signed events of this browser with their answers. */
export function OutboxList(): VNode {
  const say = useSay();
  const entries = useOutbox();
  if (entries === null) return <div class="skeleton" />;
  if (entries.length === 0) return <p class="empty">{say.word('desk.outbox.empty')}</p>;
  return (
    <>
      <p class="row more-space">
        <button class="btn main" type="button" onClick={sendOutbox}>
          {say.word('desk.sendNow')}
        </button>
        <button class="btn" type="button" onClick={() => saveAsFile(entries)}>
          {say.word('desk.outbox.file')}
        </button>
      </p>
      <div class="scroll">
        <table class="stack" aria-label={say.word('desk.outbox')}>
          <thead>
            <tr>
              {(['desk.event', 'desk.lots', 'desk.signedAt', 'desk.answer'] as const).map((key) => (
                <th key={key} scope="col">
                  {say.word(key)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {entries.toReversed().map((entry) => (
              <Row key={entry.sequence} entry={entry} />
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

const SHOWN = 4;

function Row({ entry }: { entry: OutboxEntry }): VNode {
  const say = useSay();
  const { state, type, called, savedAt, answer, id, sequence } = entry;
  return (
    <tr>
      <td>{say.coded('event', type)}</td>
      <td>
        {called.slice(0, SHOWN).join(', ')}
        {called.length > SHOWN ? ` +${called.length - SHOWN}` : ''}
      </td>
      <td>{say.dateTime(savedAt)}</td>
      <td>
        {state === 'accepted' ? (
          <a href={`/events/${id}`}>
            <EventState state={state} />
          </a>
        ) : (
          <EventState state={state} />
        )}
        {answer?.detail === undefined || state === 'accepted' ? null : (
          <Refusal code={answer.code} detail={answer.detail} />
        )}
        {state === 'refused' ? (
          <>
            {' '}
            <button class="btn" type="button" onClick={() => void removeRefused(sequence)}>
              {say.word('desk.remove')}
            </button>
          </>
        ) : null}
      </td>
    </tr>
  );
}

/** Saves the signed events as a file, one on each line, as `POST /v1/events/batch` takes them. */
function saveAsFile(entries: readonly OutboxEntry[]): void {
  const link = document.createElement('a');
  const lines = entries.map(({ event }) => JSON.stringify({ event }));
  link.href = URL.createObjectURL(new Blob([`${lines.join('\n')}\n`], { type: 'application/x-ndjson' }));
  link.download = 'adit-outbox.ndjson';
  link.click();
  URL.revokeObjectURL(link.href);
}
