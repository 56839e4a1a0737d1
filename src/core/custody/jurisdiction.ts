import { AditError } from '../errors.js';
import type { AditEvent } from '../event/event.js';
import type { Actor, LedgerView } from './view.js';

/**
 * A registrar that another has registered acts in its own country: the root registrar delegates one country each, and
 * whoever has a country may delegate it further. What somebody may do anyway, as the subject or as an authority, stays. Two
 * acts are bounded where they take effect, because the log alone does not tell whom they concern: what `data.erased` names
 * is erased where its registrar has a say (`server/ledger/disclosure-rows.ts`), and a `finding.answered` of another country
 * changes nothing (`server/verification/settle-findings.ts`).
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
    case 'event.settled': {
      const dispute = view.events.get(event.payload.dispute)?.event;
      return dispute === undefined || mayAnyway(signer, dispute.iss) ? [] : countryOf(dispute.iss, view);
    }
    case 'incident.updated': {
      if (mayAnyway(signer, view.incidents.get(event.payload.incident)?.owner)) return [];
      const countries = countriesOfIncident(view.events.get(event.payload.incident)?.event, view);
      // What concerns several countries is for the registrar of each.
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

/** Of the places and actors that it names; of whoever reported it where it names none, or none that is known. */
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
