import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import { Agent, buildConnector, request } from 'undici';

/** Wall clock for one request, from name to last byte, ms. */
const TIME_LIMIT = 15_000;
/** Bytes of an answer that are read before the connection is closed. */
const ANSWER_LIMIT = 64 * 1024;
const PORTS = new Set(['', '443', '8443']);

/** The target is not one that may be reached; the message says why and is safe to show. */
export class TargetRefused extends Error {}

/** Whether requests may go to addresses that are not public: for development on one machine only. */
export interface RequestPolicy {
  privateTargets: boolean;
}

/** Ranges that `ipaddr.js` calls unicast although nobody's public server lives there, or that hide an IPv4 address. */
const HIDDEN = [
  '::/96',
  '64:ff9b::/96',
  '64:ff9b:1::/48',
  '2001::/23',
  '2002::/16',
  '192.0.0.0/24',
  '198.18.0.0/15',
].map((range) => ipaddr.parseCIDR(range));

/** Whether an address is one of the public internet; an IPv4 address inside an IPv6 one counts as what it hides. */
export function isPublicAddress(text: string): boolean {
  if (!ipaddr.isValid(text)) return false;
  const address = ipaddr.process(text);
  if (address.range() !== 'unicast') return false;
  return !HIDDEN.some(([range, bits]) => range.kind() === address.kind() && address.match(range, bits));
}

/** Checks what can be checked of a target before anything is resolved; registration and delivery both ask. */
export function checkTarget(target: string, policy: RequestPolicy): URL {
  let url: URL;
  try {
    url = new URL(target);
  } catch {
    throw new TargetRefused('The target is not a URL.');
  }
  if (url.username !== '' || url.password !== '') throw new TargetRefused('The target must not carry credentials.');
  if (policy.privateTargets && url.protocol === 'http:') return url;
  if (url.protocol !== 'https:') throw new TargetRefused('The target must be an https URL.');
  if (!policy.privateTargets && !PORTS.has(url.port)) throw new TargetRefused('The target must use port 443 or 8443.');
  const host = bareHost(url);
  if (isIP(host) !== 0 && !policy.privateTargets && !isPublicAddress(host))
    throw new TargetRefused('The target is not a public address.');
  return url;
}

const bareHost = ({ hostname }: URL): string => hostname.replace(/^\[|\]$/g, '');

/** Every address of the name must be allowed: one that is not shows what the name is for. */
async function vettedAddress(url: URL, policy: RequestPolicy): Promise<string> {
  const host = bareHost(url);
  const addresses = isIP(host) === 0 ? (await lookup(host, { all: true })).map(({ address }) => address) : [host];
  const first = addresses[0];
  if (first === undefined) throw new TargetRefused('The target has no address.');
  if (!policy.privateTargets && !addresses.every(isPublicAddress))
    throw new TargetRefused('The target resolves to an address that is not public.');
  return first;
}

/** Connects to the address that was vetted and no other, whatever the name says by now. */
function agentFor(url: URL, address: string, policy: RequestPolicy): Agent {
  const connect = buildConnector({ timeout: TIME_LIMIT });
  return new Agent({
    connect: (options, callback) => {
      const servername = isIP(bareHost(url)) === 0 ? bareHost(url) : undefined;
      connect({ ...options, hostname: address, host: address, servername }, (error, socket) => {
        if (error !== null || socket === null) return callback(error ?? new Error('not connected'), null);
        const reached = socket.remoteAddress ?? '';
        if (policy.privateTargets || isPublicAddress(reached)) return callback(null, socket);
        socket.destroy();
        return callback(new TargetRefused('The connection reached an address that is not public.'), null);
      });
    },
  });
}

/** Posts a body and gives the status of the answer. A redirect is an answer like any other: it is not followed. */
export async function postSafely(
  target: string,
  body: string,
  headers: Record<string, string>,
  policy: RequestPolicy,
): Promise<number> {
  const url = checkTarget(target, policy);
  const signal = AbortSignal.timeout(TIME_LIMIT);
  const agent = agentFor(url, await vettedAddress(url, policy), policy);
  try {
    const answer = await request(url, { method: 'POST', body, headers, dispatcher: agent, signal });
    let read = 0;
    for await (const chunk of answer.body) {
      read += (chunk as Buffer).length;
      if (read > ANSWER_LIMIT) break;
    }
    return answer.statusCode;
  } finally {
    await agent.destroy();
  }
}
