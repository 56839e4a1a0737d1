import type { AditEvent } from '../event/event.js';
import type { LedgerView, PartyChange } from './view.js';

/**
 * The parties of a lot: those who declared, held or hold it, were named to receive it or carried it, and the countries
 * that it was in. A party may see the chain of the lot up to and with the entry that ended its part. A country is a party
 * named by `@` and its code, which is no registry id; its part never ends.
 */
const countryParty = (country: string): string => `@${country}`;

/**
 * Records which parties an event adds to lots and which it leaves. Call it before the event is applied: it compares with
 * the holder before.
 */
export function recordParties(event: AditEvent, view: LedgerView, index: number): void {
  const { parties } = view.changes;
  const add = (lot: string, opens: readonly (string | null)[], keeps: readonly string[] | null): void => {
    const opened = opens.filter((party) => party !== null);
    if (opened.length > 0 || keeps !== null) parties.push({ lot, index, opens: opened, keeps });
  };
  switch (event.type) {
    case 'lot.declared': {
      const holder = event.payload.holder ?? event.iss;
      const site = view.sites.get(event.place?.site ?? '')?.country;
      const opens = [holder, party(site), countryOf(holder, view)];
      for (const { lot } of event.payload.outputs) add(lot, opens, null);
      break;
    }
    case 'lot.aggregated':
    case 'lot.split':
    case 'lot.processed':
      for (const { lot } of event.payload.outputs) add(lot, [event.iss, countryOf(event.iss, view)], null);
      break;
    case 'custody.dispatched':
      for (const { lot } of event.payload.lots) add(lot, [event.payload.to, event.payload.carrier ?? null], null);
      break;
    case 'custody.received':
      for (const { lot, outcome } of event.payload.lots)
        if (outcome === 'rejected') add(lot, [], holderOf(lot, view));
        else add(lot, entered(event.iss, event.payload.from, view), [event.iss]);
      break;
    case 'custody.recalled':
      for (const { lot } of event.payload.lots) add(lot, [], holderOf(lot, view));
      break;
    case 'custody.assigned':
      for (const { lot } of event.payload.lots)
        add(lot, [event.payload.to, countryOf(event.payload.to, view)], [event.payload.to]);
      break;
    case 'lot.held':
    case 'certificate.issued':
      for (const lot of event.payload.lots) add(lot, [countryOf(event.iss, view)], null);
      break;
    default:
  }
  const elsewhere = placeElsewhere(event, view);
  if (elsewhere !== null) for (const lot of lotsAt(event)) add(lot, [elsewhere], null);
}

const party = (country: string | null | undefined): string | null =>
  country === undefined || country === null ? null : countryParty(country);

const countryOf = (actor: string, view: LedgerView): string | null => party(view.actors.get(actor)?.country);

const holderOf = (lot: string, view: LedgerView): string[] => [view.lots.get(lot)?.holder ?? ''];

/** Returns the country that a lot enters with a new holder; none if it is the country of the one before. */
function entered(receiver: string, sender: string, view: LedgerView): (string | null)[] {
  const country = countryOf(receiver, view);
  return country === countryOf(sender, view) ? [] : [country];
}

/** Returns the country of the place of an event if it is not that of the signer, whose country the lot is in anyway. */
function placeElsewhere({ iss, place }: AditEvent, view: LedgerView): string | null {
  const at = view.facilities.get(place?.facility ?? '')?.country ?? view.sites.get(place?.site ?? '')?.country;
  const country = party(at);
  return country === countryOf(iss, view) ? null : country;
}

/** Lists the lots that were at the place of an event: those that it extends or creates. */
function lotsAt({ payload }: AditEvent): string[] {
  const named = 'lots' in payload ? (payload.lots ?? []) : [];
  const lots = named.flatMap((one) => (typeof one === 'object' && 'prev' in one ? [one.lot] : []));
  return [...lots, ...('outputs' in payload ? payload.outputs.map(({ lot }) => lot) : [])];
}

/** A party of a lot, as the entries so far leave it. */
export interface LotParty {
  lot: string;
  party: string;
  /** Index of the entry with which its part began first. */
  from: number;
  /** Index of the last entry that it may see; null while its part lasts. */
  until: number | null;
}

/** The end of the parts of all parties of a lot but some. */
export interface PartsEnded {
  lot: string;
  index: number;
  keeps: readonly string[];
}

/**
 * Folds changes, in order of the log, to rows: the ends of parts that began before these changes, and the parties that the
 * changes add, which replace rows of the same lot and party but not their beginning.
 */
export function partyRows(changes: readonly PartyChange[]): { ended: PartsEnded[]; added: LotParty[] } {
  const ended: PartsEnded[] = [];
  const added = new Map<string, Map<string, LotParty>>();
  for (const { lot, index, opens, keeps } of changes) {
    let parties = added.get(lot);
    if (parties === undefined) added.set(lot, (parties = new Map()));
    if (keeps !== null) {
      ended.push({ lot, index, keeps });
      for (const one of parties.values())
        if (one.until === null && !one.party.startsWith('@') && !keeps.includes(one.party)) one.until = index;
    }
    for (const name of opens) {
      const known = parties.get(name);
      if (known === undefined) parties.set(name, { lot, party: name, from: index, until: null });
      else known.until = null;
    }
  }
  return { ended, added: [...added.values()].flatMap((parties) => [...parties.values()]) };
}
