/** Long rounds run only by `npm run test:faults`. */
export const long = process.env.ADIT_FAULTS === 'long';

/** Whether a test tries everything, as CI has it; otherwise one of each class. */
export const whole = long || process.env.ADIT_FAULTS === 'matrix';

/** How long a test may take in the short round, ms; a long one may take its hour. */
export const upTo = (ms: number): number => (long ? 3_600_000 : ms);

/**
 * Returns the pages that are to be looked at in one of several looks: all of them in CI; otherwise each page has one look, by
 * turns.
 */
export const pagesIn = <Look>(look: Look, looks: readonly Look[], pages: readonly string[]): string[] =>
  pages.filter((_, i) => whole || looks[i % looks.length] === look);
