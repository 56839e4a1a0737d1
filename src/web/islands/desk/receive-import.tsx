import type { VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { findLot } from '../../../client/find-lot.js';
import { type IncomingLot, type MatchedRow, keyOf, matchRows, textsOfRow } from '../../desk/receive-rows.js';
import { readSheet } from '../../desk/sheet.js';
import { sessionClient } from '../browser/session.js';
import { useSay } from './mount.js';
import type { ReceiveDraft } from './receive.js';

type SetDraft = (change: (draft: ReceiveDraft) => ReceiveDraft) => void;

interface ImportProps {
  open: readonly IncomingLot[];
  setDraft: SetDraft;
}

/** Bytes of a file at most: two thousand rows are far less. */
const MAX_FILE = 4_000_000;

/** Puts the rows of a table where they belong: at their lots, or among those that fit none. */
function withRows(draft: ReceiveDraft, rows: readonly MatchedRow[]): ReceiveDraft {
  const found = rows.flatMap((row) => (row.lot === null ? [] : [[keyOf(row.lot), textsOfRow(row)] as const]));
  return {
    ...draft,
    texts: { ...draft.texts, ...Object.fromEntries(found) },
    strays: [...draft.strays, ...rows.filter(({ lot }) => lot === null)],
  };
}

/** Takes a table from the clipboard or a file, and says what became of its rows. */
export function ReceiveImport({ open, setDraft }: ImportProps): VNode {
  const say = useSay();
  const [pasting, setPasting] = useState(false);
  const [said, setSaid] = useState('');
  const take = (text: string): void => {
    const { rows, cut } = readSheet(text);
    const matched = matchRows(rows, open);
    setDraft((draft) => withRows(draft, matched));
    const stray = matched.filter(({ lot }) => lot === null).length;
    const counts = { found: matched.length - stray, stray };
    setSaid(
      rows.length === 0
        ? say.word('desk.table.empty')
        : `${say.word('desk.table.read', counts)}${cut === 0 ? '' : ` ${say.count('desk.table.cut', cut)}`}`,
    );
    setPasting(false);
  };
  const openFile = (file: File | undefined): void => {
    if (file === undefined) return;
    if (file.size > MAX_FILE) return setSaid(say.word('desk.table.tooLarge'));
    void file.text().then(take);
  };
  return (
    <div class="more-space">
      <div class="row">
        <button class="btn" type="button" aria-expanded={pasting} onClick={() => setPasting(!pasting)}>
          {say.word('desk.paste')}
        </button>
        <label class="btn">
          {say.word('desk.file')}
          <input
            class="sr"
            type="file"
            accept=".csv,.tsv,.txt,text/csv,text/plain"
            onChange={({ currentTarget }) => {
              openFile(currentTarget.files?.[0]);
              currentTarget.value = '';
            }}
          />
        </label>
        <button class="btn" type="button" onClick={() => setDraft((draft) => rejectAll(draft, open))}>
          {say.word('desk.rejectAll')}
        </button>
      </div>
      {pasting ? (
        <label class="more-space">
          {say.word('desk.paste.explained')}
          <textarea
            rows={6}
            autoFocus
            onPaste={(event) => pasted(event, take)}
            onChange={({ currentTarget }) => take(currentTarget.value)}
          />
        </label>
      ) : null}
      <p role="status" class="more-space">
        {said}
      </p>
    </div>
  );
}

function pasted(event: ClipboardEvent, take: (text: string) => void): void {
  const text = event.clipboardData?.getData('text/plain') ?? '';
  if (!/[\t\n;,]/.test(text.trim())) return;
  event.preventDefault();
  take(text);
}

const rejectAll = (draft: ReceiveDraft, open: readonly IncomingLot[]): ReceiveDraft => ({
  ...draft,
  texts: {
    ...draft.texts,
    ...Object.fromEntries(open.map((lot) => [keyOf(lot), { ...draft.texts[keyOf(lot)], outcome: 'rejected' }])),
  },
});

interface StrayProps {
  strays: readonly MatchedRow[];
  lots: readonly IncomingLot[];
  setDraft: SetDraft;
}

/** Lists the rows of a table that fit no lot, each with what is wrong and a way to mend it. */
export function StrayRows({ strays, lots, setDraft }: StrayProps): VNode | null {
  const say = useSay();
  if (strays.length === 0) return null;
  const without =
    (row: MatchedRow) =>
    (draft: ReceiveDraft): ReceiveDraft => ({
      ...draft,
      strays: draft.strays.filter((each) => each !== row),
    });
  const mend = (row: MatchedRow, name: string): void => {
    const [matched] = matchRows([{ ...row, cells: { ...row.cells, lot: name } }], lots);
    if (matched === undefined) return;
    setDraft((draft) => withRows(without(row)(draft), [matched]));
  };
  return (
    <section class="note bad">
      <h2>{say.count('desk.strays', strays.length)}</h2>
      <p>{say.word('desk.strays.explained')}</p>
      <table class="stack" aria-label={say.count('desk.strays', strays.length)}>
        <tbody>
          {strays.map((row, i) => (
            <Stray
              key={`${row.line} ${i}`}
              row={row}
              at={i}
              mend={(name) => mend(row, name)}
              drop={() => setDraft(without(row))}
            />
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Stray({
  row,
  at,
  mend,
  drop,
}: {
  row: MatchedRow;
  at: number;
  mend: (name: string) => void;
  drop: () => void;
}): VNode {
  const say = useSay();
  const why = useReason(row);
  const id = `stray-${at}`;
  return (
    <tr>
      <td class="soft">{say.word('desk.line', { line: row.line })}</td>
      <td>
        <input
          class="wrong"
          aria-label={say.word('desk.lotOfLine', { line: row.line })}
          aria-invalid="true"
          aria-describedby={id}
          value={row.cells.lot ?? ''}
          maxLength={64}
          onChange={({ currentTarget }) => mend(currentTarget.value)}
        />
        <small class="fault bad" id={id}>
          {why}
        </small>
      </td>
      <td class="n">{row.cells.mass ?? ''}</td>
      <td>
        <button class="btn" type="button" onClick={drop}>
          {say.word('desk.remove')}
        </button>
      </td>
    </tr>
  );
}

/** Shows why a row fits no lot; asks the ledger what it knows of a lot that is not on its way to the reader. */
function useReason({ fault, cells }: MatchedRow): string {
  const say = useSay();
  const [known, setKnown] = useState<string | null>(null);
  const name = cells.lot?.trim() ?? '';
  useEffect(() => {
    setKnown(null);
    if (fault !== 'unknown') return;
    void Promise.all([findLot(sessionClient, name), sessionClient.session()]).then(
      ([lot, { actor }]) =>
        setKnown(
          lot.holder === actor
            ? say.word('desk.row.alreadyReceived', { lot: name })
            : say.word('desk.row.notForMe', { lot: name, holder: lot.inTransitTo ?? lot.holder }),
        ),
      () => null,
    );
  }, [name, fault]);
  return known ?? say.word(`desk.row.${fault ?? 'unknown'}`, { lot: name });
}
