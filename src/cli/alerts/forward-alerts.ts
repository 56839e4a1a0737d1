import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { Webhook } from 'standardwebhooks';
import type { Alert } from '../../core/api/alerts/alert.js';
import { CommandError } from '../output/terminal.js';

/** Default file of the secret that signs forwarded alerts; it never changes, so a receiver can store it. */
export const defaultSecretFile = (): string => join(homedir(), '.adit', 'forward.secret');
const SECRET_BYTES = 32;
/** Time limit of a receiver's answer, ms. */
const TIME_LIMIT = 15_000;

/** Returns the secret `whsec_…` from a file; creates it the first time. */
export function stableSecret(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const secret = `whsec_${randomBytes(SECRET_BYTES).toString('base64')}`;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${secret}\n`, { mode: 0o600, flag: 'wx' });
  return secret;
}

/** Forwards alerts like the webhooks of a subscription, for developers of receivers. */
export class ForwardAlerts {
  private readonly webhook: Webhook;
  private readonly known = new Set<string>();

  /** @param target URL of the receiver; any address, because the user's own machine sends. */
  constructor(
    private readonly target: string,
    secret: string,
  ) {
    if (!URL.canParse(target) || !['http:', 'https:'].includes(new URL(target).protocol))
      throw new CommandError(`${target} is not a URL.`, 'Name it as in --forward-to http://127.0.0.1:3000/alerts.', 2);
    this.webhook = new Webhook(secret);
  }

  /**
   * Sends one alert; returns the receiver's answer.
   * @param id the alert's number in the stream.
   */
  async forward(id: string, alert: Alert): Promise<{ type: string; answer: string; good: boolean }> {
    const type = this.typeOf(alert);
    const at = new Date();
    const name = `msg_${id}`;
    const body = JSON.stringify({ type, timestamp: at.toISOString(), data: alert });
    const headers = {
      'content-type': 'application/json',
      'webhook-id': name,
      'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
      'webhook-signature': this.webhook.sign(name, at, body),
    };
    try {
      const options = { method: 'POST', headers, body, signal: AbortSignal.timeout(TIME_LIMIT) } as const;
      const { status, ok } = await fetch(this.target, { ...options, redirect: 'manual' });
      return { type, answer: String(status), good: ok };
    } catch (error) {
      const { cause, name: kind } = error as { cause?: { code?: string }; name: string };
      return { type, answer: cause?.code ?? kind, good: false };
    }
  }

  /** Returns the type of a notification from the alert's status and its status when it was last seen. */
  private typeOf({ id, status, regressed }: Alert): string {
    const seen = this.known.has(id);
    this.known.add(id);
    if (status !== 'open') return `alert.${status}`;
    return seen ? 'alert.updated' : regressed ? 'alert.regressed' : 'alert.opened';
  }
}
