import type { VNode } from 'preact';
import type { Quantity } from '../../../core/event/quantity-claims.js';
import { kilograms } from '../../../core/custody/quantity.js';
import { type Difference, type Limits, compareMasses } from '../../desk/balance.js';
import type { FormLot } from '../../desk/desk-data.js';
import { Icon } from '../../ui/icons.js';
import { useSay } from './mount.js';

interface BalanceProps {
  lots: readonly FormLot[];
  claims: Record<string, unknown>;
  limits: Limits;
  /** Whether new lots are compared with the inputs, and not each lot with itself. */
  balances: boolean;
}

/** Returns the masses of a list of claims; those that are not typed yet are left out. */
const massesOf = (list: unknown): Quantity[] =>
  Array.isArray(list) ? list.flatMap((item: { mass?: Quantity }) => item.mass ?? []) : [];

/** Shows how masses compare before anything is signed, and which rule would ask about the difference. */
export function BalancePanel({ lots, claims, limits, balances }: BalanceProps): VNode | null {
  const mineral = lots[0]?.mineral ?? '';
  const said = (balances ? claims.inputs : claims.lots) as { lot: string; mass?: Quantity }[] | undefined;
  const weighed = lots.map(({ id, mass }) => said?.find(({ lot }) => lot === id)?.mass ?? mass);
  if (!balances) {
    const again = lots.flatMap((lot, i) =>
      weighed[i] === lot.mass ? [] : [{ before: lot.mass, after: weighed[i] ?? lot.mass }],
    );
    if (again.length === 0) return null;
    const difference = compareMasses(
      again.map(({ before }) => before),
      again.map(({ after }) => after),
      limits,
      mineral,
    );
    return <Balance difference={difference} mineral={mineral} residues={null} />;
  }
  const outputs = massesOf(claims.outputs);
  const residues = massesOf(claims.residues);
  if (outputs.length === 0) return null;
  return (
    <Balance
      difference={compareMasses(weighed, [...outputs, ...residues], limits, mineral)}
      mineral={mineral}
      residues={residues}
    />
  );
}

const zero = 0n;

function Balance({
  difference,
  mineral,
  residues,
}: {
  difference: Difference;
  mineral: string;
  residues: readonly Quantity[] | null;
}): VNode {
  const say = useSay();
  const { before, after, band, side, allowed } = difference;
  const shown = (milligrams: bigint): string =>
    say.mass(kilograms(milligrams < zero ? -milligrams : milligrams), mineral);
  const apart = after - before;
  return (
    <section
      class={`balance ${band === 'ok' ? '' : 'beyond'}`}
      aria-label={say.word('desk.balance')}
      aria-live="polite"
    >
      <div>
        <small>{say.word('desk.balance.before')}</small>
        <b>{shown(before)}</b>
      </div>
      <div>
        <small>
          {say.word(residues !== null && residues.length > 0 ? 'desk.balance.afterWithResidues' : 'desk.balance.after')}
        </small>
        <b>{shown(after)}</b>
      </div>
      <div>
        <small>{say.word(apart > zero ? 'desk.balance.gain' : 'desk.balance.loss')}</small>
        <b>
          {shown(apart)} ({apart === zero ? say.share(0) : say.change(Number(before), Number(after))})
        </b>
      </div>
      {allowed === null ? (
        <p class="soft">{say.word('desk.balance.noLimit')}</p>
      ) : (
        <p class={band === 'ok' ? 'ok' : 'warn'}>
          <Icon name={band === 'ok' ? 'check' : 'warning'} />{' '}
          {say.word(band === 'ok' ? 'desk.balance.within' : `desk.beyond.${side}`, { allowed: say.share(allowed) })}
        </p>
      )}
      <a href={`/rules/${allowed === null ? 'yield-implausible' : `mass-${side}`}`}>{say.word('desk.balance.rule')}</a>
    </section>
  );
}
