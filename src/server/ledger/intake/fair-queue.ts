/** The queue of one address by lane, in the order of their turns. */
type Lanes<T> = Map<string, T[]>;

/**
 * Queues items of many clients and takes them in turn: one of each address, and within an address one of each lane, which
 * is that of a signer or that of all batches. So a client with a thousand items delays another client's item by one.
 */
export class FairQueue<T> {
  private readonly addresses = new Map<string, Lanes<T>>();
  private count = 0;

  get length(): number {
    return this.count;
  }

  push(address: string, name: string, item: T): void {
    const lanes: Lanes<T> = this.addresses.get(address) ?? new Map<string, T[]>();
    const lane = lanes.get(name);
    if (lane === undefined) lanes.set(name, [item]);
    else lane.push(item);
    this.addresses.set(address, lanes);
    this.count += 1;
  }

  /** Takes at most so many items, in turn. */
  take(most: number): T[] {
    const taken: T[] = [];
    while (taken.length < most && this.count > 0) {
      const [address, lanes] = first(this.addresses);
      const [name, lane] = first(lanes);
      // A single client, the usual case, is served as a whole; of several each has one turn.
      const turn = this.addresses.size === 1 && lanes.size === 1 ? most - taken.length : 1;
      const items = lane.splice(0, turn);
      taken.push(...items);
      this.count -= items.length;
      // Moves a served queue to the end: a map iterates in insertion order.
      lanes.delete(name);
      if (lane.length > 0) lanes.set(name, lane);
      this.addresses.delete(address);
      if (lanes.size > 0) this.addresses.set(address, lanes);
    }
    return taken;
  }
}

function first<V>(map: Map<string, V>): [string, V] {
  const [entry] = map;
  if (entry === undefined) throw new Error('The queue is empty.');
  return entry;
}
