import type { VNode } from 'preact';
import type { FormData } from '../../desk/desk-data.js';
import { EXTENDING, type Texts, compose } from '../../desk/compose.js';
import type { Typing } from '../../desk/typed.js';
import { BalancePanel } from './balance-panel.js';
import { type FormState, Fields } from './form-fields.js';
import { useSay } from './mount.js';
import { EventState, SigningResult } from './parts.js';
import { useDraft } from './use-draft.js';
import { useOutbox } from './use-outbox.js';
import { useSigning } from './use-signing.js';
import { useState } from 'preact/hooks';

interface FormDraft {
  texts: Texts;
  counts: Record<string, number>;
  /** Whether the person has tried to sign: from then on missing claims are marked. */
  tried: boolean;
}

const two = (value: number): string => String(Math.abs(value)).padStart(2, '0');

/** Returns the offset of the clock of this device from UTC: "+02:00". */
function offsetHere(): string {
  const minutes = -new Date().getTimezoneOffset();
  return `${minutes < 0 ? '-' : '+'}${two(Math.trunc(minutes / 60))}:${two(minutes % 60)}`;
}

/** Returns the time of this device as a form has it: "2026-12-01T08:30". */
function timeHere(): string {
  const now = new Date();
  return new Date(now.getTime() - now.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

/** Records one event about lots: a form made of the fields of its type, with a live balance of masses. */
export function EventForm({ type, fields, first, rows, lots, unit, limits, balances, given }: FormData): VNode {
  const say = useSay();
  const [typing] = useState<Typing>({ unit, offset: offsetHere() });
  const [draft, setDraft, forget] = useDraft<FormDraft>({
    texts: { occurredAt: timeHere(), ...given },
    counts: { ...rows },
    tried: false,
  });
  const [sent, setSent] = useState<string[] | null>(null);
  const { signing, check, sign } = useSigning();
  const { claims, faults } = compose(fields, { ...draft, lots, typing });
  const shownFaults = Object.fromEntries(
    Object.entries(faults).filter(([, fault]) => draft.tried || fault.code !== 'empty'),
  );
  const { occurredAt, ...body } = claims;
  const drafts = [{ type, occurredAt: String(occurredAt), body, called: lots.map(({ called }) => called) }];
  const form: FormState = {
    texts: draft.texts,
    counts: draft.counts,
    faults: shownFaults,
    lots,
    unit,
    set: (path, text) => setDraft((before) => ({ ...before, texts: { ...before.texts, [path]: text } })),
    add: (list) =>
      setDraft((before) => ({ ...before, counts: { ...before.counts, [list]: (before.counts[list] ?? 0) + 1 } })),
  };
  const attempt = async (run: (events: typeof drafts) => Promise<unknown>): Promise<void> => {
    setDraft((before) => ({ ...before, tried: true }));
    if (Object.keys(faults).length > 0) return focusFirst(faults);
    await run(drafts);
  };
  if (sent !== null) return <Sent />;
  if (lots.length === 0 && fields.some(({ claim }) => EXTENDING.has(claim)))
    return (
      <p class="empty">{say.parts('desk.chooseFirst', { desk: <a href="/desk#stock">{say.word('desk.stock')}</a> })}</p>
    );
  return (
    <form
      class="event"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void attempt(async (events) => {
          if (!(await sign(events))) return;
          forget();
          setSent([]);
        });
      }}
    >
      <Fields fields={fields} first={first} form={form} />
      {limits === null ? null : <BalancePanel {...{ fields, lots, claims, limits, balances }} />}
      <SigningResult signing={signing} placeOf={(_event, pointer) => (pointer === '' ? '' : `${labelOf(pointer)}: `)} />
      <div class="sheetbar">
        <span class="soft" role="status">
          {Object.keys(shownFaults).length === 0
            ? say.word('desk.draftKept')
            : say.count('desk.toCorrect', Object.keys(shownFaults).length)}
        </span>
        <div class="row last">
          <button class="btn" type="button" disabled={signing.kind === 'working'} onClick={() => void attempt(check)}>
            {say.word('desk.check')}
          </button>
          <button class="btn main" type="submit" disabled={signing.kind === 'working'}>
            {say.word('desk.sign')}
          </button>
        </div>
      </div>
    </form>
  );
}

/** Names the place of a fault that the ledger found: the last claims of its pointer. */
const labelOf = (pointer: string): string => pointer.split('/').slice(1).join(' ');

function focusFirst(faults: Readonly<Record<string, unknown>>): void {
  const [path] = Object.keys(faults);
  if (path !== undefined) document.getElementById(`f-${path}`)?.focus();
}

/** Says what became of the event that was signed on this page. */
function Sent(): VNode {
  const say = useSay();
  const entry = useOutbox()?.at(-1);
  return (
    <div role="status">
      {entry === undefined ? null : (
        <p class="more-space">
          <EventState state={entry.state} />{' '}
          {entry.state === 'accepted' ? <a href={`/events/${entry.id}`}>{say.coded('event', entry.type)}</a> : null}
          {entry.answer?.detail === undefined || entry.state === 'accepted' ? null : (
            <span lang="en"> {entry.answer.detail}</span>
          )}
        </p>
      )}
      <p class="row more-space">
        <a class="btn main" href="/desk">
          {say.word('desk.back')}
        </a>
        <a class="btn" href="/desk/outbox">
          {say.word('desk.outbox')}
        </a>
      </p>
    </div>
  );
}
