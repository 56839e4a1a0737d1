import { AditError } from '../errors.js';
import type { AditEvent } from '../event/event.js';
import { thumbprint } from '../event/keys.js';
import { references } from '../event/references.js';
import type { Signers } from '../event/types/event-type.js';
import { eventTypes } from '../event/types/index.js';
import type { Identity } from './admit.js';
import { namedLots } from './check-lots.js';
import { targetOf } from './check-target.js';
import { checkJurisdiction } from './jurisdiction.js';
import { ADMISSION_VERSIONS, SERVICE_ACTOR } from './ledger-keys.js';
import { refusal } from './refusal.js';
import { type LedgerView, endorsementKey } from './view.js';

/** How far `index.sealed` may be dated ahead of the log's time, ms: time to wait in the queue. */
const SEAL_AHEAD = 3_600_000;

type Check = (event: AditEvent, view: LedgerView, own: Identity | null) => AditError | null;

/**
 * Checks everything that does not concern lots: whether the key may sign this event, and whether the actors, sites and
 * keys that it names exist. Null: no fault.
 */
export function checkRegistry(event: AditEvent, view: LedgerView, own: Identity | null): AditError | null {
  if (event.type === 'ledger.opened') return checkOpening(event, view, own);
  if (view.opened === null)
    return new AditError('ledger-not-open', 'The first entry of a ledger is ledger.opened, signed by its registrar.');
  const checks = event.kid === view.opened.serviceKid ? serviceChecks : actorChecks;
  for (const check of checks) {
    const error = check(event, view, own);
    if (error !== null) return error;
  }
  return null;
}

function checkOpening(
  event: Extract<AditEvent, { type: 'ledger.opened' }>,
  view: LedgerView,
  own: Identity | null,
): AditError | null {
  const { logKey, serviceKey, registrar } = event.payload;
  const kid = thumbprint(registrar.key);
  if (view.opened === null && event.kid !== kid)
    return new AditError('key-unknown', 'Entry 0 is signed by the registrar key that it names.');
  if (view.opened !== null) return new AditError('ledger-already-open', 'This ledger has its first entry already.');
  if (own !== null && !own.logKeys.includes(logKey))
    return refusal('ledger-mismatch', 'This is not the key of this log.', '/logKey');
  if (own !== null && !own.serviceKids.includes(thumbprint(serviceKey)))
    return refusal('ledger-mismatch', 'This is not the service key of this ledger.', '/serviceKey');
  if (own !== null && own.registrarKid !== null && kid !== own.registrarKid)
    return refusal('ledger-mismatch', 'Another registrar is to open this ledger.', '/registrar/key');
  if (event.iss !== registrar.actor) return refusal('issuer-mismatch', 'Entry 0 is issued by its registrar.', '/iss');
  if (registrar.actor === SERVICE_ACTOR)
    return refusal('id-exists', 'This actor id is reserved for the service.', '/registrar/actor');
  if (kid === thumbprint(serviceKey)) return refusal('key-exists', 'This is the service key.', '/registrar/key');
  return null;
}

const checkKeyKnown: Check = ({ kid }, view) => {
  const key = view.keys.get(kid);
  if (key === undefined) return new AditError('key-unknown', `No key ${kid} is registered.`);
  if (key.activeFrom !== null && (view.clock ?? 0) < key.activeFrom)
    return new AditError(
      'key-unknown',
      `A registrar added this key; it becomes active at ${new Date(key.activeFrom).toISOString()} of the log's time.`,
    );
  return null;
};

const checkExpiry: Check = ({ exp }, view) =>
  exp !== undefined && view.clock !== null && exp * 1000 < view.clock
    ? refusal('expired', 'The event asked not to be admitted this late.', '/exp')
    : null;

const checkKeyActive: Check = (event, view) => {
  const key = view.keys.get(event.kid);
  if (key === undefined || key.revokedIndex === null) return null;
  // The key was lost before a device could sync: the actor has endorsed the event with a living key.
  if (view.endorsements.has(endorsementKey(event.id, key.actor))) return null;
  return new AditError('key-revoked', `The key was revoked by entry ${key.revokedIndex}.`);
};

const checkIssuer: Check = ({ kid, iss }, view) =>
  view.keys.get(kid)?.actor === iss ? null : refusal('issuer-mismatch', `The key is not one of ${iss}.`, '/iss');

const checkRole: Check = (event, view) => {
  const signers = eventTypes.get(event.type)?.signers;
  if (signers === undefined || maySign(event, signers, view)) return checkHolderNamed(event, view);
  return new AditError('role-not-allowed', `${event.iss} may not sign ${event.type}.`);
};

function maySign(event: AditEvent, signers: Signers, view: LedgerView): boolean {
  const own = view.actors.get(event.iss)?.roles ?? [];
  const has = (roles: readonly string[]): boolean => roles.some((role) => own.includes(role));
  switch (signers.by) {
    case 'role':
      return has(signers.roles);
    case 'holder':
      return signers.roles === undefined || has(signers.roles);
    case 'siteOperator': {
      const site = view.sites.get(event.place?.site ?? '');
      // An unknown site has no operator to compare; the event is refused later as `site-unknown`.
      return site === undefined || site.operator === event.iss || has(signers.orRoles);
    }
    case 'subject':
      return ('actor' in event.payload && event.payload.actor === event.iss) || has(signers.orRoles);
    case 'rootRegistrar':
      return event.iss === view.opened?.registrar;
    case 'named':
      return signers.claims.some((claim) => claimOf(event, claim) === event.iss);
    case 'holderOfNamed':
      // An unknown lot has no holder to compare; the event is refused later as `lot-unknown`.
      return (
        has(signers.orRoles) ||
        namedLots(event).every(([, id]) => (view.lots.get(id)?.holder ?? event.iss) === event.iss)
      );
    case 'targetSigner':
    case 'namedInTarget':
    case 'caseOwner':
      return has('orRoles' in signers ? (signers.orRoles ?? []) : []) || isPartyTo(event, signers.by, view);
    case 'receiver':
    case 'anyone':
      return true;
    case 'opener':
    case 'service':
      return false;
  }
}

const claimOf = (event: AditEvent, claim: string): unknown =>
  new Map<string, unknown>(Object.entries(event.payload)).get(claim);

/** Checks the signer's relation to the target event. A target that is not in the log yet makes the event wait. */
function isPartyTo(event: AditEvent, by: 'targetSigner' | 'namedInTarget' | 'caseOwner', view: LedgerView): boolean {
  const id = targetOf(event)?.id ?? '';
  if (by === 'caseOwner') {
    const incident = view.incidents.get(id);
    return incident === undefined ? !view.events.has(id) : incident.owner === event.iss;
  }
  const target = view.events.get(id)?.event;
  if (target === undefined) return true;
  return by === 'targetSigner' ? target.iss === event.iss : references(target).actors.includes(event.iss);
}

/** Checks that an authority, and no other signer, declares lots in the name of a holder. */
function checkHolderNamed(event: AditEvent, view: LedgerView): AditError | null {
  if (event.type !== 'lot.declared') return null;
  const operator = view.sites.get(event.place?.site ?? '')?.operator;
  const { holder } = event.payload;
  if (operator === event.iss && holder !== undefined && holder !== event.iss)
    return refusal('role-not-allowed', 'Only an authority declares in the name of another.', '/holder');
  if (operator !== undefined && operator !== event.iss && holder === undefined)
    return refusal('schema-invalid', 'An authority that declares must name the holder.', '/holder');
  return null;
}

/** Claims of a payload that name an actor. */
const ACTOR_CLAIMS = [
  'to',
  'from',
  'holder',
  'operator',
  'carrier',
  'actor',
  'issuer',
  'exporter',
  'importer',
  'signer',
  'payer',
  'payee',
  'owner',
];

function pointerToActor(event: AditEvent, actor: string): string {
  const payload: Record<string, unknown> = { ...event.payload };
  const claim = ACTOR_CLAIMS.find((name) => payload[name] === actor);
  return claim === undefined ? '/licence/holder' : `/${claim}`;
}

const checkNames: Check = (event, view) => {
  const { actors, sites, facilities } = references(event);
  const born = bornIn(event);
  const actor = actors.find((id) => id !== born.actor && !view.actors.has(id));
  if (actor !== undefined) return refusal('actor-unknown', `There is no actor ${actor}.`, pointerToActor(event, actor));
  const site = sites.find((id) => id !== born.site && !view.sites.has(id));
  if (site !== undefined)
    return refusal('site-unknown', `There is no site ${site}.`, event.place?.site === site ? '/place/site' : '/site');
  const facility = facilities.find((id) => id !== born.facility && !view.facilities.has(id));
  if (facility !== undefined)
    return refusal('facility-unknown', `There is no facility ${facility}.`, '/place/facility');
  return null;
};

/** Returns the ids that an event creates, which must not exist yet. */
function bornIn(event: AditEvent): { actor?: string; site?: string; facility?: string; certificate?: string } {
  switch (event.type) {
    case 'actor.registered':
      return { actor: event.payload.actor };
    case 'site.registered':
      return { site: event.payload.site };
    case 'facility.registered':
      return { facility: event.payload.facility };
    case 'certificate.issued':
      return { certificate: event.payload.serial };
    default:
      return {};
  }
}

const checkNew: Check = (event, view) => {
  const { actor, site, facility, certificate } = bornIn(event);
  if (actor !== undefined && (actor === SERVICE_ACTOR || view.actors.has(actor)))
    return refusal('id-exists', `The actor id ${actor} is taken.`, '/actor');
  if (site !== undefined && view.sites.has(site)) return refusal('id-exists', `The site id ${site} is taken.`, '/site');
  if (facility !== undefined && view.facilities.has(facility))
    return refusal('id-exists', `The facility id ${facility} is taken.`, '/facility');
  if (certificate !== undefined && view.certificates.has(certificate))
    return refusal('id-exists', `There is a certificate ${certificate} already.`, '/serial');
  return null;
};

const checkNewKey: Check = (event, view) => {
  if (event.type !== 'actor.registered' && event.type !== 'key.added') return null;
  const kid = thumbprint(event.payload.key);
  return kid === view.opened?.serviceKid || view.keys.has(kid)
    ? refusal('key-exists', 'A key is registered once, ever.', '/key')
    : null;
};

const checkRevocation: Check = (event, view) => {
  if (event.type !== 'key.revoked') return null;
  const key = view.keys.get(event.payload.kid);
  if (key === undefined) return refusal('key-unknown', `No key ${event.payload.kid} is registered.`, '/kid');
  if (key.actor !== event.payload.actor)
    return refusal('issuer-mismatch', `The key is not one of ${event.payload.actor}.`, '/kid');
  return key.revokedIndex === null ? null : refusal('key-revoked', 'The key has been revoked before.', '/kid');
};

/** Checks a change of keys or rules: the service has the new keys and implements the new admission version. */
const checkUpdate: Check = (event, view, own) => {
  if (event.type !== 'ledger.updated' || view.opened === null) return null;
  const { admissionVersion, logKey, serviceKey } = event.payload;
  if (admissionVersion !== undefined && !ADMISSION_VERSIONS.includes(admissionVersion))
    return refusal('ledger-mismatch', 'This service does not know this version of the rules.', '/admissionVersion');
  if (own !== null && logKey !== undefined && !own.logKeys.includes(logKey))
    return refusal('ledger-mismatch', 'This service does not have this log key.', '/logKey');
  return own !== null && serviceKey !== undefined && !own.serviceKids.includes(thumbprint(serviceKey))
    ? refusal('ledger-mismatch', 'This service does not have this service key.', '/serviceKey')
    : null;
};

/** Refuses a key that was in force before, or that is named twice. */
const checkUpdatedKeys: Check = (event, view) => {
  if (event.type !== 'ledger.updated' || view.opened === null) return null;
  const { logKey, serviceKey } = event.payload;
  const known = view.opened.logKeys.findIndex(({ vkey }) => vkey === logKey);
  if (known >= 0 && known < view.opened.logKeys.length - 1)
    return refusal('key-exists', 'This log key was in force before, and does not come back.', '/logKey');
  const kid = serviceKey === undefined ? null : thumbprint(serviceKey);
  return kid !== null && kid !== view.opened.serviceKid && view.keys.has(kid)
    ? refusal('key-exists', 'A key is registered once, ever.', '/serviceKey')
    : null;
};

const actorChecks: readonly Check[] = [
  checkKeyKnown,
  checkExpiry,
  checkUpdate,
  checkKeyActive,
  checkIssuer,
  checkRole,
  checkJurisdiction,
  checkNames,
  checkNew,
  checkNewKey,
  checkUpdatedKeys,
  checkRevocation,
];

const checkServiceEvent: Check = (event, view) => {
  if (event.iss !== SERVICE_ACTOR) return refusal('issuer-mismatch', 'The service key speaks as ledger.', '/iss');
  if (eventTypes.get(event.type)?.signers.by !== 'service')
    return new AditError('role-not-allowed', `The service key may not sign ${event.type}.`);
  if (event.type === 'log.clock' && view.clock !== null && event.occurredAtMs < view.clock)
    return refusal('schema-invalid', "The log's time never runs backwards.", '/occurredAt');
  return event.type === 'index.sealed' ? checkSealed(event, view) : null;
};

/**
 * Checks a sealed index: it covers existing entries and is not dated after the log's time. The same index may be logged
 * twice, as after a crash. A machine whose clock was set back may date it too early: readers use the log's time, not
 * this date.
 */
function checkSealed(event: Extract<AditEvent, { type: 'index.sealed' }>, view: LedgerView): AditError | null {
  if (event.payload.size > view.size)
    return refusal('schema-invalid', `An index over more entries than the ${view.size} before it.`, '/size');
  if (view.clock !== null && event.occurredAtMs > view.clock + SEAL_AHEAD)
    return refusal('schema-invalid', "The index is dated after the log's time.", '/occurredAt');
  return null;
}

const serviceChecks: readonly Check[] = [checkServiceEvent];
