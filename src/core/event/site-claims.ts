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

/** What a mine site is: said whole when it is registered, in parts when it is updated. */

const licence = withDigests({
  kind: word,
  number: text(100).optional(),
  holder: registryId.optional(),
  minerals: minerals.optional(),
  from: date.optional(),
  to: date.optional(),
}).refine(datesInOrder, 'must not end before it begins');

/** What the site can bring forth: kilograms per worker and month, by mineral. */
const capacity = z.strictObject({
  workers: wholeNumber,
  // Not a record: zod leaves a name `__proto__` out of records in silence, where an object refuses it.
  kilogramsPerWorkerMonth: z.strictObject({
    cassiterite: decimal.optional(),
    coltan: decimal.optional(),
    wolframite: decimal.optional(),
    gold: decimal.optional(),
    cobalt: decimal.optional(),
  }),
});

/** Claims of a site beside its id, country, operator and minerals. */
export const siteDetails = {
  nationalId: text(100).optional(),
  point: point.optional(),
  polygon: polygon.optional(),
  licence: licence.optional(),
  capacity: capacity.optional(),
};

export const siteCore = { country, operator: registryId, minerals };

export const siteDisclosable = ['/nationalId', '/point', '/polygon', '/licence/number'];
