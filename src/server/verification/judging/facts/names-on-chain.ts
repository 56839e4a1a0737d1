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

interface Names {
  looked: number;
  actors: Set<string>;
  places: Set<string>;
  stations: Set<string>;
}

/** Kept with the chain, which only grows. */
const known = new WeakMap<readonly JudgedEvent[], Names>();

/** Lists what a chain names; looks at each of its entries once. */
export function namesOn(chain: readonly JudgedEvent[]): NamesOnChain {
  let names = known.get(chain);
  if (names === undefined) {
    names = { looked: 0, actors: new Set(), places: new Set(), stations: new Set() };
    known.set(chain, names);
  }
  for (const { event } of chain.slice(names.looked)) {
    names.actors.add(actorSubject(event.iss));
    const { site, facility } = event.place ?? {};
    if (site !== undefined) names.places.add(siteSubject(site));
    if (facility !== undefined) names.places.add(facilitySubject(facility));
    const station = facility ?? site;
    if (station !== undefined) names.stations.add(station);
  }
  names.looked = chain.length;
  return names;
}
