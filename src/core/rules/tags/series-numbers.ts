/** Tags of one series that are looked up at most; a larger series is not issued after its use. */
const MAX_NUMBERS = 10_000;

/** Lists the tags of an issued series: series and decimal number, zero-padded to `digits`. */
export function numbersOf({
  series,
  from,
  to,
  digits = 0,
}: {
  series: string;
  from: number;
  to: number;
  digits?: number | undefined;
}): string[] {
  const count = Math.min(to - from + 1, MAX_NUMBERS);
  return Array.from({ length: count }, (_, i) => `${series}${String(from + i).padStart(digits, '0')}`);
}
