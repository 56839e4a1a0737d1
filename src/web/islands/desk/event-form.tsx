import type { VNode } from 'preact';
import type { FormData } from '../../desk/desk-data.js';
import { EXTENDING, type Texts, compose } from '../../desk/compose.js';
import type { Typing } from '../../desk/typed.js';
import { BalancePanel } from './balance-panel.js';
import { ClockNote } from './clock-note.js';
import { type FormState, Fields } from './form-fields.js';
import { useSay } from './mount.js';
import { offsetHere, timeHere } from './local-time.js';
import { SigningResult } from './parts.js';
import { Sent } from './sent.js';
import { useDraft } from './use-draft.js';
import { useSigning } from './use-signing.js';
import { useState } from 'preact/hooks';

interface FormDraft {
  texts: Texts;
  counts: Record<string, number>;
  /** Whether the person has tried to sign: from then on missing claims are marked. */
  tried: boolean;
}

/** Records one event about lots: a form made of the fields of its type, with a live balance of masses. */
export function EventForm({ type, fields, first, rows, lots, unit, limits, balances, fixed }: FormData): VNode {
  const say = useSay();
  const [typing] = useState<Typing>({ unit, offset: offsetHere() });
  const [draft, setDraft, forget] = useDraft<FormDraft>({
    texts: { occurredAt: timeHere() },
    counts: { ...rows },
    tried: false,
  });
  const [sent, setSent] = useState<string | null>(null);
  const { signing, check, sign } = useSigning();
  const { claims, faults } = compose(fields, { ...draft, lots, typing });
  const shownFaults = Object.fromEntries(
    Object.entries(faults).filter(([, fault]) => draft.tried || fault.code !== 'empty'),
  );
  const { occurredAt, ...body } = claims;
  const drafts = [
    { type, occurredAt: String(occurredAt), body: { ...fixed, ...body }, called: lots.map(({ called }) => called) },
  ];
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
        void attempt(async (events) => {
          const ids = await sign(events);
          if (ids === null) return;
          forget();
          setSent(ids[0] ?? null);
        });
      }}
    >
      <ClockNote />
      <Fields fields={fields} first={first} form={form} />
      {limits === null ? null : <BalancePanel {...{ fields, lots, claims, limits, balances }} />}
      <SigningResult signing={signing} placeOf={(_event, pointer) => (pointer === '' ? '' : `${labelOf(pointer)}: `)} />
      <FormBar
        faults={Object.keys(shownFaults).length}
        working={signing.kind === 'working'}
        check={() => void attempt(check)}
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
