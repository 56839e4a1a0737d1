import type { VNode } from 'preact';
import { memo } from './memo.js';
import type { Difference } from '../../desk/balance.js';
import { type IncomingLot, type ReceiptTexts, outcomes, sealStates } from '../../desk/receive-rows.js';
import { useSay } from './mount.js';
import { CellInput, EventState } from './parts.js';
import type { Row } from './receive.js';

interface RowProps {
  row: Row;
  set: (lot: IncomingLot, change: ReceiptTexts) => void;
}

/** Renders one lot to be received: its mass, the difference, its seals and the outcome. */
function ReceiveRowOf({ row, set }: RowProps): VNode {
  const say = useSay();
  const { lot, judged, signed } = row;
  const noteId = judged.difference?.band === 'ok' ? undefined : `${idOf(lot)}-note`;
  return (
    <tr>
      <td>
        <a href={`/lots/${lot.id}`} title={lot.id}>
          {lot.called}
        </a>{' '}
        <small>{lot.goods}</small>
      </td>
      <td class="n" data-label={say.word('desk.sentMass')}>
        {say.mass(lot.mass, lot.mineral)}
      </td>
      <td class="n" data-label={say.word('desk.ownScale')}>
        {signed === null ? <MassCell row={row} set={set} noteId={noteId} /> : <SignedMass row={row} />}
      </td>
      <td class="n" data-label={say.word('desk.difference')}>
        {judged.difference === null ? null : <DifferenceCell id={noteId} difference={judged.difference} />}
      </td>
      <td data-label={say.word('desk.sealsSeen')}>
        <SealCell row={row} set={set} />
      </td>
      <td data-label={say.word('desk.outcome')}>
        {signed === null ? <OutcomeCell row={row} set={set} /> : <EventState state={signed} />}
      </td>
    </tr>
  );
}

const idOf = ({ id }: IncomingLot): string => `r-${id.slice(0, 13)}`;

function SignedMass({ row: { lot, judged } }: Pick<RowProps, 'row'>): VNode {
  const say = useSay();
  return <>{judged.mass === null ? '' : say.mass(judged.mass, lot.mineral)}</>;
}

function MassCell({ row: { lot, texts, judged }, set, noteId }: RowProps & { noteId: string | undefined }): VNode {
  return (
    <CellInput
      id={`${idOf(lot)}-mass`}
      label={useSay().word('desk.massOf', { lot: lot.called, unit: lot.unit })}
      className={`amount ${judged.state === 'look' ? 'look' : ''}`}
      value={texts.mass ?? ''}
      set={(mass) => set(lot, { mass })}
      fault={judged.faults.mass}
      noteId={noteId}
      disabled={texts.outcome === 'rejected'}
    />
  );
}

function SealCell({ row: { lot, texts, judged, signed }, set }: RowProps): VNode {
  const say = useSay();
  const named = lot.seals.length === 0 ? null : <small class="nowrap">{lot.seals.join(', ')}</small>;
  const shown = sealStates.find((state) => state === texts.sealState);
  if (signed !== null)
    return (
      <>
        {named} {shown === undefined ? null : say.word(`desk.seal.${shown}`)} {texts.seals}
      </>
    );
  return (
    <div class="seals">
      {named}
      <select
        aria-label={say.word('desk.sealStateOf', { lot: lot.called })}
        value={texts.sealState ?? ''}
        onChange={({ currentTarget }) => set(lot, { sealState: currentTarget.value })}
      >
        <option value="">{say.word('desk.notSaid')}</option>
        {sealStates.map((state) => (
          <option key={state} value={state}>
            {say.word(`desk.seal.${state}`)}
          </option>
        ))}
      </select>
      <div>
        <CellInput
          id={`${idOf(lot)}-seals`}
          label={say.word('desk.sealsOf', { lot: lot.called })}
          value={texts.seals ?? ''}
          set={(seals) => set(lot, { seals })}
          fault={judged.faults.seals}
        />
      </div>
    </div>
  );
}

function OutcomeCell({ row: { lot, texts, judged }, set }: RowProps): VNode {
  const say = useSay();
  return (
    <>
      <select
        aria-label={say.word('desk.outcomeOf', { lot: lot.called })}
        value={texts.outcome ?? 'accepted'}
        onChange={({ currentTarget }) => set(lot, { outcome: currentTarget.value })}
      >
        {outcomes.map((outcome) => (
          <option key={outcome} value={outcome}>
            {say.word(`desk.outcome.${outcome}`)}
          </option>
        ))}
      </select>
      {texts.outcome === 'rejected' ? (
        <CellInput
          id={`${idOf(lot)}-reason`}
          label={say.word('desk.reasonOf', { lot: lot.called })}
          value={texts.reason ?? ''}
          set={(reason) => set(lot, { reason })}
          fault={judged.faults.reason}
        />
      ) : null}
    </>
  );
}

function DifferenceCell({ id, difference }: { id: string | undefined; difference: Difference }): VNode {
  const say = useSay();
  const { before, after, band, side, allowed } = difference;
  const shown = say.change(Number(before), Number(after));
  if (band === 'ok') return <>{before === after ? say.change(1, 1) : shown}</>;
  return (
    <>
      <span class="warn">{shown}</span>
      <small class="fault warn" id={id}>
        {say.word(`desk.beyond.${side}`, { allowed: say.share(allowed ?? 0) })}
      </small>
    </>
  );
}

/** Renders again only what changed: a page may have hundreds of rows. */
export const ReceiveRow = memo(
  ReceiveRowOf,
  (a, b) => a.row.lot === b.row.lot && a.row.texts === b.row.texts && a.row.signed === b.row.signed,
);
