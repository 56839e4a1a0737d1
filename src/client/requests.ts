import type { Page } from '../core/api/page.js';
import type { Problem } from '../core/api/problem.js';
import { parseJsonFile } from '../core/event/grammar.js';
import { AditProblem, CannotSignIn, NoAnswer } from './problem.js';

/** Attempts of one request at most. Submitting is idempotent: the same event returns the first receipt; see `once`. */
const TRIES = 4;
export const FIRST_WAIT = 250;

interface RequestOptions {
  method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  body?: unknown;
  accept?: string;
  /** Time within which an answer must begin, ms; absent: no limit. */
  patience?: number;
  /** Whether it makes something new each time, so that it is not repeated where a lost answer may have made it. */
  once?: boolean;
}

/** Characters of one answer at most: a batch has 500 results, a report is cut far below. */
export const MAX_ANSWER = 64 * 1024 * 1024;

/** Reads an answer by the one strict reader: no name twice, bounded depth and length. Throws `request-invalid`. */
export const answerOf = async (response: Response): Promise<unknown> =>
  parseJsonFile(await response.text(), `The answer of ${response.url}`, MAX_ANSWER, { decimals: true });

const wait = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Sends requests to the HTTP API. Throws refusals as `AditProblem`, and retries after 503 and lost connections. */
export class ApiRequests {
  readonly base: string;

  /**
   * @param base such as `http://127.0.0.1:8400`
   * @param fetcher replaces `fetch`, for tests and old browsers
   * @param pause waits this many ms before an attempt is repeated
   */
  constructor(
    base: string,
    protected readonly fetcher: typeof fetch = (address, options) => fetch(address, options),
    protected readonly pause: (milliseconds: number) => Promise<void> = wait,
  ) {
    this.base = base.replace(/\/+$/, '');
  }

  protected async *pages<T>(
    path: string,
    query: Record<string, string> = {},
    limit: string | null = '100',
  ): AsyncGenerator<T> {
    let cursor: string | null = null;
    do {
      const parameters: URLSearchParams = new URLSearchParams({
        ...(limit === null ? {} : { limit }),
        ...query,
        ...(cursor === null ? {} : { cursor }),
      });
      const page: Page<T> = await this.json(`${path}?${parameters.toString()}`);
      yield* page.items;
      cursor = page.next;
    } while (cursor !== null);
  }

  protected async json<T>(path: string, options: RequestOptions = {}): Promise<T> {
    return (await answerOf(await this.request(path, options))) as T;
  }

  protected async text(path: string, accept = 'text/plain'): Promise<string> {
    return (await this.request(path, { accept })).text();
  }

  protected async request(
    path: string,
    { method = 'GET', body, accept = 'application/json', patience, once = false }: RequestOptions,
  ): Promise<Response> {
    const url = `${this.base}${path}`;
    const headers = { accept, ...(body === undefined ? {} : { 'content-type': 'application/json' }) };
    for (let attempt = 1; ; attempt += 1) {
      const late = new AbortController();
      const timer = patience === undefined ? undefined : setTimeout(() => late.abort(), patience);
      const response = await this.fetcher(url, { method, headers, body: JSON.stringify(body), signal: late.signal })
        .catch((error: unknown) => {
          if (error instanceof CannotSignIn) throw error.cause;
          return error;
        })
        .finally(() => clearTimeout(timer));
      if (response instanceof Response && response.ok) return response;
      const isUndone = response instanceof Response ? response.status === 503 : !once;
      const again = attempt < TRIES && isUndone;
      if (!again) throw response instanceof Response ? await this.failure(response) : new NoAnswer(url, response);
      await this.pause(FIRST_WAIT * 2 ** (attempt - 1));
    }
  }

  protected async failure(response: Response): Promise<Error> {
    const document = (await answerOf(response).catch(() => null)) as Problem | null;
    return document?.code === undefined ? new NoAnswer(response.url, response.status) : new AditProblem(document);
  }
}
