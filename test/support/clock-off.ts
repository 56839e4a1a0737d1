/** Runs the work while this process's clock is `offset` ms ahead of (or, below 0, behind) the database's. */
export async function withClockOff<T>(offset: number, work: () => Promise<T>): Promise<T> {
  const { Date: Right } = globalThis;
  const wrong = (): number => Right.now() + offset;
  globalThis.Date = new Proxy(Right, {
    construct: (target, given: unknown[]) =>
      Reflect.construct(target, given.length === 0 ? [wrong()] : given) as object,
    get: (target, name) => (name === 'now' ? wrong : (Reflect.get(target, name) as unknown)),
  });
  try {
    return await work();
  } finally {
    globalThis.Date = Right;
  }
}
