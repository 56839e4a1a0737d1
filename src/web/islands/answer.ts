import { textIn } from './desk/local-time.js';
import { parseStrictJson } from '../../core/event/grammar.js';
import { NoKeyHere, answerTo, signEvents } from './browser/sign-events.js';
import { reasonOf } from './browser/reason.js';

// Answers a finding by an event that the actor's key in this browser signs.

/** Texts of the form, in the page's language. */
type AnswerWords = Readonly<Record<'signing' | 'recorded' | 'waiting' | 'refused' | 'noKey' | 'failed', string>>;

async function answer(form: HTMLFormElement, words: AnswerWords): Promise<string> {
  const data = new FormData(form);
  const due = textIn(data, 'dueOn');
  const body = {
    finding: form.dataset.answer,
    answer: textIn(data, 'answer'),
    reason: textIn(data, 'reason'),
    ...(due === '' ? {} : { dueOn: due }),
  };
  const [signed] = await signEvents([{ type: 'finding.answered', body }]);
  if (signed === undefined) throw new Error(words.failed);
  const entry = await answerTo(signed.id);
  if (entry.state === 'refused') return `${words.refused} ${entry.answer?.detail ?? ''}`;
  return entry.state === 'waiting' ? words.waiting : words.recorded;
}

function begin(form: HTMLFormElement): void {
  const words = parseStrictJson(form.dataset.words ?? '{}') as AnswerWords;
  const [button, state] = [form.querySelector('button'), form.querySelector<HTMLElement>('[role=status]')];
  form.hidden = false;
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (button === null || state === null) return;
    button.disabled = true;
    state.textContent = words.signing;
    answer(form, words)
      .catch((error: unknown) => {
        button.disabled = false;
        return error instanceof NoKeyHere ? words.noKey : `${words.failed} ${reasonOf(error)}`;
      })
      .then(
        (text) => {
          state.textContent = text;
        },
        () => undefined,
      );
  });
}

for (const form of document.querySelectorAll<HTMLFormElement>('form[data-answer]')) begin(form);
