import type { Verdicts } from '../../core/api/lot.js';
import type { Quantity } from '../../core/event/quantity-claims.js';

/** One step of what happened to the goods, without names: a month, what was done, and where by country. */
interface PassportStep {
  /** RFC 3339 time; only its month is shown. */
  at: string;
  /** Type of the event. */
  type: string;
  country: string | null;
  mass: Quantity | null;
}

/** The contents of a published passport, for everyone: no names, no prices, no places but countries, no days but months. */
export interface PassportData {
  code: string;
  /** Address of the passport, which its QR code has. */
  url: string;
  /** What people call the goods: a tag or a lot number. */
  name: string;
  mineral: string;
  form: string;
  mass: Quantity;
  /** Countries of the sites of origin; ISO 3166-1 alpha-2. */
  countries: readonly string[];
  verdicts: Verdicts;
  /** 0.0000 to 1.0000 of the mass. */
  tracedToSite: string;
  /** How many actors have held the goods. */
  hands: number;
  /** Open findings that count in a verdict. */
  findings: number;
  steps: readonly PassportStep[];
  /** RFC 3339: time of the state of the log that it describes. */
  asOf: string;
  log: string;
  size: number;
  checkpointHash: string;
  /** Address of the evidence, which checks offline. */
  evidence: string;
}
