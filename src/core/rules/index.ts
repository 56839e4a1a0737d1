import { actorSuspended } from './actor-suspended.js';
import { backdated } from './backdated.js';
import { burstEntry } from './burst-entry.js';
import { cardExpired } from './card-expired.js';
import { certificateExpired } from './certificate-expired.js';
import { certificateMassDiffers } from './certificate-mass-differs.js';
import { certificateMissing } from './certificate-missing.js';
import { certificateReused } from './certificate-reused.js';
import { certificateSameSigner } from './certificate-same-signer.js';
import { claimExceedsInput } from './claim-exceeds-input.js';
import { clockAhead } from './clock-ahead.js';
import { correctionAfterExport } from './correction-after-export.js';
import { custodyAssigned } from './custody-assigned.js';
import { deviceSequenceFork } from './device-sequence-fork.js';
import { deviceSequenceGap } from './device-sequence-gap.js';
import { disputeOpen } from './dispute-open.js';
import { documentReused } from './document-reused.js';
import { doubleSaleAttempt } from './double-sale-attempt.js';
import { dwellTooLong } from './dwell-too-long.js';
import { facilityOverCapacity } from './facility-over-capacity.js';
import { gradeImpossible } from './grade-impossible.js';
import { gradeJump } from './grade-jump.js';
import { gradeUnusual } from './grade-unusual.js';
import { handoverOverdue } from './handover-overdue.js';
import { handoverRejectedUnresolved } from './handover-rejected-unresolved.js';
import { heldLotMoved } from './held-lot-moved.js';
import { hopMissing } from './hop-missing.js';
import { incidentOpen } from './incident-open.js';
import { keyCompromised } from './key-compromised.js';
import { lateEntry } from './late-entry.js';
import { licenceInvalid } from './licence-invalid.js';
import { lotHeld } from './lot-held.js';
import { massGained } from './mass-gained.js';
import { massImplausible } from './mass-implausible.js';
import { massLost } from './mass-lost.js';
import { mineralNotAtSite } from './mineral-not-at-site.js';
import { mixForbidden } from './mix-forbidden.js';
import { notHolder } from './not-holder.js';
import { numbersTooRound } from './numbers-too-round.js';
import { originImplausible } from './origin-implausible.js';
import { originUnknownShare } from './origin-unknown-share.js';
import { paymentUnofficial } from './payment-unofficial.js';
import { placeJump } from './place-jump.js';
import { radioactivityMissing } from './radioactivity-missing.js';
import { radioactivityOver } from './radioactivity-over.js';
import { recordBackupRestored } from './record-backup-restored.js';
import { recordCatalogueDiffers } from './record-catalogue-differs.js';
import { recordDeskDiffers } from './record-desk-differs.js';
import { recordChainBroken } from './record-chain-broken.js';
import { recordDisclosureMismatch } from './record-disclosure-mismatch.js';
import { recordEventAltered } from './record-event-altered.js';
import { recordEventMissing } from './record-event-missing.js';
import { recordFork } from './record-fork.js';
import { recordProjectionDiffers } from './record-projection-differs.js';
import { recordRootMismatch } from './record-root-mismatch.js';
import { recordSignatureInvalid } from './record-signature-invalid.js';
import { registrarIntroduced } from './registrar-introduced.js';
import { roundTrip } from './round-trip.js';
import { routeLeft } from './route-left.js';
import type { Rule } from './rule.js';
import { sealMismatch } from './seal-mismatch.js';
import { selfDealing } from './self-dealing.js';
import { serialReused } from './serial-reused.js';
import { siteDormantBurst } from './site-dormant-burst.js';
import { siteOutsidePolygon } from './site-outside-polygon.js';
import { siteOverCapacity } from './site-over-capacity.js';
import { siteStatus } from './site-status.js';
import { speedImpossible } from './speed-impossible.js';
import { stockDiffers } from './stock-differs.js';
import { strangerClaim } from './stranger-claim.js';
import { tagRate } from './tag-rate.js';
import { tagReused } from './tag-reused.js';
import { tagUnknown } from './tag-unknown.js';
import { tagVoidedUsed } from './tag-voided-used.js';
import { tagWrongSite } from './tag-wrong-site.js';
import { vehicleTwoPlaces } from './vehicle-two-places.js';
import { yieldImplausible } from './yield-implausible.js';

/** Every rule, in the order of the documentation. A new rule is a file and a line here. */
export const rules: readonly Rule[] = [
  recordEventAltered,
  recordEventMissing,
  recordSignatureInvalid,
  recordChainBroken,
  recordRootMismatch,
  recordFork,
  recordProjectionDiffers,
  recordBackupRestored,
  recordDisclosureMismatch,
  recordCatalogueDiffers,
  recordDeskDiffers,
  handoverOverdue,
  handoverRejectedUnresolved,
  hopMissing,
  notHolder,
  doubleSaleAttempt,
  sealMismatch,
  dwellTooLong,
  stockDiffers,
  heldLotMoved,
  lotHeld,
  deviceSequenceGap,
  deviceSequenceFork,
  lateEntry,
  backdated,
  clockAhead,
  burstEntry,
  tagReused,
  tagWrongSite,
  tagVoidedUsed,
  tagUnknown,
  tagRate,
  certificateMissing,
  certificateExpired,
  certificateReused,
  certificateMassDiffers,
  certificateSameSigner,
  documentReused,
  serialReused,
  massGained,
  massLost,
  massImplausible,
  gradeImpossible,
  gradeUnusual,
  gradeJump,
  yieldImplausible,
  mixForbidden,
  radioactivityMissing,
  radioactivityOver,
  numbersTooRound,
  claimExceedsInput,
  facilityOverCapacity,
  siteOverCapacity,
  siteStatus,
  siteOutsidePolygon,
  licenceInvalid,
  mineralNotAtSite,
  siteDormantBurst,
  roundTrip,
  originImplausible,
  originUnknownShare,
  speedImpossible,
  placeJump,
  vehicleTwoPlaces,
  routeLeft,
  actorSuspended,
  cardExpired,
  keyCompromised,
  registrarIntroduced,
  selfDealing,
  paymentUnofficial,
  incidentOpen,
  disputeOpen,
  custodyAssigned,
  strangerClaim,
  correctionAfterExport,
];

export const ruleById: ReadonlyMap<string, Rule> = new Map(rules.map((rule) => [rule.id, rule]));

/** Rules that judge entries and deadlines; the others judge the stored ledger. */
export const eventRules: readonly Rule[] = rules.filter(({ group }) => group !== 'record');
export const recordRules: readonly Rule[] = rules.filter(({ group }) => group === 'record');
