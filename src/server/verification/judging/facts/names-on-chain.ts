import { collectedAlong } from '../../../../core/rules/engine/chain-states.js';
import type { JudgedEvent } from '../../../../core/rules/engine/facts.js';
import { actorSubject, facilitySubject, siteSubject } from '../../../../core/rules/engine/subjects.js';

/** What the events of a chain name, each once. */
interface NamesOnChain {
  /** Subjects of signers, and of sites and facilities. */
  actors: ReadonlySet<string>;
  places: ReadonlySet<string>;
  /** The facility of each event, else its site. */
  stations: ReadonlySet<string>;
}

/** Lists what a chain names; it only grows, and each of its entries is looked at once. */
export const namesOn: (chain: readonly JudgedEvent[], lot: string) => NamesOnChain = collectedAlong(
  () => ({ actors: new Set<string>(), places: new Set<string>(), stations: new Set<string>() }),
  (names, { event }) => {
    names.actors.add(actorSubject(event.iss));
    const { site, facility } = event.place ?? {};
    if (site !== undefined) names.places.add(siteSubject(site));
    if (facility !== undefined) names.places.add(facilitySubject(facility));
    const station = facility ?? site;
    if (station !== undefined) names.stations.add(station);
  },
);
