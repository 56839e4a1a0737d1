import { JWT_BEARER, TOKEN_PATH, buildAssertion } from '../core/access/assertion.js';
import { buildProof } from '../core/access/dpop.js';
import type { Problem } from '../core/api/problem.js';
import type { Token } from '../core/api/access/token.js';
import { parseJsonFile } from '../core/event/grammar.js';
import type { Signer } from '../core/event/signer.js';
import { AditProblem, NoAnswer } from './problem.js';
import type { Credentials } from './sign-in.js';

/** Time before the end of a token at which a new one is requested, s. */
const MARGIN = 30;
/** Characters of the answer to a request for a token at most. */
const MAX_ANSWER = 64 * 1024;

const nowInSeconds = (): number => Math.floor(Date.now() / 1_000);

/** Signs in with the key of an actor: asks for a token that is bound to the key, and proves possession at each request. */
export class KeyCredentials implements Credentials {
  private token: Promise<{ text: string; until: number }> | null = null;

  /** @param base URL of the ledger, which the assertion names: no other service can use it. */
  constructor(
    private readonly base: string,
    private readonly actor: string,
    private readonly signer: Signer,
    private readonly fetcher: typeof fetch = fetch,
    private readonly now: () => number = nowInSeconds,
  ) {}

  async headers(method: string, url: string): Promise<Record<string, string>> {
    let token = await (this.token ??= this.ask());
    if (token.until - MARGIN <= this.now()) token = await (this.token = this.ask());
    const proof = await buildProof({ method, url, now: this.now(), accessToken: token.text }, this.signer);
    return { authorization: `DPoP ${token.text}`, dpop: proof };
  }

  discard(): boolean {
    this.token = null;
    return true;
  }

  /** Exchanges an assertion for a token. Throws the refusal as `AditProblem`. */
  private async ask(): Promise<{ text: string; until: number }> {
    const url = `${this.base}${TOKEN_PATH}`;
    const now = this.now();
    const body = JSON.stringify({
      grant_type: JWT_BEARER,
      assertion: await buildAssertion(this.actor, this.base, this.signer, now),
    });
    const dpop = await buildProof({ method: 'POST', url, now }, this.signer);
    const headers = { 'content-type': 'application/json', accept: 'application/json', dpop };
    try {
      const response = await this.fetcher(url, { method: 'POST', headers, body });
      const answer = parseJsonFile(await response.text(), 'The token', MAX_ANSWER) as Token | Problem;
      if ('code' in answer) throw new AditProblem(answer);
      return { text: answer.access_token, until: now + answer.expires_in };
    } catch (error) {
      this.token = null;
      throw error instanceof AditProblem ? error : new NoAnswer(url, error);
    }
  }
}
