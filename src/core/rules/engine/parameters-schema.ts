import * as z from 'zod';

/**
 * Thresholds are data: by mineral, by process and by country, with a version and the day from which they are in force.
 * Shares are whole parts per million, so that every comparison uses integers; grades are per cent as decimal strings.
 */
const severity = z.enum(['low', 'medium', 'high', 'critical']);
const partsPerMillion = z.int().min(0).max(10_000_000);
const days = z.int().min(1);
const hours = z.int().min(0);
const percentText = z.string().regex(/^(100|[1-9]?[0-9])(\.[0-9]{1,4})?$/);
const kilogramsText = z.string().regex(/^(0|[1-9][0-9]{0,11})(\.[0-9]{1,6})?$/);
const codes = z.array(z.string());

/** A gain up to `ok` is measurement error; up to `warn` it needs a look; above, it is impossible. */
const tolerance = z.strictObject({ ok: partsPerMillion, warn: partsPerMillion });
const tolerances = z.strictObject({ default: tolerance, byMineral: z.record(z.string(), tolerance) });
const graceHours = z.strictObject({ domestic: hours, international: hours });
/** The severity alone. */
const plain = z.strictObject({ severity });
/** Both bounds belong to the window. */
const window = z.strictObject({ analyte: z.string(), from: percentText, to: percentText });
const statusClock = z.strictObject({ greenDays: days, blueDays: days, yellowDays: days });

const custody = {
  handoverOverdue: z.strictObject({
    /** From the planned arrival; another grace for dispatches that leave a country, by ISO 3166 code. */
    graceHours,
    graceHoursByCountry: z.record(z.string().length(2), graceHours),
    severity,
    /** After this many times the grace the severity becomes `severityLater`. */
    laterAfterGraces: z.int().min(2),
    severityLater: severity,
  }),
  /** Time after a rejection during which its severity is `severityEarly`: returned goods are unloaded first. */
  handoverRejectedUnresolved: z.strictObject({ severity, severityEarly: severity, graceHours: hours }),
  hopMissing: plain,
  notHolder: plain,
  doubleSaleAttempt: z.strictObject({ severity, severityRepeated: severity }),
  sealMismatch: plain,
  dwellTooLong: z.strictObject({ severity, days, daysInFacility: days }),
  /** Tolerance of a count: two scales are involved. */
  stockDiffers: z.strictObject({ severity, tolerance: partsPerMillion }),
  heldLotMoved: plain,
  lotHeld: plain,
  deviceSequenceGap: z.strictObject({ severity, hours }),
  deviceSequenceFork: plain,
  lateEntry: z.strictObject({ severity, hours }),
  /** Error of device clocks, minutes, up to which an event is not backdated. */
  backdated: z.strictObject({ severity, allowanceMinutes: z.int().min(0) }),
  clockAhead: z.strictObject({ severity, minutes: z.int().min(0) }),
  burstEntry: z.strictObject({ severity, events: z.int().min(2), olderThanDays: days }),
};

const tagsAndDocuments = {
  tagReused: plain,
  /** Difference of mass up to which two records may be of one thing: two scales are involved. */
  duplicateRecord: z.strictObject({ tolerance: partsPerMillion }),
  tagWrongSite: plain,
  tagVoidedUsed: plain,
  tagUnknown: plain,
  /** Kilograms per tag at least; many more tags than that suggest that tags are sold. */
  tagRate: z.strictObject({
    severity,
    minimumTags: z.int().min(1),
    kilogramsPerTag: z.record(z.string(), kilogramsText),
  }),
  /** Minerals and countries of origin whose exports need a regional certificate. */
  certificateMissing: z.strictObject({ severity, minerals: codes, countries: codes }),
  /** Validity of a certificate at most, days. */
  certificateExpired: z.strictObject({ severity, maximumDays: days }),
  certificateReused: plain,
  /** Time for which a shipment may still lack lots of its certificate, because loading continues. */
  certificateMassDiffers: z.strictObject({ severity, tolerance: partsPerMillion, graceHours: hours }),
  certificateSameSigner: plain,
  documentReused: plain,
  serialReused: plain,
};

const massAndGrade = {
  /** Moisture at most if none is stated: by the process that made the goods, else by form; else all may be water. */
  moistureAtMost: z.strictObject({
    byForm: z.record(z.string(), partsPerMillion.max(1_000_000)),
    made: z.array(z.strictObject({ process: codes, form: z.string(), most: partsPerMillion.max(1_000_000) })),
  }),
  massGained: z.strictObject({
    /** Two weighings in one place. */
    reweighed: tolerances,
    /** Dispatch to receipt. */
    handedOver: tolerances,
    /** Export to import. */
    imported: tolerances,
    /** Inputs to outputs of `lot.aggregated` and `lot.split`. */
    closure: tolerances,
    /** Dry mass through `lot.processed`. */
    processed: tolerances,
    /** Contained metal through `lot.processed`; two assays are involved. */
    metal: tolerances,
    /** Processes that add material (reagents, flux): their residues do not count as mass from the inputs. */
    addsMatter: codes,
    /** Processes that add water: wet masses are not compared. */
    addsWater: codes,
    severityWarn: severity,
    severity,
  }),
  /** Losses: up to `ok` none, up to `warn` `severityWarn`, above `severity`. */
  massLost: z.strictObject({
    reweighed: tolerances,
    handedOver: tolerances,
    imported: tolerances,
    closure: tolerances,
    severityWarn: severity,
    severity,
  }),
  /** Mass of one lot at most. */
  massImplausible: z.strictObject({
    severity,
    /** Capacity of one tagged bag or drum, and of each named kind of package. */
    kilogramsPerTag: kilogramsText,
    kilogramsPerPackage: z.record(z.string(), kilogramsText),
    /** Months of a site's production that one lot can be at most. */
    monthsOfSite: z.int().min(1),
  }),
  gradeImpossible: z.strictObject({
    severity,
    maxima: z.array(z.strictObject({ analyte: z.string(), form: z.string().nullable(), max: percentText })),
  }),
  /**
   * Traded grades by mineral and form: `raw`, which goes in bags, or concentrated by one of `cleanedBy`; null: either.
   */
  gradeUnusual: z.strictObject({
    severity,
    cleanedBy: codes,
    bagKilograms: kilogramsText,
    windows: z.array(
      window.extend({ mineral: z.string(), form: z.string(), stage: z.enum(['raw', 'cleaned']).nullable() }),
    ),
  }),
  /** Share by which a grade may change without a process: samples differ. */
  gradeJump: z.strictObject({ severity, tolerance: partsPerMillion, byAnalyte: z.record(z.string(), partsPerMillion) }),
  /** Recovered share of metal, by process, mineral and form of all inputs; the first matching line counts. */
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
    /** Words for industrial methods and licences; artisanal cobalt must not be mixed with their ore. */
    industrialMethods: codes,
    /** Words that make such a method or licence artisanal. */
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
    /** Share of weights that end in 0 or 5 above which they were not read from a scale. */
    share: partsPerMillion,
    identical: z.int().min(3),
  }),
  claimExceedsInput: z.strictObject({ severity, tolerance: partsPerMillion }),
  facilityOverCapacity: z.strictObject({ severity, above: partsPerMillion }),
};

const origin = {
  siteOverCapacity: z.strictObject({
    windowDays: z.array(z.int().min(1).max(366)).min(1),
    /** Production per worker, for a site whose registration has workers but no figure for the mineral. */
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
    /** Radius of a site without a polygon. */
    radiusM: z.int().min(0),
  }),
  licenceInvalid: plain,
  mineralNotAtSite: plain,
  /** An inactive site, or one silent for `dormantDays`, that declares this share of its capacity within `burstDays`. */
  siteDormantBurst: z.strictObject({ severity, dormantDays: days, burstDays: days, share: partsPerMillion }),
  /** Time after their receipt within which goods that were exported back may be imported. */
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
    /** Distance below which places are not certain. */
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
  /** Rules that must decide; otherwise a lot's risk is `undetermined`. */
  required: codes,
  /** Hours within which a finding should be answered, by severity; null: no limit. */
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
