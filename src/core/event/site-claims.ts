import * as z from 'zod';
import {
  country,
  date,
  datesInOrder,
  decimal,
  minerals,
  point,
  polygon,
  registryId,
  text,
  wholeNumber,
  withDigests,
  word,
} from './primitives.js';

/** Claims of a mine site: complete when it is registered, partial when it is updated. */

const licence = withDigests({
  kind: word,
  number: text(100).optional(),
  holder: registryId.optional(),
  minerals: minerals.optional(),
  from: date.optional(),
  to: date.optional(),
}).refine(datesInOrder, 'must not end before it begins');

/** Production capacity of a site: kilograms per worker and month, by mineral. */
const capacity = z.strictObject({
  workers: wholeNumber,
  // Not a record: zod silently drops the name `__proto__` from records, where an object schema refuses it.
  kilogramsPerWorkerMonth: z.strictObject({
    cassiterite: decimal.optional(),
    coltan: decimal.optional(),
    wolframite: decimal.optional(),
    gold: decimal.optional(),
    cobalt: decimal.optional(),
  }),
});

/** Claims of a site besides its id, country, operator and minerals. */
export const siteDetails = {
  nationalId: text(100).optional(),
  point: point.optional(),
  polygon: polygon.optional(),
  licence: licence.optional(),
  capacity: capacity.optional(),
  /** How it is mined: by hand, with machines, or by a company. */
  scale: z.enum(['artisanal', 'smallScale', 'industrial']).optional(),
  /** Administrative region, such as a province or a district. */
  region: text(100).optional(),
};

export const siteCore = { country, operator: registryId, minerals };

export const siteDisclosable = ['/nationalId', '/point', '/polygon', '/licence/number'];
