import type { EventType } from './event-type.js';
import { type LedgerOpened, ledgerOpened } from './ledger-opened.js';
import { type LedgerUpdated, ledgerUpdated } from './ledger-updated.js';
import { type ActorRegistered, actorRegistered } from './actor-registered.js';
import { type ActorStatusChanged, actorStatusChanged } from './actor-status-changed.js';
import { type ActorRelated, actorRelated } from './actor-related.js';
import { type KeyAdded, keyAdded } from './key-added.js';
import { type KeyRevoked, keyRevoked } from './key-revoked.js';
import { type SiteRegistered, siteRegistered } from './site-registered.js';
import { type SiteUpdated, siteUpdated } from './site-updated.js';
import { type SiteInspected, siteInspected } from './site-inspected.js';
import { type TagsIssued, tagsIssued } from './tags-issued.js';
import { type TagsVoided, tagsVoided } from './tags-voided.js';
import { type FacilityRegistered, facilityRegistered } from './facility-registered.js';
import { type VehicleRegistered, vehicleRegistered } from './vehicle-registered.js';
import { type LogClock, logClock } from './log-clock.js';
import { type IndexSealed, indexSealed } from './index-sealed.js';
import { type EventRefused, eventRefused } from './event-refused.js';
import { type LotDeclared, lotDeclared } from './lot-declared.js';
import { type LotMeasured, lotMeasured } from './lot-measured.js';
import { type LotSealed, lotSealed } from './lot-sealed.js';
import { type CustodyDispatched, custodyDispatched } from './custody-dispatched.js';
import { type CustodyReceived, custodyReceived } from './custody-received.js';
import { type CustodyRecalled, custodyRecalled } from './custody-recalled.js';
import { type LotAggregated, lotAggregated } from './lot-aggregated.js';
import { type LotSplit, lotSplit } from './lot-split.js';
import { type LotProcessed, lotProcessed } from './lot-processed.js';
import { type LotExported, lotExported } from './lot-exported.js';
import { type LotImported, lotImported } from './lot-imported.js';
import { type LotClosed, lotClosed } from './lot-closed.js';
import { type EventEndorsed, eventEndorsed } from './event-endorsed.js';
import { type LotHeld, lotHeld } from './lot-held.js';
import { type LotReleased, lotReleased } from './lot-released.js';
import { type AssayCertified, assayCertified } from './assay-certified.js';
import { type CertificateIssued, certificateIssued } from './certificate-issued.js';
import { type CertificateRevoked, certificateRevoked } from './certificate-revoked.js';
import { type CustodyAssigned, custodyAssigned } from './custody-assigned.js';
import { type IncidentReported, incidentReported } from './incident-reported.js';
import { type IncidentUpdated, incidentUpdated } from './incident-updated.js';
import { type OriginTested, originTested } from './origin-tested.js';
import { type TransitChecked, transitChecked } from './transit-checked.js';
import { type StockCounted, stockCounted } from './stock-counted.js';
import { type PaymentRecorded, paymentRecorded } from './payment-recorded.js';
import { type EventCorrected, eventCorrected } from './event-corrected.js';
import { type EventDisputed, eventDisputed } from './event-disputed.js';
import { type EventSettled, eventSettled } from './event-settled.js';
import { type FindingAnswered, findingAnswered } from './finding-answered.js';
import { type GrantGiven, grantGiven } from './grant-given.js';
import { type GrantWithdrawn, grantWithdrawn } from './grant-withdrawn.js';
import { type DataErased, dataErased } from './data-erased.js';

/** The payload of each type, by the name of the type. */
export interface Payloads {
  'ledger.opened': LedgerOpened;
  'ledger.updated': LedgerUpdated;
  'actor.registered': ActorRegistered;
  'actor.statusChanged': ActorStatusChanged;
  'actor.related': ActorRelated;
  'key.added': KeyAdded;
  'key.revoked': KeyRevoked;
  'site.registered': SiteRegistered;
  'site.updated': SiteUpdated;
  'site.inspected': SiteInspected;
  'tags.issued': TagsIssued;
  'tags.voided': TagsVoided;
  'facility.registered': FacilityRegistered;
  'vehicle.registered': VehicleRegistered;
  'log.clock': LogClock;
  'index.sealed': IndexSealed;
  'event.refused': EventRefused;
  'lot.declared': LotDeclared;
  'lot.measured': LotMeasured;
  'lot.sealed': LotSealed;
  'custody.dispatched': CustodyDispatched;
  'custody.received': CustodyReceived;
  'custody.recalled': CustodyRecalled;
  'lot.aggregated': LotAggregated;
  'lot.split': LotSplit;
  'lot.processed': LotProcessed;
  'lot.exported': LotExported;
  'lot.imported': LotImported;
  'lot.closed': LotClosed;
  'event.endorsed': EventEndorsed;
  'lot.held': LotHeld;
  'lot.released': LotReleased;
  'assay.certified': AssayCertified;
  'certificate.issued': CertificateIssued;
  'certificate.revoked': CertificateRevoked;
  'custody.assigned': CustodyAssigned;
  'incident.reported': IncidentReported;
  'incident.updated': IncidentUpdated;
  'origin.tested': OriginTested;
  'transit.checked': TransitChecked;
  'stock.counted': StockCounted;
  'payment.recorded': PaymentRecorded;
  'event.corrected': EventCorrected;
  'event.disputed': EventDisputed;
  'event.settled': EventSettled;
  'finding.answered': FindingAnswered;
  'grant.given': GrantGiven;
  'grant.withdrawn': GrantWithdrawn;
  'data.erased': DataErased;
}

export type EventTypeName = keyof Payloads;

const all: readonly EventType[] = [
  ledgerOpened,
  ledgerUpdated,
  actorRegistered,
  actorStatusChanged,
  actorRelated,
  keyAdded,
  keyRevoked,
  siteRegistered,
  siteUpdated,
  siteInspected,
  tagsIssued,
  tagsVoided,
  facilityRegistered,
  vehicleRegistered,
  logClock,
  indexSealed,
  eventRefused,
  lotDeclared,
  lotMeasured,
  lotSealed,
  custodyDispatched,
  custodyReceived,
  custodyRecalled,
  lotAggregated,
  lotSplit,
  lotProcessed,
  lotExported,
  lotImported,
  lotClosed,
  eventEndorsed,
  lotHeld,
  lotReleased,
  assayCertified,
  certificateIssued,
  certificateRevoked,
  custodyAssigned,
  incidentReported,
  incidentUpdated,
  originTested,
  transitChecked,
  stockCounted,
  paymentRecorded,
  eventCorrected,
  eventDisputed,
  eventSettled,
  findingAnswered,
  grantGiven,
  grantWithdrawn,
  dataErased,
];

/** Every event type of this version; any other is `type-unknown`. */
export const eventTypes: ReadonlyMap<string, EventType> = new Map(all.map((eventType) => [eventType.type, eventType]));
