/** What a look gives once it gives anything; @param limit how long that may take, ms. */
export async function until<T>(look: () => Promise<T | undefined> | T | undefined, limit = 15_000): Promise<T> {
  const end = Date.now() + limit;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > end) throw new Error('it did not happen in time');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
