import * as z from 'zod';
import {
  eventIdSchema,
  form,
  hs,
  lotIdSchema,
  MAX_LOTS,
  mineral,
  model,
  percentage,
  positiveNumber,
  text,
  word,
} from './primitives.js';
import { grades, quantity } from './quantity-claims.js';
import { type Problem, repeated } from './types/event-type.js';

/** Claims about lots that an event extends (with `prev`), consumes (`inputs`) and creates (`outputs`). */

const number = text(64);
const noneTwice = (list: readonly string[]): boolean => list.length < 2 || new Set(list).size === list.length;

/** Numbers of tags, seals or bars, without repetition. */
export const tags = z.array(number).min(1).max(200).refine(noneTwice, 'must not name a number twice');
export const seals = z.array(number).min(1).max(50).refine(noneTwice, 'must not name a number twice');

/** A lot whose chain the event extends; `prev` is the id of the lot's newest event. */
export const lotAndPrev = { lot: lotIdSchema, prev: eventIdSchema };

/** An input is wholly consumed; `mass` is its mass when it was weighed in. */
export const input = z.strictObject({ ...lotAndPrev, mass: quantity.optional() });

/** Claims of a new lot, whichever event type creates it. */
const born = {
  lot: lotIdSchema,
  mass: quantity,
  moisturePercent: percentage.optional(),
  grades: grades.optional(),
  tags: tags.optional(),
  packages: z.strictObject({ kind: word, count: positiveNumber }).optional(),
  model: model.optional(),
  hs: hs.optional(),
  lotNumber: number.optional(),
};

export const declaredOutput = z.strictObject({ ...born, mineral, form });
/** An output that inherits mineral and form if all inputs agree. */
export const inheritingOutput = z.strictObject({
  ...born,
  mineral: mineral.optional(),
  form: form.optional(),
  serials: tags.optional(),
});
export const processedOutput = z.strictObject({ ...born, mineral: mineral.optional(), form, serials: tags.optional() });

/** Checks that the inputs and outputs of one event are at most 200 lots, without repetition. */
export const checkInputsAndOutputs = (payload: {
  inputs: readonly { lot: string }[];
  outputs: readonly { lot: string }[];
}): Problem[] => {
  const { inputs, outputs } = payload;
  const problems = repeated(
    [...inputs, ...outputs].map(({ lot }) => lot),
    (i) => (i < inputs.length ? `/inputs/${i}/lot` : `/outputs/${i - inputs.length}/lot`),
    'a lot',
  );
  if (inputs.length + outputs.length > MAX_LOTS) {
    problems.push({ pointer: '/outputs', detail: `inputs and outputs together must not exceed ${MAX_LOTS} lots` });
  }
  return problems;
};
