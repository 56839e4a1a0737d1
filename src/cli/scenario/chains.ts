/** A signed event, with the data that later events need. */
export interface SignedEvent {
  id: string;
  step: number;
  /** Lots of which this is the newest event once admitted, including created ones. */
  lots: readonly string[];
  /** The events it follows. */
  prevs: readonly string[];
  /** Actors who know it before it is in the log: its signer, and the other party. */
  parties: readonly string[];
  /** Ids of the created lots, by their names in the scenario. */
  born: readonly (readonly [name: string, id: string])[];
  state: 'signed' | 'admitted' | 'refused';
}

/** The chains of all lots as their signers know them, in the order of signing. */
export class Chains {
  private readonly byStep = new Map<number, SignedEvent>();
  private readonly byId = new Map<string, SignedEvent>();
  private readonly ofLot = new Map<string, SignedEvent[]>();
  private readonly births = new Map<string, { id: string; by: SignedEvent }[]>();
  private readonly names = new Map<string, string>();

  add(signed: SignedEvent): void {
    this.byStep.set(signed.step, signed);
    this.byId.set(signed.id, signed);
    for (const lot of signed.lots) this.ofLot.set(lot, [...(this.ofLot.get(lot) ?? []), signed]);
    for (const [name, id] of signed.born) {
      this.births.set(name, [...(this.births.get(name) ?? []), { id, by: signed }]);
      this.names.set(id, name);
    }
  }

  ofStep = (step: number): SignedEvent | undefined => this.byStep.get(step);
  ofEvent = (id: string): SignedEvent | undefined => this.byId.get(id);
  nameOf = (lot: string): string => this.names.get(lot) ?? lot;

  /** Returns the id of a lot; of two with one name, the later one. */
  lot(name: string): string | undefined {
    const births = this.births.get(name) ?? [];
    return (births.findLast(({ by }) => !this.fails(by)) ?? births.at(-1))?.id;
  }

  /**
   * Returns the newest event of a lot as an actor knows it: from the log, or as a party to it. Refused events and their
   * successors do not count, except for a lot that was never created.
   */
  head(lot: string, actor: string): string | undefined {
    const chain = this.ofLot.get(lot) ?? [];
    const standing = chain.filter((signed) => !this.fails(signed));
    const known = standing.findLast(({ state, parties }) => state === 'admitted' || parties.includes(actor));
    return (known ?? standing.at(-1) ?? chain.at(-1))?.id;
  }

  /** Returns the created lots with their names. */
  *bornLots(): Generator<readonly [name: string, id: string]> {
    for (const { state, born } of this.byStep.values()) if (state === 'admitted') yield* born;
  }

  /** Whether an event is refused or follows a refused one. */
  fails(signed: SignedEvent): boolean {
    if (signed.state !== 'signed') return signed.state === 'refused';
    return signed.prevs.some((prev) => {
      const before = this.byId.get(prev);
      return before !== undefined && this.fails(before);
    });
  }
}
