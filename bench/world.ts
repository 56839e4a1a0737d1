import { randomBytes } from 'node:crypto';
import { OpenedLedger, type Signatory } from './signatory.js';

/** Actors and a site on a running ledger, and signed declarations, made in advance. */
export interface World {
  origin: string;
  /** Signs `count` declarations of one bag each. */
  declarations(count: number): string[];
}

export async function makeWorld(base: string): Promise<World> {
  const ledger = await OpenedLedger.open(base);
  const coop = await ledger.register('coop', ['miner']);
  await ledger.registerSite('hill', 'coop');
  return {
    origin: ledger.origin,
    declarations: (count) => Array.from({ length: count }, (_, i) => declare(coop, i)),
  };
}

/** Returns a declaration of one bag, about 870 characters, as a phone sends it. */
function declare(coop: Signatory, number: number): string {
  const bag = {
    mineral: 'cassiterite',
    form: 'concentrate',
    mass: { value: '48.6', uom: 'KGM' },
    moisturePercent: '6.0',
    grades: [{ analyte: 'Sn', value: '52.0', uom: 'P1', basis: 'dry', method: 'XRF' }],
    tags: [`SYN-M-${number}-${randomBytes(3).toString('hex')}`],
    packages: { kind: 'bag', count: 1 },
  };
  const place = { site: 'hill' };
  return coop.event('lot.declared', { place, pit: 'north-2', teamSize: 14, method: 'handTools' }, [bag]).text;
}
