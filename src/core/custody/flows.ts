/** Mass that flowed from a consumed lot into a lot that was made of it. */
export interface Flow {
  from: string;
  to: string;
  mass: bigint;
}

/** Groups flows by the lot that they enter, with the total. */
function inflows(flows: readonly Flow[]): Map<string, { total: bigint; flows: Flow[] }> {
  const into = new Map<string, { total: bigint; flows: Flow[] }>();
  for (const flow of flows) {
    const known = into.get(flow.to) ?? { total: 0n, flows: [] };
    known.total += flow.mass;
    known.flows.push(flow);
    into.set(flow.to, known);
  }
  return into;
}

const part = (mass: bigint, total: bigint): number => (total === 0n ? 0 : Number(mass) / Number(total));

/**
 * Sorts lots so that each comes before those made of it. Flows have no cycle: a lot is made once, of lots that existed
 * before.
 */
function downToUp(roots: readonly string[], into: ReadonlyMap<string, { flows: readonly Flow[] }>): string[] {
  const order: string[] = [];
  const state = new Map<string, 'open' | 'done'>();
  const stack = [...roots];
  while (stack.length > 0) {
    const lot = stack.at(-1) as string;
    if (state.get(lot) === undefined) {
      state.set(lot, 'open');
      for (const { from } of into.get(lot)?.flows ?? []) if (state.get(from) === undefined) stack.push(from);
    } else {
      stack.pop();
      if (state.get(lot) === 'open') order.push(lot);
      state.set(lot, 'done');
    }
  }
  return order.toReversed();
}

/** The lineage of one lot, which computes the share of its mass that came through a set of lots. */
export class Upstream {
  private readonly into: ReadonlyMap<string, { total: bigint; flows: Flow[] }>;
  private readonly order: readonly string[];

  /** @param flows every flow into the lot and into its ancestors */
  constructor(
    readonly lot: string,
    flows: readonly Flow[],
  ) {
    this.into = inflows(flows);
    this.order = downToUp([lot], this.into);
  }

  /**
   * Returns the share of the lot's mass, 0 to 1, that passed through at least one of `lots`. Mass that passed through
   * two of them counts once.
   */
  shareThrough(lots: ReadonlySet<string>): number {
    if (lots.size === 0) return 0;
    const shares = new Map([[this.lot, 1]]);
    let through = 0;
    for (const lot of this.order) {
      const share = shares.get(lot) ?? 0;
      if (share === 0) continue;
      if (lots.has(lot)) {
        through += share;
        continue;
      }
      const { total = 0n, flows = [] } = this.into.get(lot) ?? {};
      for (const { from, mass } of flows) shares.set(from, (shares.get(from) ?? 0) + share * part(mass, total));
    }
    return Math.min(1, through);
  }
}

const NOTHING: ReadonlySet<never> = new Set<never>();

/**
 * Returns the marks of each lot together with those of all its ancestors.
 * @param flows every flow into the lots and into their ancestors
 * @param marks what is marked on each lot itself
 */
export function marksUpstream<T>(
  lots: readonly string[],
  flows: readonly Flow[],
  marks: ReadonlyMap<string, ReadonlySet<T>>,
): Map<string, ReadonlySet<T>> {
  const into = inflows(flows);
  const gathered = new Map<string, ReadonlySet<T>>();
  for (const lot of downToUp(lots, into).toReversed()) {
    const sources = (into.get(lot)?.flows ?? []).map(({ from }) => gathered.get(from) ?? NOTHING);
    const parts = [marks.get(lot) ?? NOTHING, ...sources].filter(({ size }) => size > 0);
    // Most lots have no marks, or those of one source: they share a set.
    gathered.set(lot, parts.length < 2 ? (parts[0] ?? NOTHING) : new Set(parts.flatMap((marked) => [...marked])));
  }
  return new Map(lots.map((lot) => [lot, gathered.get(lot) ?? NOTHING]));
}

/**
 * Returns the share of each lot that comes from `root`, 0 to 1, for the root and all its descendants.
 * @param flows all flows into every lot that contains mass of the root, also flows from other lots, in the order of the
 * log
 */
export function fractionsOf(root: string, flows: readonly Flow[]): Map<string, number> {
  const fractions = new Map([[root, 1]]);
  // In the order of the log an input comes before the lots that are made of it.
  for (const [lot, { total, flows: own }] of inflows(flows)) {
    if (lot === root) continue;
    const fraction = own.reduce((sum, { from, mass }) => sum + (fractions.get(from) ?? 0) * part(mass, total), 0);
    fractions.set(lot, Math.min(1, fraction));
  }
  return fractions;
}

/**
 * Formats a share with four decimals, rounded down; only a whole is "1.0000", and a share above zero never "0.0000".
 */
export function shareText(share: number): string {
  const tenThousandths = Math.floor(share * 10_000 + 1e-6);
  return (share > 0 ? Math.max(1, tenThousandths) / 10_000 : 0).toFixed(4);
}
