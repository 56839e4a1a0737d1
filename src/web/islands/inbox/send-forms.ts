import { parseStrictJson } from '../../../core/event/grammar.js';
import { changeInSession } from '../browser/session.js';
import { reasonOf } from '../browser/reason.js';

/** Where the result of a change waits for the page that shows it. */
const SAID = 'adit-said';
const MINUTE = 60_000;

type Field = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

/** Returns the value of a field as the API takes it; undefined for an empty one. */
function valueOf({ value, dataset }: Field): unknown {
  const text = value.trim();
  if (text === '') return undefined;
  if (dataset.as === 'list') return [text];
  if (dataset.as === 'words') return text.split(' ');
  if (dataset.as === 'boolean') return text === 'true';
  if (dataset.as === 'minutes') return new Date(Date.now() + Number(text) * MINUTE).toISOString();
  return text;
}

/** Returns the body that the fields of a form make: their names are paths in it. */
function bodyOf(form: HTMLFormElement): Record<string, unknown> {
  const body: Record<string, unknown> = {};
  for (const field of form.querySelectorAll<Field>('input, select, textarea')) {
    const value = valueOf(field);
    if (field.name === '' || value === undefined) continue;
    const names = field.name.split('.');
    const last = names.pop() ?? '';
    const place = names.reduce<Record<string, unknown>>(
      (at, name) => (at[name] ??= {}) as Record<string, unknown>,
      body,
    );
    place[last] = value;
  }
  return body;
}

/** Opens the page that shows what was done: the same one, or another. */
function goOn({ done = '', next }: DOMStringMap): void {
  sessionStorage.setItem(SAID, done);
  if (next === undefined) location.reload();
  else location.assign(next);
}

/** Shows what the answer has this once, such as a secret, until its reader goes on. */
function showOnce(form: HTMLFormElement, text: string): void {
  const shown = document.createElement('p');
  const code = document.createElement('code');
  code.className = 'secret';
  code.textContent = text;
  shown.setAttribute('role', 'status');
  shown.append(`${form.dataset.done ?? ''} `, code);
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'btn';
  button.textContent = 'OK';
  button.addEventListener('click', () => location.reload());
  form.replaceChildren(shown, button);
  button.focus();
}

async function send(form: HTMLFormElement): Promise<void> {
  const { send: method = 'POST', path = '', shows } = form.dataset;
  const answer = await changeInSession(path, {
    method,
    ...(method === 'DELETE'
      ? {}
      : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(bodyOf(form)) }),
  });
  const text = await answer.text();
  const body = text === '' ? {} : (parseStrictJson(text) as Record<string, unknown>);
  if (!answer.ok) throw new Error(typeof body.detail === 'string' ? body.detail : String(answer.status));
  const secret = shows === undefined ? undefined : body[shows];
  if (typeof secret === 'string') showOnce(form, secret);
  else goOn(form.dataset);
}

/** Asks the question of a form, if it has one; whether the answer is yes. */
function confirmed(form: HTMLFormElement): Promise<boolean> {
  const dialog = form.querySelector<HTMLDialogElement>('dialog[data-confirm]');
  if (dialog === null) return Promise.resolve(true);
  dialog.returnValue = '';
  dialog.showModal();
  return new Promise((resolve) => {
    const answered = new AbortController();
    const choose = ({ target }: Event): void => {
      if (target instanceof HTMLButtonElement) dialog.close(target.value);
    };
    dialog.addEventListener('click', choose, { signal: answered.signal });
    const close = (): void => {
      answered.abort();
      resolve(dialog.returnValue === 'yes');
    };
    dialog.addEventListener('close', close, { once: true });
  });
}

function begin(form: HTMLFormElement): void {
  const [button, fault] = [form.querySelector('button'), form.querySelector<HTMLElement>('[role=alert]')];
  form.hidden = false;
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const { failed = '' } = form.dataset;
    if (button === null || button.disabled) return;
    button.disabled = true;
    const sent = confirmed(form).then((yes) => {
      if (yes) return send(form);
      button.disabled = false;
      return undefined;
    });
    sent.catch((error: unknown) => {
      button.disabled = false;
      if (fault === null) return;
      fault.hidden = false;
      fault.textContent = `${failed} ${reasonOf(error)}`;
    });
  });
}

/** Lets the forms of the page be sent, and shows the result of the last one. */
export function sendForms(): void {
  const said = sessionStorage.getItem(SAID);
  const place = document.querySelector<HTMLElement>('[data-said]');
  if (said !== null && place !== null) {
    sessionStorage.removeItem(SAID);
    place.hidden = false;
    place.textContent = said;
  }
  for (const form of document.querySelectorAll<HTMLFormElement>('form[data-send]')) begin(form);
}
