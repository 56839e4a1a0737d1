import * as z from 'zod';
import { readGtin } from '../../access/gtin.js';
import { verdictsShape } from '../lot.js';
import { massShape } from '../mass.js';
import { named } from '../named.js';
import { identifierText, plainText } from '../values.js';

/** Characters of the serial number of a GS1 key at most (AI 21), and of its lot number (AI 10). */
export const GS1_LENGTH = 20;

/** A GTIN in a request or in an address. */
export const gtin: z.ZodType<string> = plainText(14).refine((text) => readGtin(text) !== null, 'must be a GTIN');

/** Describes the passport to be published for a lot (`POST /v1/lots/{id}/passport`). */
export const newPassport = z.strictObject({
  evidence: z
    .boolean()
    .default(false)
    .describe(
      'Whether everyone may have the evidence too: all events behind the lot with the ids, masses and times in them, without disclosures',
    ),
  gtin: gtin.optional().describe('GTIN under which GS1 Digital Link leads to the passport'),
  serial: identifierText(GS1_LENGTH).optional().describe('Serial number of the GTIN'),
});
export type NewPassport = z.infer<typeof newPassport>;

/** Describes the passport of a lot for those who see the lot (`GET /v1/lots/{id}/passport`). */
export const passportShape = named('Passport', {
  lot: z.string(),
  code: z.string().describe('Public code, for labels and QR codes; it permits nothing'),
  url: z.string().describe('Address of the passport, which its QR code contains'),
  by: z.string().describe('Actor that published it: the passport shows what it sees of the lot'),
  evidence: z.boolean(),
  gtin: z.string().nullable(),
  serial: z.string().nullable(),
  publishedAt: z.string(),
});
export type Passport = z.infer<typeof passportShape>;

const month = z.string().describe('Year and month, such as 2026-05');

/** Describes a published passport, for everyone: no names, no prices, no places but countries, no days but months. */
export const passportDataShape = named('PassportData', {
  code: z.string(),
  url: z.string(),
  name: z.string().describe('What people call the goods: a tag, a lot number, or else the code'),
  mineral: z.string(),
  form: z.string(),
  mass: massShape,
  countries: z.array(z.string()).describe('Countries of the sites of origin (ISO 3166-1 alpha-2)'),
  verdicts: verdictsShape,
  tracedToSite: z.string().describe('Share of the mass, 0.0000 to 1.0000'),
  hands: z.int().describe('How many actors have held the goods'),
  findings: z.int().describe('Open findings that count in a verdict'),
  steps: z.array(
    z.strictObject({
      month,
      type: z.string().describe('Type of the event'),
      country: z.string().nullable(),
      mass: massShape.nullable().describe('Of the goods themselves; null for what they were made of'),
    }),
  ),
  handedOn: month.nullable().describe('When the publisher handed the goods on: what came after is not published'),
  asOf: z.string().describe('Time of the state of the log that it describes'),
  log: z.string(),
  size: z.int().describe('Entries in the log'),
  verified: z.int().describe('Entries that the workers have judged'),
  root: z.string().describe('Root hash of the log at this size, base64'),
  evidence: z.string().nullable().describe('Address of the evidence, which checks offline; null: not published'),
});
export type PassportData = z.infer<typeof passportDataShape>;
