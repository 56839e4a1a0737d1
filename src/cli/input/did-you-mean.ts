import { InvalidArgumentError } from 'commander';

/** Returns the number of insertions, deletions and replacements that turn one word into another. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1)
      next.push(
        Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)),
      );
    row = next;
  }
  return row[b.length] ?? 0;
}

/** Characters of the longest word that is compared. */
const MAX_LENGTH = 64;

/** Returns the probably intended word: at most a third of its letters differ. */
export function closest(word: string, known: Iterable<string>): string | undefined {
  if (word.length > MAX_LENGTH) return undefined;
  let best: { name: string; edits: number } | undefined;
  for (const name of known) {
    if (Math.abs(name.length - word.length) > 3 || name === word) continue;
    const edits = distance(word.toLowerCase(), name.toLowerCase());
    if (edits <= Math.max(1, Math.floor(name.length / 3)) && edits < (best?.edits ?? Infinity)) best = { name, edits };
  }
  return best?.name;
}

/** Returns ` Did you mean X?`, or "". */
export function didYouMean(word: string, known: Iterable<string>): string {
  const name = closest(word, known);
  return name === undefined ? '' : ` Did you mean ${name}?`;
}

/** Returns a parser of an option whose value is one word of a list. */
export const oneOf =
  (known: readonly string[]) =>
  (value: string): string => {
    if (known.includes(value)) return value;
    throw new InvalidArgumentError(`${didYouMean(value, known)} It is one of ${known.join(', ')}.`.trim());
  };

/** Returns a parser of an option that may be repeated or contain commas. */
export const someOf =
  (known: readonly string[]) =>
  (value: string, before: readonly string[] = []): string[] => [...before, ...value.split(',').map(oneOf(known))];
