import { randomBytes } from 'node:crypto';
import { OpenedLedger, type Signatory } from '../signatory.js';

/** Signs events of many cooperatives with a site each and one trader in advance. */

/** A lot with the data that its next event needs. */
export interface LotHead {
  lot: string;
  head: string;
}

export interface Signed {
  text: string;
  id: string;
  lots: LotHead[];
}

/** Workers of each site: more than the bags need. */
const WORKERS = 100_000;

const kilograms = (value: string): { value: string; uom: string } => ({ value, uom: 'KGM' });

export class Chains {
  private constructor(
    readonly coops: readonly Signatory[],
    readonly trader: Signatory,
  ) {}

  static async open(url: string, sites: number): Promise<Chains> {
    const ledger = await OpenedLedger.open(url);
    const trader = await ledger.register('trader', ['trader']);
    const coops: Signatory[] = [];
    for (let i = 0; i < sites; i += 1) {
      coops.push(await ledger.register(`coop${i}`, ['miner']));
      await ledger.registerSite(`site${i}`, `coop${i}`, WORKERS);
    }
    return new Chains(coops, trader);
  }

  private coop(number: number): Signatory {
    return this.coops[number % this.coops.length] as Signatory;
  }

  /** Returns a signed event with the lots that it extends and makes. */
  private event(by: Signatory, type: string, body: Record<string, unknown>, outputs: object[] = []): Signed {
    const { text, id, lots } = by.event(type, body, outputs);
    const named = [...((body.lots ?? []) as { lot: string }[]).map(({ lot }) => lot), ...lots];
    return { text, id, lots: named.map((lot) => ({ lot, head: id })) };
  }

  /** Declares one bag of some 50 kg at the site of the cooperative of that number, by default with a tag of its own. */
  declare(number: number, tag = `SYN-${randomBytes(6).toString('hex')}`): Signed {
    const at = number % this.coops.length;
    const body = {
      place: { site: `site${at}` },
      device: 'phone',
      seq: Math.floor(number / this.coops.length) + 1,
    };
    return this.event(this.coop(number), 'lot.declared', body, [
      {
        mineral: 'cassiterite',
        form: 'concentrate',
        mass: kilograms((45 + (number % 97) / 10).toFixed(1)),
        moisturePercent: '6.0',
        grades: [{ analyte: 'Sn', value: '52.0', uom: 'P1', basis: 'dry' }],
        tags: [tag],
      },
    ]);
  }

  /** Declares that a cooperative's key was compromised from the first entry on. */
  compromised(number: number): Signed {
    const coop = this.coop(number);
    const body = { actor: coop.id, kid: coop.signer.kid, reason: 'stolen', compromisedSince: 0 };
    return this.event(coop, 'key.revoked', body);
  }

  dispatch(number: number, { lot, head }: LotHead): Signed {
    return this.event(this.coop(number), 'custody.dispatched', {
      to: 'trader',
      mode: 'truck',
      lots: [{ lot, prev: head }],
    });
  }

  receive(number: number, { lot, head }: LotHead, mass: string): Signed {
    const from = `coop${number % this.coops.length}`;
    return this.event(this.trader, 'custody.received', { from, lots: [{ lot, prev: head, mass: kilograms(mass) }] });
  }

  /** Rejects a delivery: the cooperative holds the lot again. */
  reject(number: number, { lot, head }: LotHead): Signed {
    const from = `coop${number % this.coops.length}`;
    const lots = [{ lot, prev: head, outcome: 'rejected', reason: 'The store is full.' }];
    return this.event(this.trader, 'custody.received', { from, lots });
  }

  /** Aggregates lots of one cooperative. */
  aggregate(number: number, inputs: readonly LotHead[], mass: string): Signed {
    const parts = inputs.map(({ lot, head }) => ({ lot, prev: head }));
    return this.event(this.coop(number), 'lot.aggregated', { inputs: parts }, [{ mass: kilograms(mass) }]);
  }
}
