/** Returns the numbers after an option of the command line, or those that it has otherwise. Throws if they are none. */
export function numbersOf(option: string, otherwise: string): number[] {
  const at = process.argv.indexOf(option);
  const numbers = (at < 0 ? otherwise : (process.argv[at + 1] ?? '')).split(',').map(Number);
  if (!numbers.every((size) => Number.isSafeInteger(size) && size > 0)) throw new Error(`${option} takes numbers.`);
  return numbers;
}
