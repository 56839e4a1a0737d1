import type { ComponentChildren, VNode } from 'preact';
import type { CountKey, WordKey } from '../say.js';
import { Confirm } from '../ui/dialog.js';
import { useSay } from '../ui/frame.js';

interface SendFormProps {
  method: 'POST' | 'PATCH' | 'DELETE';
  path: string;
  /** Fields; their names are paths in the body, such as `filters.rules`. */
  children?: ComponentChildren;
  button: string;
  /** What the page shows once it is done. */
  done: string;
  /** Page to open then; absent: the same. */
  next?: string;
  /** Whether it is what most readers do next. */
  main?: boolean;
  /** Question before it is sent. */
  ask?: string;
  /** A member of the answer that the page shows once, such as a secret. */
  shows?: string;
}

/**
 * Renders a form that a program sends to the API with the token of the session; without the program it is hidden, because a
 * change needs that token.
 */
export function SendForm({ method, path, children, button, done, next, main, ask, shows }: SendFormProps): VNode {
  return (
    <form
      hidden
      data-send={method}
      data-path={path}
      data-done={done}
      data-next={next}
      data-shows={shows}
      data-failed={useSay().word('inbox.failed')}
    >
      {children}
      <button class={main === true ? 'btn main' : 'btn'} type="submit">
        {button}
      </button>
      <p class="bad" role="alert" hidden />
      {ask === undefined ? null : <Confirm question={ask} yes={button} />}
    </form>
  );
}

type InputType = 'text' | 'email' | 'url' | 'date';

interface InputProps {
  name: string;
  type: InputType;
  required: boolean | undefined;
  maxLength: number;
  placeholder: string | undefined;
}

/** Renders an input of one of the types that forms have. */
function Input({ type, ...more }: InputProps): VNode {
  if (type === 'email') return <input {...more} type="email" autoComplete="off" />;
  if (type === 'date') return <input {...more} type="date" />;
  if (type === 'url') return <input {...more} type="url" autoComplete="off" />;
  return <input {...more} type="text" autoComplete="off" />;
}

/** Renders a field of a form, with its label. */
export const TextField = ({
  name,
  label,
  required,
  type = 'text',
  maxLength = 200,
  hint,
}: {
  name: string;
  label: string;
  required?: boolean;
  type?: InputType;
  maxLength?: number;
  hint?: string;
}): VNode => (
  <label>
    {label}
    <Input {...{ name, type, required, maxLength, placeholder: hint }} />
  </label>
);

export const LongField = ({ name, label, required }: { name: string; label: string; required?: boolean }): VNode => (
  <label>
    {label}
    <textarea name={name} rows={3} required={required} maxLength={2_000} />
  </label>
);

export const Select = ({
  name,
  label,
  options,
  as,
  value,
}: {
  name: string;
  label: string;
  options: readonly (readonly [value: string, text: string])[];
  /** How the value is sent: `list` as a list of one, `words` as a list, `minutes` as the time so many minutes ahead. */
  as?: 'list' | 'words' | 'minutes';
  /** The option that is chosen first. */
  value?: string;
}): VNode => (
  <label>
    {label}
    <select name={name} data-as={as}>
      {options.map(([code, text]) => (
        <option key={code} value={code} selected={code === value}>
          {text}
        </option>
      ))}
    </select>
  </label>
);

const HOUR = 60;
const DAY = 24 * HOUR;
const durations: readonly (readonly [minutes: number, key: CountKey, count: number])[] = [
  [4 * HOUR, 'hours', 4],
  [DAY, 'days', 1],
  [7 * DAY, 'days', 7],
  [30 * DAY, 'days', 30],
];

/** Renders the choice of how long a silence lasts. */
export function DurationField(): VNode {
  const say = useSay();
  return (
    <Select
      name="until"
      as="minutes"
      label={say.word('silence.for')}
      options={durations.map(([minutes, key, count]) => [String(minutes), say.count(key, count)])}
    />
  );
}

const parts: readonly (readonly [path: string, key: WordKey])[] = [
  ['/inbox', 'inbox'],
  ['/inbox/subscriptions', 'subscriptions'],
  ['/inbox/deliveries', 'deliveries'],
  ['/inbox/silences', 'silences'],
];

/** Renders where a page shows that a form was sent, and what it needs to send one. */
export function Said(): VNode {
  const say = useSay();
  return (
    <>
      <p class="note done" role="status" data-said hidden />
      <noscript>
        <p class="note">{say.word('inbox.script')}</p>
      </noscript>
    </>
  );
}

/** Renders the links between the pages of the inbox, and where the result of the last change is shown. */
export function InboxParts({ path }: { path: string }): VNode {
  const say = useSay();
  return (
    <>
      <nav class="tabs" aria-label={say.word('inbox.parts')}>
        {parts.map(([to, key]) => (
          <a key={to} href={to} aria-current={to === path ? 'page' : undefined}>
            {say.word(key)}
          </a>
        ))}
      </nav>
      <Said />
    </>
  );
}
