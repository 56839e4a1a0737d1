import * as z from 'zod';
import { actorSuspended } from './actors/actor-suspended.js';
import { assaysOneSided } from './mass/series/assays-one-sided.js';
import { backdated } from './custody/backdated.js';
import { borderUnpapered } from './origin/border-unpapered.js';
import { burstEntry } from './custody/burst-entry.js';
import { buyerOperatesSite } from './actors/buyer-operates-site.js';
import { cardExpired } from './actors/card-expired.js';
import { certificateContradicts } from './papers/certificate-contradicts.js';
import { certificateExpired } from './papers/certificate-expired.js';
import { certificateMassDiffers } from './papers/certificate-mass-differs.js';
import { certificateMissing } from './papers/certificate-missing.js';
import { certificateReused } from './papers/certificate-reused.js';
import { certificateSameSigner } from './papers/certificate-same-signer.js';
import { claimExceedsInput } from './mass/claim-exceeds-input.js';
import { clockAhead } from './custody/clock-ahead.js';
import { compositionChanged } from './origin/series/composition-changed.js';
import { correctionAfterExport } from './actors/correction-after-export.js';
import { custodyAssigned } from './actors/custody-assigned.js';
import { declaredTwice } from './origin/declared-twice.js';
import { deliveriesOneSided } from './mass/series/deliveries-one-sided.js';
import { deviceShared } from './actors/device-shared.js';
import { declaredAgain } from './origin/declared-again.js';
import { deviceSequenceFork } from './custody/device-sequence-fork.js';
import { deviceSequenceGap } from './custody/device-sequence-gap.js';
import { disputeOpen } from './actors/dispute-open.js';
import { documentReused } from './papers/document-reused.js';
import { doubleSaleAttempt } from './custody/double-sale-attempt.js';
import { dwellTooLong } from './custody/dwell-too-long.js';
import { facilityOverCapacity } from './mass/facility-over-capacity.js';
import { figuresRepeated } from './mass/figures-repeated.js';
import { formerHolder } from './actors/former-holder.js';
import { gradeImpossible } from './mass/grade-impossible.js';
import { gradeJump } from './mass/grade-jump.js';
import { gradeUnusual } from './mass/grade-unusual.js';
import { handoverOverdue } from './custody/handover-overdue.js';
import { handoverRejectedUnresolved } from './custody/handover-rejected-unresolved.js';
import { heldLotMoved } from './custody/held-lot-moved.js';
import { hopMissing } from './custody/hop-missing.js';
import { hsContradicts } from './papers/hs-contradicts.js';
import { incidentOpen } from './actors/incident-open.js';
import { keyCompromised } from './actors/key-compromised.js';
import { lateEntry } from './custody/late-entry.js';
import { licenceInvalid } from './origin/licence-invalid.js';
import { loadedElsewhere } from './origin/loaded-elsewhere.js';
import { lotHeld } from './custody/lot-held.js';
import { massGained } from './mass/mass-gained.js';
import { massImplausible } from './mass/mass-implausible.js';
import { massLost } from './mass/mass-lost.js';
import { mineralNotAtSite } from './origin/mineral-not-at-site.js';
import { mixForbidden } from './mass/mix-forbidden.js';
import { notHolder } from './custody/not-holder.js';
import { numbersTooRound } from './mass/numbers-too-round.js';
import { orderContradicted } from './custody/order-contradicted.js';
import { originImplausible } from './origin/origin-implausible.js';
import { originUnknownShare } from './origin/origin-unknown-share.js';
import { paymentUnofficial } from './actors/payment-unofficial.js';
import { personOverCap } from './people/person-over-cap.js';
import { personTwoPlaces } from './people/person-two-places.js';
import { placeJump } from './movement/place-jump.js';
import { positionRepeated } from './origin/series/position-repeated.js';
import { productionSurge } from './origin/series/production-surge.js';
import { radioactivityMissing } from './mass/radioactivity-missing.js';
import { radioactivityOver } from './mass/radioactivity-over.js';
import { recordBackupRestored } from './record/record-backup-restored.js';
import { recordCatalogueDiffers } from './record/record-catalogue-differs.js';
import { recordDeskDiffers } from './record/record-desk-differs.js';
import { recordChainBroken } from './record/record-chain-broken.js';
import { recordDisclosureMismatch } from './record/record-disclosure-mismatch.js';
import { recordEventAltered } from './record/record-event-altered.js';
import { recordEventMissing } from './record/record-event-missing.js';
import { recordFork } from './record/record-fork.js';
import { recordProjectionDiffers } from './record/record-projection-differs.js';
import { recordSchema } from './record/record-rule.js';
import { recordRootMismatch } from './record/record-root-mismatch.js';
import { recordSignatureInvalid } from './record/record-signature-invalid.js';
import { registrarIntroduced } from './actors/registrar-introduced.js';
import { relatedParties } from './actors/related-parties.js';
import { roundTrip } from './origin/round-trip.js';
import { routeLeft } from './movement/route-left.js';
import * as parameter from './engine/parameter.js';
import type { ParameterSchema, Rule } from './engine/rule.js';
import { sanctionedParty } from './actors/sanctioned-party.js';
import { sealMismatch } from './custody/seal-mismatch.js';
import { selfDealing } from './actors/self-dealing.js';
import { serialReused } from './papers/serial-reused.js';
import { siteAbandoned } from './origin/site-abandoned.js';
import { siteDormantBurst } from './origin/site-dormant-burst.js';
import { siteOutsidePolygon } from './origin/site-outside-polygon.js';
import { siteOverCapacity } from './origin/site-over-capacity.js';
import { siteRisesAlone } from './origin/series/site-rises-alone.js';
import { siteStartsFull } from './origin/site-starts-full.js';
import { siteStatus } from './origin/site-status.js';
import { speedImpossible } from './movement/speed-impossible.js';
import { splitBelowCap } from './people/split-below-cap.js';
import { stockDiffers } from './custody/stock-differs.js';
import { strangerClaim } from './actors/stranger-claim.js';
import { tagRate } from './tags/tag-rate.js';
import { tagReused } from './tags/tag-reused.js';
import { tagStockDiffers } from './tags/tag-stock-differs.js';
import { tagUnknown } from './tags/tag-unknown.js';
import { tagVoidedUsed } from './tags/tag-voided-used.js';
import { tagWrongSite } from './tags/tag-wrong-site.js';
import { tradeClosed } from './origin/trade-closed.js';
import { unusualHours } from './origin/series/unusual-hours.js';
import { sourceContradicts } from './origin/source-contradicts.js';
import { vehicleTwoPlaces } from './movement/vehicle-two-places.js';
import { payloadExceeded } from './movement/payload-exceeded.js';
import { yieldImplausible } from './mass/yield-implausible.js';
import { yieldsOneSided } from './mass/series/yields-one-sided.js';
import { scaleUncalibrated } from './mass/scale-uncalibrated.js';
import { moistureUnusual } from './mass/moisture-unusual.js';

/** Every rule, in the order of the documentation. A new rule is a file and a line here. */
const catalogue = [
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
  orderContradicted,
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
  tagStockDiffers,
  certificateMissing,
  certificateExpired,
  certificateReused,
  certificateMassDiffers,
  certificateSameSigner,
  certificateContradicts,
  hsContradicts,
  documentReused,
  serialReused,
  massGained,
  massLost,
  deliveriesOneSided,
  massImplausible,
  gradeImpossible,
  gradeUnusual,
  gradeJump,
  moistureUnusual,
  scaleUncalibrated,
  assaysOneSided,
  yieldImplausible,
  yieldsOneSided,
  mixForbidden,
  radioactivityMissing,
  radioactivityOver,
  numbersTooRound,
  figuresRepeated,
  claimExceedsInput,
  facilityOverCapacity,
  siteOverCapacity,
  personOverCap,
  splitBelowCap,
  siteStatus,
  siteAbandoned,
  siteOutsidePolygon,
  loadedElsewhere,
  licenceInvalid,
  mineralNotAtSite,
  siteDormantBurst,
  siteStartsFull,
  productionSurge,
  siteRisesAlone,
  unusualHours,
  borderUnpapered,
  tradeClosed,
  roundTrip,
  declaredAgain,
  declaredTwice,
  sourceContradicts,
  originImplausible,
  compositionChanged,
  positionRepeated,
  originUnknownShare,
  speedImpossible,
  placeJump,
  vehicleTwoPlaces,
  personTwoPlaces,
  routeLeft,
  payloadExceeded,
  actorSuspended,
  cardExpired,
  keyCompromised,
  registrarIntroduced,
  selfDealing,
  deviceShared,
  formerHolder,
  buyerOperatesSite,
  relatedParties,
  sanctionedParty,
  paymentUnofficial,
  incidentOpen,
  disputeOpen,
  custodyAssigned,
  strangerClaim,
  correctionAfterExport,
] as const;

type Intersection<U> = (U extends unknown ? (one: U) => void : never) extends (all: infer I) => void ? I : never;

const ofRules = Object.assign({}, ...catalogue.map(({ parameters }) => parameters)) as Intersection<
  (typeof catalogue)[number]['parameters']
>;
const answerHours = parameter.hours.nullable();

/** The document of all parameters: thresholds are data, with a version and the day from which they are in force. */
export const parametersSchema = z.strictObject({
  version: z.int().min(1),
  from: z.iso.date(),
  ...recordSchema,
  required: parameter.codes.describe('Rules that must decide; otherwise the risk of a lot is `undetermined`'),
  answerWithinHours: z
    .strictObject({ critical: answerHours, high: answerHours, medium: answerHours, low: answerHours })
    .describe('Hours within which a finding should be answered, by severity; null: no limit'),
  ...ofRules,
});
export type Parameters = z.infer<typeof parametersSchema>;

const defaults = parametersSchema.parse({
  version: 6,
  from: '2026-01-01',
  required: ['mass-gained', 'tag-reused', 'site-status'],
  // One day for critical findings, six months for what can be mitigated (ITSCI incident protocol; OECD Annex II).
  answerWithinHours: { critical: 24, high: 4_392, medium: 4_392, low: null },
  ...Object.fromEntries(Object.keys(ofRules).map((name) => [name, {}])),
});
// Defaults are not checked when they are filled in.
export const defaultParameters: Parameters = parametersSchema.parse(defaults);

/** A rule of the catalogue, which takes its parameters from the document of all. */
export type CatalogueRule = Rule<ParameterSchema, Parameters>;
export const rules: readonly CatalogueRule[] = catalogue;

export const ruleById: ReadonlyMap<string, CatalogueRule> = new Map(rules.map((rule) => [rule.id, rule]));

/** Rules that judge entries and deadlines; the others judge the stored ledger. */
export const eventRules: readonly CatalogueRule[] = rules.filter(({ group }) => group !== 'record');
export const recordRules: readonly CatalogueRule[] = rules.filter(({ group }) => group === 'record');
