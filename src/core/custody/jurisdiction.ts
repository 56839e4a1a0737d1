import { AditError } from '../errors.js';
import type { AditEvent } from '../event/event.js';
import type { Actor, LedgerView } from './view.js';

/**
 * A registrar that another has registered acts in its own country: the root registrar delegates one country each, and
 * whoever has a country may delegate it further. What somebody may do anyway, as the subject or as an authority, stays.
 */
export function checkJurisdiction(event: AditEvent, view: LedgerView): AditError | null {
  const signer = view.actors.get(event.iss);
  if (signer === undefined || signer.country === null || !signer.roles.includes('registrar')) return null;
  const elsewhere = countriesOf(event, view, signer).find((country) => country !== signer.country);
  if (elsewhere === undefined) return null;
  const whose = elsewhere === null ? 'the whole ledger' : elsewhere;
  return new AditError(
    'role-not-allowed',
    `${event.iss} is a registrar of ${signer.country}, and this concerns ${whose}.`,
  );
}

/** The countries of what a registrar's act concerns; null stands for the root registrar, which has none. */
function countriesOf(event: AditEvent, view: LedgerView, signer: Actor): (string | null)[] {
  switch (event.type) {
    case 'actor.registered':
    case 'facility.registered':
      return [event.payload.country];
    case 'actor.statusChanged':
    case 'key.added':
    case 'key.revoked': {
      const actor = event.payload.actor === signer.id ? undefined : view.actors.get(event.payload.actor);
      return actor === undefined ? [] : [actor.country];
    }
    case 'site.registered':
      return signer.roles.includes('authority') ? [] : [event.payload.country];
    case 'site.updated': {
      if (signer.roles.includes('authority')) return [];
      const { site, country } = event.payload;
      return [view.sites.get(site)?.country, country].filter((known) => known !== undefined);
    }
    default:
      return [];
  }
}
