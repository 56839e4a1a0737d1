import { type KeyObject, createPrivateKey, createPublicKey, hkdfSync, sign } from 'node:crypto';
import { Webhook } from 'standardwebhooks';

/** Bytes of a webhook secret (Standard Webhooks: 24 to 64) and of an Ed25519 seed. */
const SECRET_BYTES = 32;
/** Prefix of the 32 bytes of the seed in a PKCS #8 Ed25519 key (RFC 8410). */
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');
/** Subscriptions whose derived keys are cached; deriving costs as much as a signature. */
const AT_HAND = 2_000;

interface WebhookKey {
  webhook: Webhook;
  privateKey: KeyObject;
}

/** Identifies a secret of a subscription by the number of rotations before it. */
export interface SecretOf {
  subscription: string;
  number: number;
}

/**
 * Derives the secrets of each webhook from the service's secret (ADIT_SECRET_FILE), so the database contains none. It
 * signs each message by HMAC (`v1`) and by Ed25519 (`v1a`, whose public key may be published).
 */
export class WebhookKeys {
  private readonly known = new Map<string, WebhookKey>();

  /** @param master the secret of the service, 32 bytes. */
  constructor(private readonly master: Uint8Array) {}

  /** Returns `whsec_` and base64, as the Standard Webhooks libraries read it. */
  secretOf(of: SecretOf): string {
    return `whsec_${this.derive(of, 'adit webhook secret v1').toString('base64')}`;
  }

  /** Returns `whpk_` and base64 of the raw Ed25519 public key. */
  publicKeyOf(of: SecretOf): string {
    const { x } = createPublicKey(this.keyOf(of).privateKey).export({ format: 'jwk' });
    return `whpk_${Buffer.from(x ?? '', 'base64url').toString('base64')}`;
  }

  /**
   * Returns the value of `webhook-signature` over `id.timestamp.body`: for each secret one signature of each kind,
   * separated by spaces.
   * @param timestamp s since 1970 UTC.
   * @param numbers more than one during a rotation.
   */
  sign(subscription: string, numbers: readonly number[], id: string, timestamp: number, body: string): string {
    const keys = numbers.map((number) => this.keyOf({ subscription, number }));
    const signed = Buffer.from(`${id}.${timestamp}.${body}`);
    return [
      ...keys.map(({ webhook }) => webhook.sign(id, new Date(timestamp * 1_000), body)),
      ...keys.map(({ privateKey }) => `v1a,${sign(null, signed, privateKey).toString('base64')}`),
    ].join(' ');
  }

  private keyOf(of: SecretOf): WebhookKey {
    const name = `${of.subscription} ${of.number}`;
    let key = this.known.get(name);
    if (key === undefined) {
      const seed = this.derive(of, 'adit webhook ed25519 v1');
      const privateKey = createPrivateKey({ key: Buffer.concat([PKCS8, seed]), format: 'der', type: 'pkcs8' });
      key = { webhook: new Webhook(this.secretOf(of)), privateKey };
      if (this.known.size >= AT_HAND) this.known.clear();
      this.known.set(name, key);
    }
    return key;
  }

  /** Derives the first secret from the subscription alone, as releases without rotation did. */
  private derive({ subscription, number }: SecretOf, purpose: string): Buffer {
    const salt = number === 1 ? subscription : `${subscription}:${number}`;
    return Buffer.from(hkdfSync('sha256', this.master, salt, purpose, SECRET_BYTES));
  }
}
