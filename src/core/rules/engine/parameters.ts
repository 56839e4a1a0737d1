import { type Parameters, type Tolerance, type Tolerances, parametersSchema } from './parameters-schema.js';

export { parametersSchema } from './parameters-schema.js';
export type { Parameters, Tolerance, Tolerances } from './parameters-schema.js';

const low = { severity: 'low' } as const;
const medium = { severity: 'medium' } as const;
const high = { severity: 'high' } as const;
const critical = { severity: 'critical' } as const;

/** Countries whose tin, tantalum, tungsten and gold need a regional certificate: the member states of the ICGLR. */
const greatLakes = ['AO', 'BI', 'CD', 'CF', 'CG', 'KE', 'RW', 'SD', 'SS', 'TZ', 'UG', 'ZM'];

const custody = {
  handoverOverdue: {
    graceHours: { domestic: 24, international: 72 },
    graceHoursByCountry: {},
    severity: 'medium',
    laterAfterGraces: 3,
    severityLater: 'high',
  },
  handoverRejectedUnresolved: { ...high, severityEarly: 'low', graceHours: 24 },
  hopMissing: medium,
  notHolder: high,
  doubleSaleAttempt: { severity: 'medium', severityRepeated: 'high' },
  sealMismatch: high,
  dwellTooLong: { ...low, days: 90, daysInFacility: 180 },
  stockDiffers: { ...high, tolerance: 10_000 },
  heldLotMoved: high,
  lotHeld: high,
  deviceSequenceGap: { ...high, hours: 72 },
  deviceSequenceFork: high,
  lateEntry: { ...medium, hours: 72 },
  backdated: { ...medium, allowanceMinutes: 10 },
  clockAhead: { ...medium, minutes: 10 },
  burstEntry: { ...high, events: 20, olderThanDays: 7 },
};

const tagsAndDocuments = {
  tagReused: critical,
  duplicateRecord: { tolerance: 50_000 },
  tagWrongSite: critical,
  tagVoidedUsed: critical,
  tagUnknown: high,
  tagRate: {
    ...medium,
    minimumTags: 20,
    kilogramsPerTag: { cassiterite: '5', coltan: '5', wolframite: '5', cobalt: '5' },
  },
  certificateMissing: { ...high, minerals: ['cassiterite', 'coltan', 'wolframite', 'gold'], countries: greatLakes },
  certificateExpired: { ...high, maximumDays: 90 },
  certificateReused: critical,
  certificateMassDiffers: { ...high, tolerance: 10_000, graceHours: 24 },
  certificateSameSigner: critical,
  documentReused: high,
  serialReused: critical,
};

const halfAndOne = { ok: 5_000, warn: 10_000 };
const gold = { ok: 1_000, warn: 3_000 };

const massAndGrade = {
  moistureAtMost: {
    byForm: { ore: 250_000, concentrate: 150_000, hydroxide: 600_000, dore: 0, metal: 0 },
    // Concentrate is dried before it is bagged: magnets separate dry material only.
    made: [{ process: ['gravity', 'magnetic', 'dry'], form: 'concentrate', most: 30_000 }],
  },
  massGained: {
    reweighed: { default: halfAndOne, byMineral: {} },
    handedOver: { default: halfAndOne, byMineral: { gold } },
    imported: { default: halfAndOne, byMineral: {} },
    closure: { default: halfAndOne, byMineral: {} },
    processed: { default: halfAndOne, byMineral: {} },
    metal: { default: { ok: 10_000, warn: 20_000 }, byMineral: { gold: halfAndOne } },
    addsMatter: ['leach', 'smelt', 'refine', 'melt', 'cast'],
    addsWater: ['wash', 'leach'],
    severityWarn: 'medium',
    severity: 'critical',
  },
  massLost: {
    reweighed: { default: halfAndOne, byMineral: {} },
    handedOver: { default: { ok: 25_000, warn: 50_000 }, byMineral: { gold } },
    imported: { default: halfAndOne, byMineral: {} },
    closure: { default: halfAndOne, byMineral: {} },
    severityWarn: 'medium',
    severity: 'high',
  },
  massImplausible: {
    ...high,
    kilogramsPerTag: '2500',
    kilogramsPerPackage: { bag: '250', sack: '250', drum: '1500', bigbag: '3000', container: '30000', truck: '60000' },
    monthsOfSite: 3,
  },
  gradeImpossible: {
    ...high,
    maxima: [
      { analyte: 'Sn', form: 'ore', max: '78.8' },
      { analyte: 'Sn', form: 'concentrate', max: '78.8' },
      { analyte: 'WO3', form: null, max: '76.6' },
      { analyte: 'Ta2O5', form: null, max: '86' },
      { analyte: 'Co', form: 'hydroxide', max: '63.4' },
      { analyte: 'Au', form: null, max: '100' },
    ],
  },
  gradeUnusual: {
    ...medium,
    cleanedBy: ['gravity', 'magnetic'],
    bagKilograms: '100',
    windows: [
      { mineral: 'cassiterite', form: 'concentrate', stage: 'raw', analyte: 'Sn', from: '30', to: '65' },
      { mineral: 'cassiterite', form: 'concentrate', stage: 'cleaned', analyte: 'Sn', from: '60', to: '76' },
      { mineral: 'coltan', form: 'concentrate', stage: null, analyte: 'Ta2O5', from: '20', to: '50' },
      { mineral: 'wolframite', form: 'concentrate', stage: null, analyte: 'WO3', from: '50', to: '70' },
      { mineral: 'cobalt', form: 'hydroxide', stage: null, analyte: 'Co', from: '28', to: '40' },
      { mineral: 'gold', form: 'dore', stage: 'raw', analyte: 'Au', from: '80', to: '95' },
    ],
  },
  gradeJump: { ...high, tolerance: 50_000, byAnalyte: { Au: 20_000 } },
  yieldImplausible: {
    ...high,
    windows: [
      { process: ['gravity', 'magnetic'], mineral: null, inputForm: null, from: 850_000, to: 990_000 },
      { process: ['wash'], mineral: null, inputForm: null, from: 300_000, to: 900_000 },
      { process: ['melt', 'cast', 'smelt'], mineral: 'gold', inputForm: 'dore', from: 980_000, to: 1_000_000 },
      { process: ['melt', 'cast', 'smelt'], mineral: 'gold', inputForm: null, from: 900_000, to: 1_000_000 },
      { process: ['smelt'], mineral: 'cassiterite', inputForm: null, from: 930_000, to: 995_000 },
      { process: ['leach'], mineral: 'cobalt', inputForm: 'ore', from: 650_000, to: 920_000 },
      { process: ['refine'], mineral: 'gold', inputForm: null, from: 995_000, to: 1_000_000 },
    ],
  },
  mixForbidden: {
    ...critical,
    industrialMethods: ['industrial', 'mechani', 'exploitation', 'large', 'LSM'],
    artisanalMethods: ['artisanal', 'small', 'ASM'],
    separateMinerals: ['cobalt'],
  },
  radioactivityMissing: { ...high, minerals: ['coltan'] },
  radioactivityOver: { ...high, limitBecquerelPerGram: 10 },
  numbersTooRound: {
    ...low,
    severityIdentical: 'medium',
    minimumWeights: 50,
    share: 500_000,
    identical: 6,
  },
  claimExceedsInput: { ...critical, tolerance: 5_000 },
  facilityOverCapacity: { ...high, above: 1_000_000 },
};

const origin = {
  siteOverCapacity: {
    windowDays: [30, 90],
    kilogramsPerWorkerMonth: { coltan: '12', cassiterite: '40', wolframite: '30', cobalt: '3000', gold: '0.035' },
    levels: [
      { above: 1_000_000, severity: 'medium' },
      { above: 1_500_000, severity: 'high' },
      { above: 3_000_000, severity: 'critical' },
    ],
  },
  siteStatus: {
    severityRed: 'critical',
    severityLapsed: 'high',
    clock: { greenDays: 365, blueDays: 1_095, yellowDays: 183 },
    clockByCountry: { CD: { yellowDays: 92 } },
  },
  siteOutsidePolygon: { ...high, severityFar: 'critical', defaultAccuracyM: 50, farKilometres: 5, radiusM: 2_000 },
  licenceInvalid: high,
  mineralNotAtSite: high,
  siteDormantBurst: { ...high, dormantDays: 90, burstDays: 7, share: 500_000 },
  roundTrip: { ...critical, importHours: 72 },
  originImplausible: critical,
  originUnknownShare: { ...medium, above: 0 },
};

const movement = {
  speedImpossible: {
    ...high,
    kilometresPerHour: { foot: 6, bicycle: 20, motorbike: 60, track: 40, truck: 70, sea: 46, air: 950 },
    unknownMode: 110,
    minimumKilometres: 5,
    defaultAccuracyM: 100,
  },
  placeJump: { ...high, kilometresPerHour: 950, minimumKilometres: 20 },
  vehicleTwoPlaces: { ...high, kilometresPerHour: 110, minimumKilometres: 20 },
  routeLeft: { ...medium, corridorKilometres: 100 },
};

const actors = {
  actorSuspended: high,
  cardExpired: high,
  keyCompromised: critical,
  registrarIntroduced: medium,
  selfDealing: high,
  paymentUnofficial: high,
  incidentOpen: { severityByLevel: ['critical', 'high', 'medium'] },
  disputeOpen: medium,
  custodyAssigned: medium,
  strangerClaim: low,
  correctionAfterExport: { severity: 'medium', severityOrigin: 'high' },
};

export const defaultParameters: Parameters = parametersSchema.parse({
  version: 5,
  from: '2026-01-01',
  record: critical,
  required: ['mass-gained', 'tag-reused', 'site-status'],
  // One day for critical findings, six months for what can be mitigated (ITSCI incident protocol; OECD Annex II).
  answerWithinHours: { critical: 24, high: 4_392, medium: 4_392, low: null },
  ...custody,
  ...tagsAndDocuments,
  ...massAndGrade,
  ...origin,
  ...movement,
  ...actors,
});

export const toleranceFor = (all: Tolerances, mineral: string): Tolerance => all.byMineral[mineral] ?? all.default;
