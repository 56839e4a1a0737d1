import { randomBytes } from 'node:crypto';
import { OpenedLedger, type Signatory } from './signatory.js';

/** Workers of each site: more than the lots need. */
const WORKERS = 100_000;

/** A ledger of so many traders, each with a site of its own, and chains of handovers among them. */
export class Handovers {
  private number = 0;
  /** The lots of all chains, each with the id of its last event and who received it last. */
  readonly lots: { lot: string; last: string; holder: Signatory }[] = [];

  private constructor(readonly traders: readonly Signatory[]) {}

  /** Opens an empty ledger and registers the traders. */
  static async open(url: string, traders: number): Promise<Handovers> {
    const ledger = await OpenedLedger.open(url);
    const made: Signatory[] = [];
    for (let i = 0; i < traders; i += 1) {
      made.push(await ledger.register(`trader${i}`, ['miner', 'trader']));
      await ledger.registerSite(`site${i}`, `trader${i}`, WORKERS);
    }
    return new Handovers(made);
  }

  /** Returns the events of one lot in order: declared, then dispatched and received in turn, about 1,100 characters each. */
  chain(length: number): string[] {
    const first = this.number;
    this.number += 1;
    const by = (at: number): Signatory => this.traders[at % this.traders.length] as Signatory;
    const mass = { value: (45 + (first % 97) / 10).toFixed(1), uom: 'KGM' };
    const tag = `SYN-${randomBytes(6).toString('hex')}`;
    const output = {
      mineral: 'cassiterite',
      form: 'concentrate',
      mass,
      moisturePercent: '6.0',
      grades: [{ analyte: 'Sn', value: '52.0', uom: 'P1', basis: 'dry', method: 'XRF' }],
      tags: [tag],
      packages: { kind: 'bag', count: 1 },
    };
    const place = { site: `site${first % this.traders.length}` };
    const declared = by(first).event('lot.declared', { place, method: 'handTools', pit: 'north-2' }, [output]);
    const [lot = ''] = declared.lots;
    const texts = [declared.text];
    let prev = declared.id;
    let holder = by(first);
    for (let at = first; texts.length < length; at += 1) {
      const seals = [`SEAL-${randomBytes(5).toString('hex')}`, `SEAL-${randomBytes(5).toString('hex')}`];
      const sent = by(at).event('custody.dispatched', {
        to: by(at + 1).id,
        mode: 'truck',
        vehicle: `RAB ${100 + (at % 900)} C`,
        route: 'Rutongo, Musasa, Nyacyonga, Kigali, Magerwa warehouse',
        seals,
        documents: [{ kind: 'waybill', number: `WB-${randomBytes(6).toString('hex')}` }],
        lots: [{ lot, prev, mass }],
      });
      const received = by(at + 1).event('custody.received', {
        from: by(at).id,
        seals,
        sealState: 'intact',
        lots: [{ lot, prev: sent.id, mass }],
      });
      texts.push(sent.text, received.text);
      prev = texts.length > length ? sent.id : received.id;
      if (texts.length <= length) holder = by(at + 1);
    }
    this.lots.push({ lot, last: prev, holder });
    return texts.slice(0, length);
  }
}
