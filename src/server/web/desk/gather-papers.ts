import { Injectable } from '@nestjs/common';
import type { LotState } from '../../../core/api/lot.js';
import type { Passport } from '../../../core/api/access/passport.js';
import { kilograms, milligrams } from '../../../core/custody/quantity.js';
import { AditError } from '../../../core/errors.js';
import type { Quantity } from '../../../core/event/quantity-claims.js';
import { goodsOf } from '../../../web/explorer/lot-page.js';
import type { Say, WordKey } from '../../../web/say.js';
import { calledLot, shortId } from '../../../web/ui/chips.js';
import { Passports } from '../../access/passports.js';
import { RecordAccesses } from '../../access/record-accesses.js';
import { Config } from '../../config/config.js';
import { viewerNow } from '../../http/viewing.js';
import { ReadEvent } from '../../ledger/read/read-event.js';
import { ReadLot } from '../../provenance/read-lot.js';
import { eventData } from '../event-data.js';
import type { Label } from './print-labels.js';
import type { Waybill } from './print-waybill.js';

/** A serial number in the characters of GS1 (set 82), without brackets, which would end it in the element string. */
const GS1_SERIAL = /^[!"%&'*+,./0-9:;<=>?A-Z_a-z-]{1,20}$/;

/** Returns the GS1 element string of a passport with a GTIN; null without one. */
export function gs1Of({ gtin, serial }: Pick<Passport, 'gtin' | 'serial'>): string | null {
  if (gtin === null) return null;
  const key = `(01)${gtin.padStart(14, '0')}`;
  return serial !== null && GS1_SERIAL.test(serial) ? `${key}(21)${serial}` : key;
}

/** Claims of a dispatch that a waybill shows, in this order, with their names. */
const FACTS: readonly (readonly [claim: string, name: WordKey])[] = [
  ['iss', 'desk.waybill.sender'],
  ['to', 'desk.waybill.receiver'],
  ['carrier', 'desk.claim.carrier'],
  ['occurredAt', 'desk.claim.occurredAt'],
  ['plannedArrival', 'desk.claim.plannedArrival'],
  ['mode', 'desk.waybill.mode'],
  ['vehicle', 'desk.claim.vehicle'],
  ['route', 'desk.claim.route'],
  ['seals', 'desk.claim.seals'],
];
const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
const TIMES = new Set(['occurredAt', 'plannedArrival']);

/** Gathers what labels and waybills show. */
@Injectable()
export class GatherPapers {
  constructor(
    private readonly lots: ReadLot,
    private readonly events: ReadEvent,
    private readonly passports: Passports,
    private readonly config: Config,
    private readonly accesses: RecordAccesses,
  ) {}

  /** Gathers the labels of lots that the viewer sees. Throws `not-found`. */
  labels(say: Say, ids: readonly string[]): Promise<Label[]> {
    return Promise.all([...new Set(ids)].map((id) => this.label(say, id)));
  }

  /** Gathers the waybill of a dispatch that the viewer sees. Throws `not-found`. */
  async waybill(say: Say, id: string): Promise<Waybill> {
    const { payload, disclosed } = eventData(await this.events.event(id), null);
    if (payload?.type !== 'custody.dispatched') throw new AditError('not-found', `There is no dispatch ${id}.`);
    const claims: Record<string, unknown> = { ...payload };
    for (const { name, value } of disclosed) claims[name] ??= value;
    const sent = (claims.lots as { lot: string; mass?: Quantity }[]) ?? [];
    const lots = await Promise.all(sent.map(({ lot }) => this.read(lot, '/desk/waybill/:event')));
    const masses = lots.map(({ mass }, i) => sent[i]?.mass ?? mass);
    const mineral = lots[0]?.mineral;
    const total = masses.reduce((sum, mass) => sum + milligrams(mass), 0n);
    return {
      event: id,
      url: `${this.config.publicUrl}/events/${id}`,
      facts: FACTS.flatMap(([claim, name]) => {
        const value = claims[claim];
        if (value === undefined) return [];
        const text = (Array.isArray(value) ? (value as unknown[]) : [value]).map(textOf).join(', ');
        return [[say.word(name), TIMES.has(claim) ? say.dateTime(text) : text] as const];
      }),
      lots: lots.map((lot, i) => ({
        name: calledLot(lot),
        goods: goodsOf(say, lot),
        mass: say.mass(masses[i] ?? lot.mass, lot.mineral),
        tags: lot.tags.join(', '),
      })),
      total: say.mass(kilograms(total), mineral),
      created: new Date(String(claims.occurredAt)),
    };
  }

  /** Reads a lot, which the record of access shows to its holder. */
  private async read(id: string, route: string): Promise<LotState> {
    const lot = await this.lots.state(id);
    this.accesses.note(viewerNow(), route, id);
    return lot;
  }

  private async label(say: Say, id: string): Promise<Label> {
    const lot = await this.read(id, '/desk/labels.pdf');
    const passport = await this.passports.ofLot(id).catch((error: unknown) => {
      if (error instanceof AditError && error.code === 'not-found') return null;
      throw error;
    });
    return {
      name: calledLot(lot),
      goods: goodsOf(say, lot),
      mass: say.mass(lot.mass, lot.mineral),
      shortId: shortId(id),
      holder: lot.holder,
      url: passport?.url ?? `${this.config.publicUrl}/lots/${id}`,
      gs1: passport === null ? null : gs1Of(passport),
    };
  }
}
