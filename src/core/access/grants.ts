import type { AditEvent } from '../event/event.js';
import { references } from '../event/references.js';

/** What an actor lets another see (`grant.given`). Times are ms since 1970 UTC. */
export interface Grant {
  /** Id of the event that gave it. */
  id: string;
  index: number;
  by: string;
  to: string;
  /** Limits; null: none. */
  lots: readonly string[] | null;
  sites: readonly string[] | null;
  bornFrom: number | null;
  /** Exclusive. */
  bornUntil: number | null;
  until: number;
  disclosures: boolean;
}

const DAY = 86_400_000;

/** Returns the grant that an event gives. */
export function grantOf({ id, iss, payload }: Extract<AditEvent, { type: 'grant.given' }>, index: number): Grant {
  const { to, only, until, disclosures } = payload;
  const { lots = null, sites = null, bornFrom, bornUntil } = only ?? {};
  return {
    id,
    index,
    by: iss,
    to,
    lots,
    sites,
    bornFrom: bornFrom === undefined ? null : Date.parse(bornFrom),
    bornUntil: bornUntil === undefined ? null : Date.parse(bornUntil) + DAY,
    until: Date.parse(until),
    disclosures: disclosures === true,
  };
}

/**
 * Whether a grant shows the disclosures of an event: those that its giver signed or is named in, within the limits that the
 * event itself shows.
 */
export function grantOpens(grant: Pick<Grant, 'by' | 'lots' | 'sites' | 'disclosures'>, event: AditEvent): boolean {
  const { actors, lots, outputs, sites } = references(event);
  if (!grant.disclosures || !actors.includes(grant.by)) return false;
  const touched = [...lots.map(({ lot }) => lot), ...outputs];
  if (grant.lots !== null && !touched.some((lot) => grant.lots?.includes(lot))) return false;
  return grant.sites === null || sites.some((site) => grant.sites?.includes(site));
}
