import { createHmac, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { tokenInvalid } from '../../../core/access/jwt.js';
import type { SignInLink } from '../../../core/api/access/session.js';
import { randomToken } from '../../../core/event/build.js';
import { Clock } from '../../clock.js';
import { OperatorToken } from '../operator-token.js';
import { SessionKey } from './session-cookie.js';
import { SpentProofs } from '../spent-proofs.js';

/** Validity of a link, s. */
const LIFETIME = 900;
/** What marks a link among the proofs that were used. */
const LINK = 'link';
/** End of validity (s since 1970 UTC), random bits and MAC. */
const FORM = /^([0-9]{1,12})\.([A-Za-z0-9_-]{22})\.([A-Za-z0-9_-]{43})$/;

/**
 * Makes links by which the operator signs in once, with a browser. A link contains its end and a MAC, so nothing is stored
 * until it is used. It ends with the operator's token.
 */
@Injectable()
export class SignInLinks {
  constructor(
    private readonly key: SessionKey,
    private readonly operator: OperatorToken,
    private readonly spent: SpentProofs,
    private readonly clock: Clock,
  ) {}

  /** Makes a link. The secret is in the fragment, which browsers do not send. @param base URL of this service. */
  create(base: string): SignInLink {
    const until = this.now + LIFETIME;
    const text = `${until}.${randomToken()}`;
    return { url: `${base}/signin#${text}.${this.macOf(text)}`, until: new Date(until * 1_000).toISOString() };
  }

  /** Uses up the secret of a link. Throws `token-invalid`. */
  async use(secret: string): Promise<void> {
    const [, until = '', jti = '', mac = ''] = FORM.exec(secret) ?? [];
    const isOurs = timingSafeEqual(Buffer.from(mac.padEnd(43)), Buffer.from(this.macOf(`${until}.${jti}`)));
    if (!isOurs) throw tokenInvalid('The link is not one of this service, or is cut off.');
    const isUnused = Number(until) > this.now && (await this.spent.spend({ kid: LINK, jti, until: Number(until) }));
    if (!isUnused) throw tokenInvalid('The link was used before, or has expired: "adit login --link" prints another.');
  }

  private get now(): number {
    return Math.floor(this.clock.now() / 1_000);
  }

  private macOf(text: string): string {
    return createHmac('sha256', this.key.links).update(`${this.operator.fingerprint} ${text}`).digest('base64url');
  }
}
