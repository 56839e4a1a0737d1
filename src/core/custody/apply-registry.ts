import { grantOf } from '../access/grants.js';
import type { AditEvent } from '../event/event.js';
import { type PublicJwk, thumbprint } from '../event/keys.js';
import { SERVICE_ACTOR } from './ledger-keys.js';
import { type LedgerInfo, type LedgerView, type Site, endorsementKey } from './view.js';

const HOUR = 3_600_000;
/** Waiting time of a key that a registrar adds in an actor's name, ms of the log's time. */
const INTRODUCTION_TIME = 72 * HOUR;

/** Applies a registry event; other events have no effect here. */
export function applyRegistry(event: AditEvent, view: LedgerView, index: number): void {
  applyLedger(event, view, index);
  applyActors(event, view, index);
  applyPlaces(event, view, index);
  applyPapers(event, view, index);
  if (event.type === 'grant.given') view.changes.grants.push(grantOf(event, index));
  else if (event.type === 'grant.withdrawn') view.changes.withdrawals.push({ grant: event.payload.grant, index });
}

/** Trust of a key that the actor adds. A key that a registrar adds waits; a key that such a key adds is introduced. */
const OWN = { waits: false, introduced: false };

function addKey(view: LedgerView, actor: string, jwk: PublicJwk, index: number, { waits, introduced } = OWN): void {
  const kid = thumbprint(jwk);
  view.keys.set(kid, {
    kid,
    actor,
    jwk,
    addedIndex: index,
    activeFrom: waits ? (view.clock ?? 0) + INTRODUCTION_TIME : null,
    introduced,
    revokedIndex: null,
    compromisedSince: null,
  });
  view.changes.keys.add(kid);
}

function applyLedger(event: AditEvent, view: LedgerView, index: number): void {
  if (event.type === 'ledger.opened') {
    const { logKey, serviceKey, registrar } = event.payload;
    view.opened = {
      registrar: registrar.actor,
      registrarKid: event.kid,
      logKeys: [{ vkey: logKey, from: 0 }],
      serviceKid: thumbprint(serviceKey),
      admissionVersion: 1,
    };
    view.changes.opened = true;
    addKey(view, SERVICE_ACTOR, serviceKey, index);
    view.actors.set(registrar.actor, {
      id: registrar.actor,
      roles: ['registrar'],
      country: null,
      cardFrom: null,
      cardTo: null,
      suspended: false,
      index,
    });
    view.changes.actors.add(registrar.actor);
    addKey(view, registrar.actor, registrar.key, index);
  } else if (event.type === 'ledger.updated' && view.opened !== null) {
    const { admissionVersion = view.opened.admissionVersion, logKey, serviceKey } = event.payload;
    view.opened = { ...view.opened, admissionVersion };
    if (logKey !== undefined) rotateLogKey(view.opened, logKey, index);
    if (serviceKey !== undefined) rotateServiceKey(view, view.opened, serviceKey, index);
    view.changes.opened = true;
  } else if (event.type === 'log.clock') {
    view.clock = event.occurredAtMs;
  }
}

/** Adds the new log key, which signs every checkpoint that covers this entry. */
function rotateLogKey(opened: LedgerInfo, vkey: string, index: number): void {
  if (opened.logKeys.at(-1)?.vkey === vkey) return;
  opened.logKeys = [...opened.logKeys, { vkey, from: index + 1 }];
}

function rotateServiceKey(view: LedgerView, opened: LedgerInfo, jwk: PublicJwk, index: number): void {
  const former = view.keys.get(opened.serviceKid);
  const kid = thumbprint(jwk);
  if (former === undefined || kid === former.kid) return;
  view.keys.set(former.kid, { ...former, revokedIndex: index });
  view.changes.keys.add(former.kid);
  addKey(view, SERVICE_ACTOR, jwk, index);
  opened.serviceKid = kid;
}

function applyActors(event: AditEvent, view: LedgerView, index: number): void {
  if (event.type === 'actor.registered') {
    const { actor, roles, country, card, key } = event.payload;
    view.actors.set(actor, {
      id: actor,
      roles: [...roles],
      country,
      cardFrom: card?.from ?? null,
      cardTo: card?.to ?? null,
      suspended: false,
      index,
    });
    view.changes.actors.add(actor);
    addKey(view, actor, key, index);
  } else if (event.type === 'actor.statusChanged') {
    const actor = view.actors.get(event.payload.actor);
    if (actor === undefined) return;
    const { status, card } = event.payload;
    const renewed = card === undefined ? {} : { cardFrom: card.from ?? null, cardTo: card.to ?? null };
    view.actors.set(actor.id, { ...actor, ...renewed, suspended: status === 'suspended' });
    view.changes.actors.add(actor.id);
  } else if (event.type === 'key.added') {
    const { actor, key } = event.payload;
    const waits = event.iss !== actor;
    addKey(view, actor, key, index, { waits, introduced: waits || view.keys.get(event.kid)?.introduced === true });
  } else if (event.type === 'key.revoked') {
    const key = view.keys.get(event.payload.kid);
    if (key === undefined) return;
    view.keys.set(key.kid, {
      ...key,
      revokedIndex: index,
      compromisedSince: event.payload.compromisedSince ?? null,
    });
    view.changes.keys.add(key.kid);
  } else if (event.type === 'event.endorsed') {
    endorse(event, view, index);
  }
}

function endorse(event: Extract<AditEvent, { type: 'event.endorsed' }>, view: LedgerView, index: number): void {
  for (const target of event.payload.events) {
    const endorsement = { event: target, index, by: event.iss };
    view.endorsements.set(endorsementKey(target, event.iss), endorsement);
    view.changes.endorsements.push(endorsement);
  }
  acceptKeys(event, view);
}

/** Ends the introduced state of a key when an older key of the actor, not itself introduced, endorses it. */
function acceptKeys({ iss, kid, payload }: Extract<AditEvent, { type: 'event.endorsed' }>, view: LedgerView): void {
  const older = view.keys.get(kid);
  if (older === undefined || older.introduced) return;
  const targets = new Set(payload.events.flatMap((id) => view.events.get(id)?.index ?? []));
  if (targets.size === 0) return;
  for (const key of view.keys.values()) {
    if (!key.introduced || key.actor !== iss || key.addedIndex <= older.addedIndex) continue;
    if (!targets.has(key.addedIndex)) continue;
    view.keys.set(key.kid, { ...key, introduced: false });
    view.changes.keys.add(key.kid);
  }
}

type SiteClaims = Extract<AditEvent, { type: 'site.updated' }>['payload'];

/** Returns the claims of a site that projections store. Disclosable claims are left out. */
function siteDetails({ country, operator, minerals, licence, capacity }: SiteClaims): Partial<Site> {
  const details: Partial<Site> = {};
  if (country !== undefined) details.country = country;
  if (operator !== undefined) details.operator = operator;
  if (minerals !== undefined) details.minerals = [...minerals];
  if (licence !== undefined) {
    const { kind, holder, minerals: licensed, from, to } = licence;
    details.licence = { kind, holder, minerals: licensed, from, to };
  }
  if (capacity !== undefined) details.capacity = { ...capacity, kilogramsPerWorkerMonth: perMineral(capacity) };
  return details;
}

function perMineral({ kilogramsPerWorkerMonth }: NonNullable<SiteClaims['capacity']>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(kilogramsPerWorkerMonth).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

function applyPlaces(event: AditEvent, view: LedgerView, index: number): void {
  if (event.type === 'site.registered') {
    const { site: id, country, operator, minerals } = event.payload;
    const blank = { licence: null, capacity: null, certification: null, activity: null, inspectedOn: null };
    const site = { id, country, operator, minerals: [...minerals], ...blank, index };
    view.sites.set(id, { ...site, ...siteDetails({ ...event.payload, type: 'site.updated' }) });
    view.changes.sites.add(id);
  } else if (event.type === 'site.updated' || event.type === 'site.inspected') {
    const site = view.sites.get(event.payload.site);
    if (site === undefined) return;
    if (event.type === 'site.updated') view.sites.set(site.id, { ...site, ...siteDetails(event.payload) });
    // An inspection that is logged late does not replace a newer one.
    else if (site.inspectedOn === null || site.inspectedOn <= event.payload.date) {
      const { certification, activity, date } = event.payload;
      view.sites.set(site.id, { ...site, certification, activity, inspectedOn: date });
    }
    view.changes.sites.add(site.id);
  } else if (event.type === 'facility.registered') {
    const { facility: id, kind, country, operator = null, capacityPerMonth = null } = event.payload;
    view.facilities.set(id, { id, kind, country, operator, capacityPerMonth, index });
    view.changes.facilities.add(id);
  }
}

function applyPapers(event: AditEvent, view: LedgerView, index: number): void {
  if (event.type === 'tags.issued') {
    const { series, from, to, digits = null, site, issuer = null } = event.payload;
    view.changes.tagRanges.push({ series, from, to, digits, site, issuer, index });
  } else if (event.type === 'certificate.issued') {
    const { serial, lots } = event.payload;
    view.certificates.set(serial, { serial, index, revokedIndex: null });
    view.changes.certificates.add(serial);
    for (const lot of lots) view.changes.attestations.push({ lot, index });
  } else if (event.type === 'certificate.revoked') {
    const { serial } = event.payload;
    const issued = view.certificates.get(serial);
    view.certificates.set(serial, {
      serial,
      index: issued?.index ?? index,
      revokedIndex: issued?.revokedIndex ?? index,
    });
    view.changes.certificates.add(serial);
  }
}
