import { AditError } from '../errors.js';
import type { AditEvent } from '../event/event.js';
import type { Actor, LedgerView } from './view.js';

/**
 * Checks that a registrar acts in its own country. The root registrar delegates one country to each registrar, and a
 * registrar of a country may delegate that country further. What an actor may do as the subject or as an authority is
 * not limited. Two events are limited where they take effect, because the log alone does not show the
 * country they concern:
 * `data.erased` erases only what its registrar has jurisdiction over (`server/ledger/disclosures/disclosure-rows.ts`), and a
 * `finding.answered` from another country changes nothing (`server/verification/judging/settle-findings.ts`).
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

/** Lists the countries that a registrar's event concerns; null means the root registrar, which has no country. */
function countriesOf(event: AditEvent, view: LedgerView, signer: Actor): (string | null)[] {
  switch (event.type) {
    case 'actor.registered':
    case 'facility.registered':
      return [event.payload.country];
    case 'vehicle.registered':
      return signer.roles.includes('authority') || event.payload.country === undefined ? [] : [event.payload.country];
    case 'actor.statusChanged':
    case 'actor.related':
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
    case 'event.settled': {
      const dispute = view.events.get(event.payload.dispute)?.event;
      return dispute === undefined || mayAnyway(signer, dispute.iss) ? [] : countryOf(dispute.iss, view);
    }
    case 'incident.updated': {
      if (mayAnyway(signer, view.incidents.get(event.payload.incident)?.owner)) return [];
      const countries = countriesOfIncident(view.events.get(event.payload.incident)?.event, view);
      // An event that concerns several countries is allowed to the registrar of each.
      return countries.includes(signer.country) ? [] : countries;
    }
    default:
      return [];
  }
}

const mayAnyway = (signer: Actor, party: string | null | undefined): boolean =>
  signer.roles.includes('authority') || party === signer.id;

function countryOf(id: string, view: LedgerView): (string | null)[] {
  const actor = view.actors.get(id);
  return actor === undefined ? [] : [actor.country];
}

/** Lists the countries of the places and actors that an incident names; if none is known, that of its reporter. */
function countriesOfIncident(incident: AditEvent | undefined, view: LedgerView): (string | null)[] {
  if (incident?.type !== 'incident.reported') return [];
  const { sites = [], facilities = [], actors = [] } = incident.payload;
  const named = [
    ...sites.flatMap((id) => view.sites.get(id)?.country ?? []),
    ...facilities.flatMap((id) => view.facilities.get(id)?.country ?? []),
    ...actors.flatMap((id) => countryOf(id, view)),
  ];
  return named.length > 0 ? named : countryOf(incident.iss, view);
}
