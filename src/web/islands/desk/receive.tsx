import type { VNode } from 'preact';
import { useMemo } from 'preact/hooks';
import { readEventText } from '../../../client/event-text.js';
import type { OutboxState } from '../../../client/outbox-state.js';
import { milligrams } from '../../../core/custody/quantity.js';
import type { Quantity } from '../../../core/event/quantity-claims.js';
import type { ReceiveData } from '../../desk/desk-data.js';
import {
  type IncomingLot,
  type JudgedReceipt,
  type MatchedRow,
  type Receipt,
  type ReceiptTexts,
  keyOf,
  judgeReceipt,
  receiptsOf,
} from '../../desk/receive-rows.js';
import type { OutboxEntry } from '../browser/database.js';
import { ClockNote } from './clock-note.js';
import { offsetHere } from './local-time.js';
import { useSay } from './mount.js';
import { SigningResult } from './parts.js';
import { ReceiveImport, StrayRows } from './receive-import.js';
import { ReceiveRow } from './receive-row.js';
import { useDraft } from './use-draft.js';
import { useOutbox } from './use-outbox.js';
import { useSigning } from './use-signing.js';

/** What a person has typed on the page of receipts. */
export interface ReceiveDraft {
  texts: Readonly<Record<string, ReceiptTexts>>;
  /** Rows of a table that fit no lot on its way. */
  strays: readonly MatchedRow[];
  /** When the lots were received, as the form has it; empty: when they are signed. */
  when: string;
}

const EMPTY: ReceiveDraft = { texts: {}, strays: [], when: '' };

/** A lot with what was typed for it, and the state of the receipt that this browser has signed for it. */
export interface Row {
  lot: IncomingLot;
  texts: ReceiptTexts;
  judged: JudgedReceipt;
  signed: OutboxState | null;
}

/** Returns the state of the receipt that this browser has signed, by the lot and the dispatch that it follows. */
function signedReceipts(entries: readonly OutboxEntry[]): ReadonlyMap<string, OutboxState> {
  const standing = entries.filter(({ type, state }) => type === 'custody.received' && state !== 'refused');
  return new Map(
    standing.flatMap(({ event, state }) =>
      readEventText(event).extended.map(({ lot, prev }) => [`${prev} ${lot}`, state] as const),
    ),
  );
}

/** Receives and rejects lots: typed, pasted or from a file; signs those that are ready. */
export function Receive({ lots, limits, dispatches }: ReceiveData): VNode {
  const say = useSay();
  const entries = useOutbox();
  const [draft, setDraft] = useDraft(EMPTY);
  const { signing, check, sign } = useSigning();
  const signed = useMemo(() => signedReceipts(entries ?? []), [entries]);
  const rows = lots.map((lot): Row => {
    const texts = draft.texts[keyOf(lot)] ?? {};
    return { lot, texts, judged: judgeReceipt(lot, texts, limits), signed: signed.get(keyOf(lot)) ?? null };
  });
  const open = rows.filter((row) => row.signed === null);
  const receipts = receiptsOf(
    open
      .filter(({ judged: { state } }) => state === 'ready' || state === 'look')
      .map(({ lot, judged: { claims } }) => ({ lot, claims })),
  );
  const setTexts = (lot: IncomingLot, change: ReceiptTexts): void =>
    setDraft(({ texts, ...others }) => ({
      ...others,
      texts: { ...texts, [keyOf(lot)]: { ...texts[keyOf(lot)], ...change } },
    }));
  const drafts = receipts.map((receipt) => ({ ...receipt, ...timeOf(draft.when) }));
  if (lots.length === 0) return <p class="empty">{say.word('desk.noIncoming')}</p>;
  return (
    <>
      {dispatches.length === 1 ? <DispatchLine dispatch={dispatches[0]} /> : null}
      <ClockNote />
      <When value={draft.when} set={(when) => setDraft((before) => ({ ...before, when }))} />
      <ReceiveImport open={open.map(({ lot }) => lot)} setDraft={setDraft} />
      <StrayRows strays={draft.strays} lots={open.map(({ lot }) => lot)} setDraft={setDraft} />
      <ReceiveTable rows={rows} set={setTexts} />
      <SigningResult signing={signing} placeOf={(event, pointer) => placeOf(receipts, event, pointer)} />
      <Summary
        rows={open}
        receipts={receipts}
        working={signing.kind === 'working'}
        check={() => void check(drafts)}
        sign={() => void sign(drafts)}
      />
    </>
  );
}

interface ReceiveTableProps {
  rows: readonly Row[];
  set: (lot: IncomingLot, change: ReceiptTexts) => void;
}

function ReceiveTable({ rows, set }: ReceiveTableProps): VNode {
  const say = useSay();
  return (
    <div class="scroll">
      <table class="stack sheet" aria-label={say.word('desk.toReceive')}>
        <thead>
          <tr>
            <th scope="col">{say.word('desk.bag')}</th>
            <th scope="col" class="n">
              {say.word('desk.sentMass')}
            </th>
            <th scope="col" class="n">
              {say.word('desk.ownScale')}
            </th>
            <th scope="col" class="n">
              {say.word('desk.difference')}
            </th>
            <th scope="col">{say.word('desk.sealsSeen')}</th>
            <th scope="col">{say.word('desk.outcome')}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <ReceiveRow key={row.lot.id} row={row} set={set} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function When({ value, set }: { value: string; set: (when: string) => void }): VNode {
  return (
    <label class="when">
      {useSay().word('desk.receivedWhen')}
      <input type="datetime-local" value={value} onInput={({ currentTarget }) => set(currentTarget.value)} />
    </label>
  );
}

/** Returns the claim of when lots were received; none: when they are signed. */
const timeOf = (when: string): { occurredAt?: string } =>
  when === '' ? {} : { occurredAt: `${when}:00${offsetHere()}` };

/** Names the lot of a fault that the ledger found in a receipt. */
function placeOf(receipts: readonly Receipt[], event: number, pointer: string): string {
  const [, at] = /^\/lots\/(\d+)/.exec(pointer) ?? [];
  const receipt = receipts[event];
  return at === undefined ? '' : `${receipt?.called[Number(at)] ?? ''}: `;
}

function DispatchLine({ dispatch }: { dispatch: ReceiveData['dispatches'][0] | undefined }): VNode | null {
  const say = useSay();
  if (dispatch === undefined) return null;
  const { from, occurredAt, vehicle, seals } = dispatch;
  return (
    <p class="soft">
      {say.word('desk.sentBy', { from, when: say.dateTime(occurredAt) })}
      {vehicle === null ? '' : ` · ${vehicle}`}
      {seals.length === 0 ? '' : ` · ${say.word('desk.sealsNamed', { seals: seals.join(', ') })}`}
    </p>
  );
}

const goToFault = (): void => document.querySelector<HTMLElement>('.sheet [aria-invalid=true]')?.focus();

const total = (masses: readonly (Quantity | null)[]): number =>
  Number(masses.reduce((sum, mass) => sum + (mass === null ? 0n : milligrams(mass)), 0n)) / 1_000_000;

interface SummaryProps {
  rows: readonly Row[];
  receipts: readonly Receipt[];
  working: boolean;
  check: () => void;
  sign: () => void;
}

/** Sums what is typed, says what is left to do, and signs. */
function Summary({ rows, receipts, working, check, sign }: SummaryProps): VNode {
  const say = useSay();
  const mineral = rows[0]?.lot.mineral;
  const weighed = rows.filter(({ judged, texts }) => judged.mass !== null && texts.outcome !== 'rejected');
  const ready = receipts.reduce((sum, { lots }) => sum + lots.length, 0);
  const inState = (state: JudgedReceipt['state']): number => rows.filter(({ judged }) => judged.state === state).length;
  const shown = (kilograms: number): string => say.mass({ value: String(kilograms), uom: 'KGM' }, mineral);
  const [before, after] = [total(weighed.map(({ lot }) => lot.mass)), total(weighed.map(({ judged }) => judged.mass))];
  return (
    <div class="sheetbar">
      <div>
        <small>{say.word('desk.sentMass')}</small>
        <b>{shown(total(rows.map(({ lot }) => lot.mass)))}</b>
      </div>
      <div>
        <small>{say.word('desk.receivedSoFar')}</small>
        <b>{say.count('desk.massOfLots', weighed.length, { mass: shown(after) })}</b>
      </div>
      <div>
        <small>{say.word('desk.difference')}</small>
        <b>{before === 0 ? '–' : say.change(before, after)}</b>
      </div>
      <div class="row last">
        <span class="soft" role="status">
          {say.word('desk.left', { correct: inState('fault'), look: inState('look'), weigh: inState('empty') })}
        </span>
        {inState('fault') === 0 ? null : (
          <button class="link" type="button" onClick={goToFault}>
            {say.word('desk.goToFault')}
          </button>
        )}
        <button class="btn" type="button" disabled={ready === 0 || working} onClick={check}>
          {say.word('desk.check')}
        </button>
        <button class="btn main" type="button" disabled={ready === 0 || working} onClick={sign}>
          {say.count('desk.signReceive', ready)}
        </button>
      </div>
      <p class="soft keeps">{say.word('desk.draftKept')}</p>
    </div>
  );
}
