import type { VNode } from 'preact';
import type { ListedFinding } from '../../core/api/finding.js';
import { useSay } from '../ui/frame.js';
import { LongField, Select, TextField } from './send-form.js';

/** Renders the form by which an actor answers a finding with an event that its key in this browser signs. */
export function AnswerForm({ finding }: { finding: ListedFinding }): VNode {
  const say = useSay();
  const words = {
    signing: say.word('answer.signing'),
    recorded: say.word('answer.recorded'),
    waiting: say.word('answer.waiting'),
    refused: say.word('answer.refused'),
    noKey: say.word('answer.noKey'),
    failed: say.word('inbox.failed'),
  };
  return (
    <details class="more-space">
      <summary>{say.word('answer.title')}</summary>
      <form hidden data-answer={finding.id} data-words={JSON.stringify(words)}>
        <p class="soft">{say.word('answer.explained')}</p>
        <Select
          name="answer"
          label={say.word('column.answer')}
          options={(['explain', 'mitigate', 'dismiss', 'close'] as const).map((code) => [
            code,
            say.word(`answer.choice.${code}`),
          ])}
        />
        <LongField name="reason" label={say.word('column.reason')} required />
        <TextField name="dueOn" type="date" label={say.word('answer.dueOn')} />
        <button class="btn" type="submit">
          {say.word('answer.sign')}
        </button>
        <p role="status" />
      </form>
    </details>
  );
}
