/** How often is looked, ms. */
const PAUSE = 10;

/** Looks until there is something: neither undefined nor false. Returns that. @param limit how long that may take, ms. */
export async function until<T>(
  look: () => Promise<T | undefined | false> | T | undefined | false,
  limit = 15_000,
): Promise<T> {
  const end = Date.now() + limit;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > end) throw new Error('it did not happen in time');
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
  }
}
