import type { VNode } from 'preact';
import { Leads, useSay } from './frame.js';

/** Characters by which people know an id. */
const SHORT = 8;

const LEDGER = 'ledger';

/** Renders an actor as a link to its page; the service itself has none. */
export function Actor({ id }: { id: string }): VNode {
  const say = useSay();
  if (id === LEDGER) return <span class="soft">{say.word('actor.ledger')}</span>;
  return <Leads to={`/actors/${encodeURIComponent(id)}`}>{id}</Leads>;
}

export const Site = ({ id }: { id: string }): VNode => <Leads to={`/sites/${encodeURIComponent(id)}`}>{id}</Leads>;

export const Tag = ({ number }: { number: string }): VNode => (
  <Leads class="tag" to={`/tags/${encodeURIComponent(number)}`}>
    {number}
  </Leads>
);

/** What people call a lot. */
export interface LotCalled {
  id: string;
  tag?: string | null;
  lotNumber?: string | null;
}

/** Returns the name of a lot for people: its tag, else its lot number, else the beginning of its id. */
export const calledOf = ({ id, tag, lotNumber }: LotCalled): string => tag ?? lotNumber ?? id.slice(0, SHORT);

/** Returns the name of a lot as the ledger has it. */
export const calledLot = ({
  id,
  tags,
  lotNumber,
}: {
  id: string;
  tags: readonly string[];
  lotNumber: string | null;
}): string => calledOf({ id, tag: tags[0], lotNumber });

export const shortId = (id: string): string => id.slice(0, SHORT);

/** Renders a lot as a link by its name, with its id in full where the pointer rests. */
export const Lot = (lot: LotCalled): VNode => (
  <Leads to={`/lots/${lot.id}`} title={lot.id}>
    {calledOf(lot)}
  </Leads>
);

export const Event = ({ id, children }: { id: string; children?: string }): VNode => (
  <Leads class={children === undefined ? 'mono' : undefined} to={`/events/${id}`} title={id}>
    {children ?? shortId(id)}
  </Leads>
);

/** Renders a time as its day, with the hour at its place beside it. */
export function Time({ at, hour = true }: { at: string; hour?: boolean }): VNode {
  const say = useSay();
  return (
    <time dateTime={at} title={new Date(at).toISOString()}>
      {say.date(at)}
      {hour ? <small> {say.hour(at)}</small> : null}
    </time>
  );
}
