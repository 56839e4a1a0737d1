/** Chances of figures that agree, as natural logarithms: they are too small for numbers. */

/** Logarithm of a factorial. */
function logFactorial(n: number): number {
  let sum = 0;
  for (let i = 2; i <= n; i += 1) sum += Math.log(i);
  return sum;
}

/** Computes the logarithm of the chance that at least `k` of `n` independent trials succeed, each with chance `p`. */
export function logAtLeast(k: number, n: number, p: number): number {
  if (k <= 0 || p >= 1) return 0;
  if (k > n || p <= 0) return -Infinity;
  const terms: number[] = [];
  for (let i = k; i <= n; i += 1)
    terms.push(logFactorial(n) - logFactorial(i) - logFactorial(n - i) + i * Math.log(p) + (n - i) * Math.log1p(-p));
  const top = Math.max(...terms);
  return Math.min(0, top + Math.log(terms.reduce((sum, term) => sum + Math.exp(term - top), 0)));
}

/** Chi-square of nine degrees of freedom that chance exceeds once in a million times. */
export const NINE_DEGREES_ONE_IN_MILLION = 45.1;

/** Computes chi-square of the last digits of numbers against ten digits that are equally frequent. */
export function lastDigits(numbers: readonly bigint[]): number {
  const counts = Array.from({ length: 10 }, () => 0);
  for (const number of numbers) counts[Number(number % 10n)] = (counts[Number(number % 10n)] ?? 0) + 1;
  const expected = numbers.length / 10;
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

/** Formats a chance given as its logarithm: "1 in 1,000", "less than 1 in 10^12". */
export function chanceText(log: number): string {
  const power = Math.floor(-log / Math.LN10);
  return power < 4
    ? `1 in ${Math.max(1, Math.round(Math.exp(-log))).toLocaleString('en')}`
    : `less than 1 in 10^${power}`;
}
