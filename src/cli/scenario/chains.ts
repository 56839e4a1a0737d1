/** An event that somebody has signed, as far as others build on it. */
export interface Signed {
  id: string;
  step: number;
  /** Lots whose newest event this is, once it is admitted; those it brought forth among them. */
  lots: readonly string[];
  /** The events it follows. */
  prevs: readonly string[];
  /** Whoever knows it before it is in the log: who signed it, and whom it names as the other side. */
  parties: readonly string[];
  /** Ids of the lots it brought forth, by their names in the scenario. */
  born: readonly (readonly [name: string, id: string])[];
  state: 'signed' | 'admitted' | 'refused';
}

/** The chains of all lots as those who sign know them, in the order of signing. */
export class Chains {
  private readonly byStep = new Map<number, Signed>();
  private readonly byId = new Map<string, Signed>();
  private readonly ofLot = new Map<string, Signed[]>();
  private readonly births = new Map<string, { id: string; by: Signed }[]>();
  private readonly names = new Map<string, string>();

  add(signed: Signed): void {
    this.byStep.set(signed.step, signed);
    this.byId.set(signed.id, signed);
    for (const lot of signed.lots) this.ofLot.set(lot, [...(this.ofLot.get(lot) ?? []), signed]);
    for (const [name, id] of signed.born) {
      this.births.set(name, [...(this.births.get(name) ?? []), { id, by: signed }]);
      this.names.set(id, name);
    }
  }

  ofStep = (step: number): Signed | undefined => this.byStep.get(step);
  ofEvent = (id: string): Signed | undefined => this.byId.get(id);
  nameOf = (lot: string): string => this.names.get(lot) ?? lot;

  /** The id of a lot; where two have the name, of the one that came to be last. */
  lot(name: string): string | undefined {
    const births = this.births.get(name) ?? [];
    return (births.findLast(({ by }) => !this.fails(by)) ?? births.at(-1))?.id;
  }

  /**
   * The newest event of a lot as an actor knows it: what is in the log, and what it was party to beforehand. What was
   * refused is no head, nor what rests on it; only of a lot that never came to be nothing else is known.
   */
  head(lot: string, actor: string): string | undefined {
    const chain = this.ofLot.get(lot) ?? [];
    const standing = chain.filter((signed) => !this.fails(signed));
    const known = standing.findLast(({ state, parties }) => state === 'admitted' || parties.includes(actor));
    return (known ?? standing.at(-1) ?? chain.at(-1))?.id;
  }

  /** Lots that came to be, with their names. */
  *bornLots(): Generator<readonly [name: string, id: string]> {
    for (const { state, born } of this.byStep.values()) if (state === 'admitted') yield* born;
  }

  /** Refused, or resting on what was. */
  fails(signed: Signed): boolean {
    if (signed.state !== 'signed') return signed.state === 'refused';
    return signed.prevs.some((prev) => {
      const before = this.byId.get(prev);
      return before !== undefined && this.fails(before);
    });
  }
}
