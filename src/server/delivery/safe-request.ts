import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { Agent, buildConnector, request } from 'undici';
import { MASK } from '../http/mask-urls.js';
import { isPublicAddress, privateHost } from './public-host.js';

/** Time of one request at most, from resolving the name to the last byte, ms. */
const TIME_LIMIT = 15_000;
/** Bytes of a response that are read before the connection is closed. */
const ANSWER_LIMIT = 64 * 1024;
const PORTS = new Set(['', '443', '8443']);
/** Time an unused connection stays open, ms. */
const KEEP_ALIVE = 4_000;
/** Targets with open connections at most; above it the oldest is closed. */
const TARGETS = 2_000;
/** Longest `Retry-After` that is respected, s. */
const MAX_RETRY_AFTER = 86_400;

/** Reports a target that may not be reached; the message gives the reason and is safe to show. */
export class TargetRefused extends Error {}

/** Whether requests may go to addresses that are not public; for development on one machine only. */
export interface RequestPolicy {
  privateTargets: boolean;
}

/** A response; of its body only the length is recorded, because the content is unknown. */
export interface Answer {
  status: number;
  /** `Retry-After`, s. */
  retryAfter: number | null;
  /** Null if the response was read completely or up to the limit; else why it ended early. */
  failure: string | null;
}

/** Returns all addresses of a name. */
export type Resolve = (name: string) => Promise<string[]>;

/** Substitutes for the network in tests. */
export interface Surroundings {
  resolve?: Resolve;
  connect?: buildConnector.connector;
  /** In ms. */
  timeLimit?: number;
}

const resolveByDns: Resolve = async (name) => (await lookup(name, { all: true })).map(({ address }) => address);

/** Checks a target before its name is resolved; registration and delivery both call it. */
export function checkTarget(target: string, policy: RequestPolicy): URL {
  let url: URL;
  try {
    url = new URL(target);
  } catch {
    throw new TargetRefused('The target is not a URL.');
  }
  if (target.includes(MASK)) throw new TargetRefused(`The target contains ${MASK}: give the full URL.`);
  if (url.username !== '' || url.password !== '') throw new TargetRefused('The target must not carry credentials.');
  if (policy.privateTargets && url.protocol === 'http:') return url;
  if (url.protocol !== 'https:') throw new TargetRefused('The target must be an https URL.');
  if (!policy.privateTargets && !PORTS.has(url.port)) throw new TargetRefused('The target must use port 443 or 8443.');
  const fault = policy.privateTargets ? null : privateHost(bareHost(url.hostname));
  if (fault !== null) throw new TargetRefused(fault);
  return url;
}

const bareHost = (hostname: string): string => hostname.replace(/^\[|\]$/g, '');

/**
 * Posts to URLs of other parties. It checks every address before it connects and again when the connection is open; one
 * connection may carry several requests.
 */
export class SafeRequest {
  private readonly agents = new Map<string, Agent>();

  private readonly resolve: Resolve;
  private readonly connect: buildConnector.connector;
  private readonly timeLimit: number;

  constructor(
    private readonly policy: RequestPolicy,
    { resolve = resolveByDns, timeLimit = TIME_LIMIT, connect }: Surroundings = {},
  ) {
    this.resolve = resolve;
    this.timeLimit = timeLimit;
    this.connect = connect ?? buildConnector({ timeout: timeLimit });
  }

  /**
   * Sends a POST request. Throws `TargetRefused` or the error of the connection. Redirects are not followed but
   * returned.
   */
  async post(target: string, body: string, headers: Record<string, string>): Promise<Answer> {
    const url = checkTarget(target, this.policy);
    const signal = AbortSignal.timeout(this.timeLimit);
    const answer = await request(url, { method: 'POST', body, headers, dispatcher: this.agentFor(url), signal });
    const { statusCode: status } = answer;
    const retryAfter = secondsOf(answer.headers['retry-after']);
    try {
      let read = 0;
      for await (const chunk of answer.body) {
        read += (chunk as Buffer).length;
        if (read > ANSWER_LIMIT) break;
      }
      return { status, retryAfter, failure: null };
    } catch (error) {
      return { status, retryAfter, failure: failureOf(error) };
    }
  }

  /** Aborts running requests. */
  async close(): Promise<void> {
    await Promise.all([...this.agents.values()].map((agent) => agent.destroy()));
    this.agents.clear();
  }

  private agentFor({ origin }: URL): Agent {
    const known = this.agents.get(origin);
    if (known !== undefined) return known;
    const [oldest] = this.agents;
    if (this.agents.size >= TARGETS && oldest !== undefined) {
      this.agents.delete(oldest[0]);
      void oldest[1].close();
    }
    const agent = new Agent({
      keepAliveTimeout: KEEP_ALIVE,
      keepAliveMaxTimeout: KEEP_ALIVE,
      headersTimeout: this.timeLimit,
      bodyTimeout: this.timeLimit,
      connect: this.connector(),
    });
    this.agents.set(origin, agent);
    return agent;
  }

  /** Connects to the checked address only, also if the name resolves to another one by now. */
  private connector(): buildConnector.connector {
    return (options, callback) => {
      const host = bareHost(options.hostname);
      const servername = isIP(host) === 0 ? host : undefined;
      this.vettedAddress(host).then(
        (address) =>
          this.connect({ ...options, hostname: address, host: address, servername }, (error, socket) => {
            if (error !== null || socket === null) return callback(error ?? new Error('not connected'), null);
            const reached = socket.remoteAddress ?? '';
            if (this.policy.privateTargets || isPublicAddress(reached)) return callback(null, socket);
            socket.destroy();
            return callback(new TargetRefused('The connection reached an address that is not public.'), null);
          }),
        (error: Error) => callback(error, null),
      );
    };
  }

  /** Returns an address of a name; throws if any of its addresses is not allowed. */
  private async vettedAddress(host: string): Promise<string> {
    const addresses = isIP(host) === 0 ? await this.resolve(host) : [host];
    const first = addresses[0];
    if (first === undefined) throw new TargetRefused('The target has no address.');
    if (!this.policy.privateTargets && !addresses.every(isPublicAddress))
      throw new TargetRefused('The target resolves to an address that is not public.');
    return first;
  }
}

/** Parses `Retry-After` as seconds or a date (RFC 9110); null if it is neither. */
function secondsOf(header: string | string[] | undefined): number | null {
  const text = Array.isArray(header) ? header[0] : header;
  if (text === undefined || text === '') return null;
  const seconds = /^[0-9]{1,9}$/.test(text) ? Number(text) : Math.ceil((Date.parse(text) - Date.now()) / 1_000);
  return Number.isNaN(seconds) ? null : Math.min(Math.max(seconds, 0), MAX_RETRY_AFTER);
}

/** Returns a short reason for the log of attempts; never the text of a response. */
export function failureOf(error: unknown): string {
  if (error instanceof TargetRefused) return error.message;
  const { name, code, cause } = error as { name?: string; code?: unknown; cause?: { code?: unknown } };
  if (name === 'TimeoutError') return 'timeout';
  return [code, cause?.code, name].find((word): word is string => typeof word === 'string') ?? 'failed';
}
