import type { VNode } from 'preact';
import { Icon, type IconName, type Tone } from '../../ui/icons.js';
import type { OutboxState } from '../../../client/outbox-state.js';
import type { Fault } from '../../desk/typed.js';
import { useSay } from './mount.js';
import { Refusal } from './refusal.js';
import type { Signing } from './use-signing.js';

const looks: Readonly<Record<OutboxState, readonly [IconName, Tone | undefined]>> = {
  signed: ['wait', undefined],
  sent: ['moving', undefined],
  waiting: ['wait', 'warn'],
  accepted: ['check', 'ok'],
  refused: ['cross', 'bad'],
};

/** Renders the state of a signed event as an icon and a word. */
export function EventState({ state }: { state: OutboxState }): VNode {
  const [icon, tone] = looks[state];
  return (
    <span class={`word ${tone ?? ''}`}>
      <Icon name={icon} /> {useSay().word(`desk.event.${state}`)}
    </span>
  );
}

/** Renders what is wrong with a typed text and how to mend it; the input names it by `aria-describedby`. */
export function FaultText({ id, fault }: { id: string; fault: Fault }): VNode {
  const say = useSay();
  return (
    <small class="fault bad" id={id}>
      {say.word(`desk.fault.${fault.code}`, { meant: fault.meant ?? '' })}
    </small>
  );
}

interface TypedProps {
  id: string;
  label: string;
  value: string;
  set: (text: string) => void;
  fault?: Fault | undefined;
  /** What follows the input and belongs to it, such as a warning. */
  noteId?: string | undefined;
  disabled?: boolean;
  className?: string;
}

/** Renders an input of a table cell, whose label is for screen readers alone. */
export const CellInput = ({
  id,
  label,
  value,
  set,
  fault,
  noteId,
  disabled = false,
  className = '',
}: TypedProps): VNode => (
  <>
    <input
      id={id}
      class={`${className} ${fault === undefined ? '' : 'wrong'}`}
      aria-label={label}
      aria-invalid={fault !== undefined}
      aria-describedby={[fault === undefined ? '' : `${id}-fault`, noteId ?? ''].join(' ').trim() || undefined}
      type="text"
      value={value}
      disabled={disabled}
      maxLength={1_000}
      autoComplete="off"
      spellcheck={false}
      onInput={({ currentTarget }) => set(currentTarget.value)}
    />
    {fault === undefined ? null : <FaultText id={`${id}-fault`} fault={fault} />}
  </>
);

/** Renders what came of checking or signing. */
export function SigningResult({
  signing,
  placeOf,
}: {
  signing: Signing;
  placeOf: (event: number, pointer: string) => string;
}): VNode {
  const say = useSay();
  return (
    <div role="status" aria-live="polite">
      {signing.kind === 'working' ? <p class="soft">{say.word('desk.working')}</p> : null}
      {signing.kind === 'fine' ? (
        <p class="ok">
          <Icon name="check" /> {say.word('desk.fine')}
        </p>
      ) : null}
      {signing.kind === 'failed' ? (
        <div class="note bad">
          <p>{signing.text}</p>
          {signing.refused === undefined ? null : <Refusal {...signing.refused} />}
        </div>
      ) : null}
      {signing.kind === 'refused' ? (
        <div class="note bad">
          <p>{say.word('desk.refused')}</p>
          <ul>
            {signing.faults.map(({ event, pointer, code, detail }, i) => (
              <li key={i}>
                {placeOf(event, pointer)} <Refusal code={code} detail={detail} />
              </li>
            ))}
          </ul>
        </div>
      ) : null}
    </div>
  );
}
