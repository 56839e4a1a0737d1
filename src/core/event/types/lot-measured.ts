import * as z from 'zod';
import { lotAndPrev } from '../lot-claims.js';
import { percentage, text, word } from '../primitives.js';
import { grades, quantity, scale } from '../quantity-claims.js';
import { defineEventType, listOfLots, payload, repeatedLots } from './event-type.js';

const measuredLot = z.strictObject({
  ...lotAndPrev,
  mass: quantity.optional(),
  tare: quantity.optional(),
  gross: quantity.optional(),
  moisturePercent: percentage.optional(),
  grades: grades.optional(),
});

const lotMeasuredSchema = payload('lot.measured', {
  lots: listOfLots(measuredLot),
  method: word.optional(),
  laboratory: text(200).optional(),
  scale: scale.optional(),
});

/** The holder weighs or assays its lots again. `mass` is net, as everywhere. */
export const lotMeasured = defineEventType({
  type: 'lot.measured',
  schema: lotMeasuredSchema,
  signers: { by: 'holder' },
  correctable: ['/lots/*/mass', '/lots/*/moisturePercent', '/lots/*/grades', '/method', '/laboratory', '/scale'],
  check: ({ lots }) => [
    ...repeatedLots(lots),
    ...lots.flatMap((lot, i) =>
      lot.mass === undefined && lot.moisturePercent === undefined && lot.grades === undefined
        ? [{ pointer: `/lots/${i}`, detail: 'must say mass, moisturePercent or grades' }]
        : [],
    ),
  ],
});
export type LotMeasured = z.infer<typeof lotMeasuredSchema>;
