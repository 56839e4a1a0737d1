/** Words compared at most, characters: misspelt names are short. */
const LONGEST = 64;

/** Returns how many characters must be added, removed or changed to turn `a` into `b` (Levenshtein). */
function distance(a: string, b: string): number {
  let before = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const change = (before[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(change, (before[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1));
    }
    before = row;
  }
  return before[b.length] ?? 0;
}

/**
 * Returns the known word most likely meant; null if none is near: at most a third of its characters differ.
 * @example nearest('mass-gaind', ['mass-gained', 'mass-lost']) // 'mass-gained'
 */
export function nearest(word: string, known: readonly string[]): string | null {
  if (word.length > LONGEST) return null;
  const written = word.trim().toLowerCase();
  let best: string | null = null;
  let least = Infinity;
  for (const one of known) {
    if (Math.abs(one.length - written.length) > one.length / 3) continue;
    const apart = distance(written, one.toLowerCase());
    if (apart < least) [best, least] = [one, apart];
  }
  return best !== null && least <= Math.ceil(best.length / 3) && least < best.length ? best : null;
}

/**
 * Formats the error for an unknown name, with the name most likely meant.
 * @example noSuch('rule', 'mass-gaind', ['mass-gained']) // 'no such rule "mass-gaind"; did you mean "mass-gained"?'
 */
export function noSuch(kind: string, given: unknown, known: readonly string[]): string {
  if (typeof given !== 'string') return `must be the name of a ${kind}, such as "${known[0] ?? ''}"`;
  const meant = nearest(given, known);
  const shown = given.length > LONGEST ? `${given.slice(0, LONGEST)}…` : given;
  return `no such ${kind} ${JSON.stringify(shown)}; ${meant === null ? `one is "${known[0] ?? ''}"` : `did you mean "${meant}"?`}`;
}
