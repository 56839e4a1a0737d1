import * as z from 'zod';

/**
 * Thresholds are data: by mineral, by process and by country, with a version and the day from which they hold. Shares
 * are whole parts per million, so that every comparison is one of integers; grades are per cent as decimal strings.
 */
const severity = z.enum(['low', 'medium', 'high', 'critical']);
const partsPerMillion = z.int().min(0).max(10_000_000);
const days = z.int().min(1);
const hours = z.int().min(0);
const percentText = z.string().regex(/^(100|[1-9]?[0-9])(\.[0-9]{1,4})?$/);
const kilogramsText = z.string().regex(/^(0|[1-9][0-9]{0,11})(\.[0-9]{1,6})?$/);
const codes = z.array(z.string());

/** A gain up to `ok` is measurement error; up to `warn` it is worth a look; above, it cannot be. */
const tolerance = z.strictObject({ ok: partsPerMillion, warn: partsPerMillion });
const tolerances = z.strictObject({ default: tolerance, byMineral: z.record(z.string(), tolerance) });
const graceHours = z.strictObject({ domestic: hours, international: hours });
/** What alone decides how serious a finding is. */
const plain = z.strictObject({ severity });
/** Both bounds belong to the window. */
const window = z.strictObject({ analyte: z.string(), from: percentText, to: percentText });
const statusClock = z.strictObject({ greenDays: days, blueDays: days, yellowDays: days });

const custody = {
  handoverOverdue: z.strictObject({
    /** From the planned arrival on; a shorter or longer grace for dispatches that leave a country, by ISO 3166 code. */
    graceHours,
    graceHoursByCountry: z.record(z.string().length(2), graceHours),
    severity,
    /** This many times the grace after the planned arrival it becomes `severityLater`. */
    laterAfterGraces: z.int().min(2),
    severityLater: severity,
  }),
  /** So long after a rejection was logged it is no more than a note: goods that come back are unloaded first. */
  handoverRejectedUnresolved: z.strictObject({ severity, severityEarly: severity, graceHours: hours }),
  hopMissing: plain,
  notHolder: plain,
  doubleSaleAttempt: z.strictObject({ severity, severityRepeated: severity }),
  sealMismatch: plain,
  dwellTooLong: z.strictObject({ severity, days, daysInFacility: days }),
  /** A count may differ by measurement error; two scales stand behind it. */
  stockDiffers: z.strictObject({ severity, tolerance: partsPerMillion }),
  heldLotMoved: plain,
  lotHeld: plain,
  deviceSequenceGap: z.strictObject({ severity, hours }),
  deviceSequenceFork: plain,
  lateEntry: z.strictObject({ severity, hours }),
  /** Clocks of devices are allowed to be wrong by so many minutes before an event is called backdated. */
  backdated: z.strictObject({ severity, allowanceMinutes: z.int().min(0) }),
  clockAhead: z.strictObject({ severity, minutes: z.int().min(0) }),
  burstEntry: z.strictObject({ severity, events: z.int().min(2), olderThanDays: days }),
};

const tagsAndDocuments = {
  tagReused: plain,
  /** One thing that was recorded twice weighs the same up to this share: two scales stand behind it. */
  duplicateRecord: z.strictObject({ tolerance: partsPerMillion }),
  tagWrongSite: plain,
  tagVoidedUsed: plain,
  tagUnknown: plain,
  /** Kilograms that one tag stands for at the least; far more tags than that say tags are sold. */
  tagRate: z.strictObject({
    severity,
    minimumTags: z.int().min(1),
    kilogramsPerTag: z.record(z.string(), kilogramsText),
  }),
  /** Minerals and countries of origin whose exports need a regional certificate. */
  certificateMissing: z.strictObject({ severity, minerals: codes, countries: codes }),
  /** A certificate lasts at most so many days. */
  certificateExpired: z.strictObject({ severity, maximumDays: days }),
  certificateReused: plain,
  /** A shipment that lacks lots of its certificate may still be loading for so long. */
  certificateMassDiffers: z.strictObject({ severity, tolerance: partsPerMillion, graceHours: hours }),
  certificateSameSigner: plain,
  documentReused: plain,
  serialReused: plain,
};

const massAndGrade = {
  /** How wet goods can be of which nobody says it: by the processes that made them, else by form; else wholly water. */
  moistureAtMost: z.strictObject({
    byForm: z.record(z.string(), partsPerMillion.max(1_000_000)),
    made: z.array(z.strictObject({ process: codes, form: z.string(), most: partsPerMillion.max(1_000_000) })),
  }),
  massGained: z.strictObject({
    /** One place, two weighings. */
    reweighed: tolerances,
    /** Dispatch to receipt. */
    handedOver: tolerances,
    /** Export to import. */
    imported: tolerances,
    /** Inputs to outputs of `lot.aggregated` and `lot.split`. */
    closure: tolerances,
    /** Dry mass through `lot.processed`. */
    processed: tolerances,
    /** Contained metal through `lot.processed`; two assays stand behind it. */
    metal: tolerances,
    /** Processes that add matter (reagents, flux): their residues do not count as mass that came from the inputs. */
    addsMatter: codes,
    /** Processes that add water: wet masses are not compared. */
    addsWater: codes,
    severityWarn: severity,
    severity,
  }),
  /** Losses: up to `ok` nothing, up to `warn` `severityWarn`, above `severity`. */
  massLost: z.strictObject({
    reweighed: tolerances,
    handedOver: tolerances,
    imported: tolerances,
    closure: tolerances,
    severityWarn: severity,
    severity,
  }),
  /** What chemistry allows at most, per cent by mass. */
  massImplausible: z.strictObject({
    severity,
    /** What one tagged bag or drum holds at most; and, where the kind of package is named, each of that kind. */
    kilogramsPerTag: kilogramsText,
    kilogramsPerPackage: z.record(z.string(), kilogramsText),
    /** So many months of what a site can dig are never one lot. */
    monthsOfSite: z.int().min(1),
  }),
  gradeImpossible: z.strictObject({
    severity,
    maxima: z.array(z.strictObject({ analyte: z.string(), form: z.string().nullable(), max: percentText })),
  }),
  /** What is traded: by mineral and form; as it was dug (`raw`), which goes in bags, or cleaned by one of `cleanedBy`; null: either. */
  gradeUnusual: z.strictObject({
    severity,
    cleanedBy: codes,
    bagKilograms: kilogramsText,
    windows: z.array(
      window.extend({ mineral: z.string(), form: z.string(), stage: z.enum(['raw', 'cleaned']).nullable() }),
    ),
  }),
  /** A grade may change by this share of itself without a process: sampling differs. */
  gradeJump: z.strictObject({ severity, tolerance: partsPerMillion, byAnalyte: z.record(z.string(), partsPerMillion) }),
  /** Metal that a process recovers, by process, mineral and form of all its inputs; the first line that fits counts. */
  yieldImplausible: z.strictObject({
    severity,
    windows: z.array(
      z.strictObject({
        process: codes,
        mineral: z.string().nullable(),
        inputForm: z.string().nullable(),
        from: partsPerMillion,
        to: partsPerMillion,
      }),
    ),
  }),
  mixForbidden: z.strictObject({
    severity,
    /** Words for methods and licences that are industrial; artisanal cobalt must not be mixed with what they dug. */
    industrialMethods: codes,
    /** Words that make such a method or licence an artisanal one after all. */
    artisanalMethods: codes,
    separateMinerals: codes,
  }),
  radioactivityMissing: z.strictObject({ severity, minerals: codes }),
  /** Bq/g from ThO₂ and U₃O₈ in per cent (IAEA TS-G-1.1; ITIA guidance). */
  radioactivityOver: z.strictObject({ severity, limitBecquerelPerGram: z.int().min(1) }),
  numbersTooRound: z.strictObject({
    severity,
    severityIdentical: severity,
    minimumWeights: z.int().min(10),
    /** Share of weights that end in 0 or 5 above which they were not read off a scale. */
    share: partsPerMillion,
    identical: z.int().min(3),
  }),
  claimExceedsInput: z.strictObject({ severity, tolerance: partsPerMillion }),
  facilityOverCapacity: z.strictObject({ severity, above: partsPerMillion }),
};

const origin = {
  siteOverCapacity: z.strictObject({
    windowDays: z.array(z.int().min(1).max(366)).min(1),
    /** Where a site's registration gives workers but no figure for the mineral. */
    kilogramsPerWorkerMonth: z.record(z.string(), kilogramsText),
    /** In rising order. */
    levels: z.array(z.strictObject({ above: partsPerMillion, severity })).min(1),
  }),
  siteStatus: z.strictObject({
    severityRed: severity,
    severityLapsed: severity,
    clock: statusClock,
    clockByCountry: z.record(z.string().length(2), statusClock.partial()),
  }),
  siteOutsidePolygon: z.strictObject({
    severity,
    severityFar: severity,
    defaultAccuracyM: z.int().min(0),
    farKilometres: z.int().min(1),
    /** How far a site reaches from its point where no polygon is known. */
    radiusM: z.int().min(0),
  }),
  licenceInvalid: plain,
  mineralNotAtSite: plain,
  /** A site at which nobody digs, by its inspector, or that was silent for `dormantDays`, and books this share of a month's capacity within `burstDays`. */
  siteDormantBurst: z.strictObject({ severity, dormantDays: days, burstDays: days, share: partsPerMillion }),
  /** Goods that were exported back may be imported so long after they are received. */
  roundTrip: z.strictObject({ severity, importHours: hours }),
  originImplausible: plain,
  originUnknownShare: z.strictObject({ severity, above: partsPerMillion }),
};

const movement = {
  speedImpossible: z.strictObject({
    severity,
    /** Kilometres an hour, by mode of transport. */
    kilometresPerHour: z.record(z.string(), z.int().min(1)),
    unknownMode: z.int().min(1),
    /** Nobody is sure of a place to less than this. */
    minimumKilometres: z.int().min(0),
    defaultAccuracyM: z.int().min(0),
  }),
  placeJump: z.strictObject({ severity, kilometresPerHour: z.int().min(1), minimumKilometres: z.int().min(0) }),
  vehicleTwoPlaces: z.strictObject({ severity, kilometresPerHour: z.int().min(1), minimumKilometres: z.int().min(0) }),
  routeLeft: z.strictObject({ severity, corridorKilometres: z.int().min(1) }),
};

const actors = {
  actorSuspended: plain,
  cardExpired: plain,
  keyCompromised: plain,
  registrarIntroduced: plain,
  selfDealing: plain,
  paymentUnofficial: plain,
  incidentOpen: z.strictObject({ severityByLevel: z.tuple([severity, severity, severity]) }),
  disputeOpen: plain,
  custodyAssigned: plain,
  strangerClaim: plain,
  correctionAfterExport: z.strictObject({ severity, severityOrigin: severity }),
};

export const parametersSchema = z.strictObject({
  version: z.int().min(1),
  from: z.iso.date(),
  record: plain,
  /** Rules without whose answer a lot's risk is `undetermined`. */
  required: codes,
  /** Within so many hours a finding is to be answered, by its severity; null: whenever somebody comes to it. */
  answerWithinHours: z.strictObject({
    critical: hours.nullable(),
    high: hours.nullable(),
    medium: hours.nullable(),
    low: hours.nullable(),
  }),
  ...custody,
  ...tagsAndDocuments,
  ...massAndGrade,
  ...origin,
  ...movement,
  ...actors,
});

export type Parameters = z.infer<typeof parametersSchema>;
export type Tolerance = z.infer<typeof tolerance>;
export type Tolerances = z.infer<typeof tolerances>;
