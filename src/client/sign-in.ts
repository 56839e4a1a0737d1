import { CannotSignIn } from './problem.js';

/** Proves who makes a request. */
export interface Credentials {
  /** Returns the headers of one request; each attempt asks anew. */
  headers(method: string, url: string): Promise<Record<string, string>>;
  /** Discards what was refused. Returns whether a further attempt may succeed. */
  discard(): boolean;
}

/** Signs in with a token or a key for machines as it is. */
export const bearer = (token: string): Credentials => ({
  headers: () => Promise.resolve({ authorization: `Bearer ${token}` }),
  discard: () => false,
});

const cannot = (error: unknown): never => {
  throw new CannotSignIn(error);
};

const UNAUTHORIZED = 401;

/**
 * Returns a `fetch` that signs in once the service asks for it, and again when a token has ended. Without credentials it
 * passes the refusal on.
 * @param credentials is called at the first refusal; with `isEager`, before the first request.
 */
export function signingIn(
  credentials: () => Credentials | null | Promise<Credentials | null>,
  { fetcher = fetch, isEager = false }: { fetcher?: typeof fetch; isEager?: boolean } = {},
): typeof fetch {
  let known: Credentials | null | undefined;
  const chosen = async (): Promise<Credentials | null> => credentials();
  return async (input, init = {}) => {
    const url = input instanceof Request ? input.url : String(input);
    const send = async (by: Credentials | null | undefined): Promise<Response> => {
      const proofs = (await by?.headers(init.method ?? 'GET', url).catch(cannot)) ?? {};
      return fetcher(input, {
        ...init,
        headers: { ...(init.headers as Record<string, string> | undefined), ...proofs },
      });
    };
    if (isEager && known === undefined) known = await chosen().catch(cannot);
    const response = await send(known);
    if (response.status !== UNAUTHORIZED) return response;
    const before = known;
    known ??= await chosen().catch(cannot);
    const isNew = before === undefined && known !== null;
    if (known === null || !(isNew || known.discard())) return response;
    await response.body?.cancel();
    return send(known);
  };
}
