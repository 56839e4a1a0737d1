import { Injectable } from '@nestjs/common';
import type { Degrees, RegisteredPlace } from '../../core/api/place.js';
import { mayOpen } from '../../core/access/disclosures.js';
import { shown } from '../../core/event/disclosure.js';
import type { AditEvent } from '../../core/event/event.js';
import { Database } from '../database/database.js';
import { type SealedDisclosures, openDisclosures, sealedDisclosuresOf } from '../ledger/disclosures/disclosure-rows.js';
import { LedgerIdentity } from '../ledger/ledger-identity.js';
import { LotRights } from '../ledger/read/lot-rights.js';
import { readText } from '../ledger/read/reread-event.js';
import { ListCountries } from './list-countries.js';

interface EventRow {
  id: string;
  jws: string;
  sealed: SealedDisclosures;
}

/** Registrations and updates of one place that are read at most, and events with positions of their own. */
const VERSIONS = 20;
const MAX_EVENTS = 200;

const degreesOf = ([longitude, latitude]: readonly string[]): Degrees => [Number(longitude), Number(latitude)];

/** Reads where sites, facilities and events are, as far as the viewer may see it; of other places, the country. */
@Injectable()
export class ReadPlaces {
  constructor(
    private readonly database: Database,
    private readonly identity: LedgerIdentity,
    private readonly rights: LotRights,
    private readonly countries: ListCountries,
  ) {}

  /** Returns what was registered of places, by their ids. A position that is disclosed to others is null. */
  async registered(places: { sites: readonly string[]; facilities: readonly string[] }): Promise<{
    sites: Map<string, RegisteredPlace>;
    facilities: Map<string, RegisteredPlace>;
  }> {
    const known = await this.countries.of(places);
    const placed = (country: string): RegisteredPlace => ({ country, point: null, polygon: null });
    const sites = new Map([...known.sites].map(([id, country]) => [id, placed(country)]));
    const facilities = new Map([...known.facilities].map(([id, country]) => [id, placed(country)]));
    const subjects = [
      ...[...sites.keys()].map((id) => `site:${id}`),
      ...[...facilities.keys()].map((id) => `facility:${id}`),
    ];
    for (const { type, payload } of await this.registrations(subjects)) {
      if (type === 'facility.registered' && payload.point !== undefined)
        Object.assign(facilities.get(payload.facility) ?? {}, { point: degreesOf(payload.point) });
      if (type !== 'site.registered' && type !== 'site.updated') continue;
      const site = sites.get(payload.site);
      if (site === undefined) continue;
      if (payload.point !== undefined) site.point = degreesOf(payload.point);
      if (payload.polygon !== undefined) site.polygon = payload.polygon.coordinates.map((ring) => ring.map(degreesOf));
    }
    return { sites, facilities };
  }

  /** Returns the positions that events of a lot have themselves: written in them, or disclosed to the viewer. */
  async ofEvents(ids: readonly string[]): Promise<Map<string, Degrees>> {
    if (ids.length === 0) return new Map();
    const { rows } = await this.database.reads.query<EventRow>(
      `SELECT e.id, e.jws, ${sealedDisclosuresOf('e.id')} AS sealed FROM entries AS e WHERE e.id = ANY($1::text[])`,
      [ids.slice(0, MAX_EVENTS)],
    );
    const positions = new Map<string, Degrees>();
    for (const { id, place } of await this.opened(rows, true))
      if (place?.lat !== undefined && place.lon !== undefined)
        positions.set(id, [Number(place.lon), Number(place.lat)]);
    return positions;
  }

  private async registrations(subjects: readonly string[]): Promise<AditEvent[]> {
    if (subjects.length === 0) return [];
    const { rows } = await this.database.reads.query<EventRow>(
      `SELECT e.id, e.jws, ${sealedDisclosuresOf('e.id')} AS sealed
         FROM unnest($1::text[]) AS wanted (subject)
        CROSS JOIN LATERAL (SELECT index FROM filings WHERE subject = wanted.subject ORDER BY index DESC LIMIT ${VERSIONS}) AS filed
         JOIN entries AS e ON e.index = filed.index
        ORDER BY e.index`,
      [subjects],
    );
    return this.opened(rows, false);
  }

  /**
   * Reads events with what is disclosed to the viewer.
   * @param isSeen whether the viewer sees the events without disclosures too.
   */
  private async opened(rows: readonly EventRow[], isSeen: boolean): Promise<AditEvent[]> {
    const opening = await this.rights.opening();
    return rows.flatMap(({ jws, sealed }) => {
      const plain = this.readable(jws, []);
      if (plain === null) return [];
      if (!mayOpen(plain, opening)) return isSeen ? [plain] : [];
      const whole = this.readable(jws, openDisclosures(sealed)) ?? plain;
      return [shown(whole)];
    });
  }

  /** Returns an event, or null if its stored text was altered. */
  private readable(jws: string, disclosures: readonly string[]): AditEvent | null {
    try {
      return readText([jws, ...disclosures, ''].join('~'), this.identity.origin);
    } catch {
      return null;
    }
  }
}
