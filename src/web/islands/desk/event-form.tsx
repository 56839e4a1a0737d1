import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import type { Field } from '../../../core/event/fields.js';
import type { FormData } from '../../desk/desk-data.js';
import { EXTENDING, type Texts, compose } from '../../desk/compose.js';
import type { Fault, Typing } from '../../desk/typed.js';
import type { PageDraft } from '../browser/sign-events.js';
import { BalancePanel } from './balance-panel.js';
import { ClockNote } from './clock-note.js';
import { type FormState, Fields } from './form-fields.js';
import { useSay } from './mount.js';
import { offsetHere } from './local-time.js';
import { SigningResult } from './parts.js';
import { Sent } from './sent.js';
import { useDraft } from './use-draft.js';
import { useSigning } from './use-signing.js';

interface FormDraft {
  texts: Texts;
  counts: Record<string, number>;
  /** Whether the person has tried to sign: from then on missing claims are marked. */
  tried: boolean;
}

interface FormNow {
  /** What the form asks for. */
  asked: Field[];
  form: FormState;
  claims: Record<string, unknown>;
  /** All faults; the form shows those of empty fields only once the person has tried to sign. */
  faults: Record<string, Fault>;
  drafts: PageDraft[];
  tried: () => void;
  forget: () => void;
}

/** Returns what is typed into the form of an event, and what it makes. */
function useEventForm({ type, fields, rows, lots, unit, fixed, skipsEmpty }: FormData): FormNow {
  const [typing] = useState<Typing>({ unit, offset: offsetHere() });
  const [draft, setDraft, forget] = useDraft<FormDraft>({ texts: {}, counts: { ...rows }, tried: false });
  // An event without a time happens when it is signed; a draft of yesterday is not to keep the time of yesterday.
  const asked = fields.map((field) => (field.claim === 'occurredAt' ? { ...field, required: false } : field));
  const { claims, faults } = compose(asked, { ...draft, lots, typing, skipsEmpty });
  const { occurredAt, ...body } = claims;
  const when = typeof occurredAt === 'string' ? { occurredAt } : {};
  return {
    asked,
    claims,
    faults,
    drafts: [{ type, ...when, body: { ...fixed, ...body }, called: lots.map(({ called }) => called) }],
    tried: () => setDraft((before) => ({ ...before, tried: true })),
    forget,
    form: {
      texts: draft.texts,
      counts: draft.counts,
      faults: Object.fromEntries(Object.entries(faults).filter(([, { code }]) => draft.tried || code !== 'empty')),
      lots,
      unit,
      set: (path, text) => setDraft((before) => ({ ...before, texts: { ...before.texts, [path]: text } })),
      add: (list) =>
        setDraft((before) => ({ ...before, counts: { ...before.counts, [list]: (before.counts[list] ?? 0) + 1 } })),
    },
  };
}

/** Records one event about lots: a form made of the fields of its type, with a live balance of masses. */
export function EventForm(data: FormData): VNode {
  const { fields, first, lots, limits, balances } = data;
  const say = useSay();
  const [sent, setSent] = useState<string | null>(null);
  const { signing, check, sign } = useSigning();
  const { asked, form, claims, faults, drafts, tried, forget } = useEventForm(data);
  const attempt = async (run: () => Promise<void>): Promise<void> => {
    tried();
    if (Object.keys(faults).length > 0) return focusFirst(faults);
    await run();
  };
  const signNow = async (): Promise<void> => {
    const ids = await sign(drafts);
    if (ids === null) return;
    forget();
    setSent(ids[0] ?? null);
  };
  if (sent !== null) return <Sent id={sent} />;
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
        void attempt(signNow);
      }}
    >
      <ClockNote />
      <Fields fields={asked} first={first} form={form} />
      {limits === null ? null : <BalancePanel {...{ lots, claims, limits, balances }} />}
      <SigningResult signing={signing} placeOf={(_event, pointer) => (pointer === '' ? '' : `${labelOf(pointer)}: `)} />
      <FormBar
        faults={Object.keys(form.faults).length}
        working={signing.kind === 'working'}
        check={() => void attempt(() => check(drafts))}
      />
    </form>
  );
}

function FormBar({ faults, working, check }: { faults: number; working: boolean; check: () => void }): VNode {
  const say = useSay();
  return (
    <div class="sheetbar">
      <span class="soft" role="status">
        {faults === 0 ? say.word('desk.draftKept') : say.count('desk.toCorrect', faults)}
      </span>
      <div class="row last">
        <button class="btn" type="button" disabled={working} onClick={check}>
          {say.word('desk.check')}
        </button>
        <button class="btn main" type="submit" disabled={working}>
          {say.word('desk.sign')}
        </button>
      </div>
    </div>
  );
}

/** Names the place of a fault that the ledger found: the last claims of its pointer. */
const labelOf = (pointer: string): string => pointer.split('/').slice(1).join(' ');

function focusFirst(faults: Readonly<Record<string, unknown>>): void {
  const [path] = Object.keys(faults);
  if (path !== undefined) document.getElementById(`f-${path}`)?.focus();
}
