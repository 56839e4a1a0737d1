/** One entry of the log with its payload read. */
export interface ToldEntry {
  id: string;
  index: number;
  payload: Record<string, unknown>;
}

/** A lot as its events tell it. */
export interface LotChain {
  lot: string;
  events: { id: string; index: number }[];
  status: 'held' | 'inTransit' | 'consumed' | 'closed';
  holder: string;
  to: string | null;
}

interface Named {
  lot: string;
  prev?: string;
  outcome?: string;
}

const listOf = (value: unknown): Named[] =>
  Array.isArray(value) ? value.filter((item): item is Named => typeof item === 'object') : [];

/**
 * Reads custody off the events alone, by protocol.md §3 and none of Adit's code: at every entry each lot has one
 * holder, and only who may extend its chain does. What breaks that is a fault.
 */
export function chainsOf(entries: readonly ToldEntry[]): { chains: Map<string, LotChain>; faults: string[] } {
  const chains = new Map<string, LotChain>();
  const faults: string[] = [];
  for (const entry of entries) {
    const { payload } = entry;
    const signer = String(payload.iss);
    const type = String(payload.type);
    for (const named of [...listOf(payload.lots), ...listOf(payload.inputs)]) {
      const chain = chains.get(named.lot);
      const problem = chain === undefined ? 'is unknown' : extend(chain, entry, named, signer, type);
      if (problem !== null) faults.push(`entry ${entry.index} (${type}): lot ${named.lot} ${problem}`);
    }
    for (const { lot } of listOf(payload.outputs)) {
      if (chains.has(lot)) faults.push(`entry ${entry.index}: lot ${lot} is born twice`);
      const holder = type === 'lot.declared' && typeof payload.holder === 'string' ? payload.holder : signer;
      chains.set(lot, { lot, events: [{ id: entry.id, index: entry.index }], status: 'held', holder, to: null });
    }
  }
  return { chains, faults };
}

/** Applies one event to one lot; what is wrong with it, or null. */
function extend(chain: LotChain, entry: ToldEntry, named: Named, signer: string, type: string): string | null {
  if (named.prev !== chain.events.at(-1)?.id) return `is extended from ${named.prev}, which is not its head`;
  chain.events.push({ id: entry.id, index: entry.index });
  const { status, holder, to } = chain;
  if (type === 'custody.received') {
    if (status !== 'inTransit' || to !== signer) return `is received by ${signer} but goes to ${to}`;
    Object.assign(chain, { status: 'held', holder: named.outcome === 'rejected' ? holder : signer, to: null });
    return null;
  }
  if (holder !== signer) return `is held by ${holder} and moved by ${signer}`;
  if (type === 'custody.recalled') {
    Object.assign(chain, { status: 'held', to: null });
    return status === 'inTransit' ? null : `is ${status} and cannot be recalled`;
  }
  if (type === 'custody.dispatched') Object.assign(chain, { status: 'inTransit', to: entry.payload.to });
  else if (entry.payload.inputs !== undefined) chain.status = 'consumed';
  else if (type === 'lot.closed') chain.status = 'closed';
  return status === 'held' ? null : `is ${status}`;
}
