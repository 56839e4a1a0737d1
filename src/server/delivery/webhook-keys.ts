import { type KeyObject, createPrivateKey, createPublicKey, hkdfSync, sign } from 'node:crypto';
import { Webhook } from 'standardwebhooks';

/** Bytes of a webhook secret, as Standard Webhooks asks for (24 to 64), and of an Ed25519 seed. */
const SECRET_BYTES = 32;
/** What stands before the 32 bytes of a seed in a PKCS #8 Ed25519 key (RFC 8410). */
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');
/** Subscriptions whose keys are at hand; deriving them anew costs as much as a signature. */
const AT_HAND = 2_000;

interface WebhookKey {
  webhook: Webhook;
  privateKey: KeyObject;
}

/** Which secret of a subscription: the first, or the one after so many rotations. */
export interface SecretOf {
  subscription: string;
  number: number;
}

/**
 * The secrets of each webhook, derived from the secret of the service (ADIT_SECRET_FILE): nothing secret lies in the
 * database. Each message is signed by HMAC (`v1`) and by Ed25519 (`v1a`, whose public key may be shown to anyone).
 */
export class WebhookKeys {
  private readonly known = new Map<string, WebhookKey>();

  /** @param master the secret of the service, 32 bytes. */
  constructor(private readonly master: Uint8Array) {}

  /** `whsec_` and base64, as the Standard Webhooks libraries take it. */
  secretOf(of: SecretOf): string {
    return `whsec_${this.derive(of, 'adit webhook secret v1').toString('base64')}`;
  }

  /** `whpk_` and base64 of the raw Ed25519 public key. */
  publicKeyOf(of: SecretOf): string {
    const { x } = createPublicKey(this.keyOf(of).privateKey).export({ format: 'jwk' });
    return `whpk_${Buffer.from(x ?? '', 'base64url').toString('base64')}`;
  }

  /**
   * The value of `webhook-signature`: a signature of each kind by each secret, between spaces, over `id.timestamp.body`.
   * @param timestamp s since 1970 UTC. @param numbers more than one while a secret is being replaced.
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

  /** The first secret derives from the subscription alone, as it did before secrets could be replaced. */
  private derive({ subscription, number }: SecretOf, purpose: string): Buffer {
    const salt = number === 1 ? subscription : `${subscription}:${number}`;
    return Buffer.from(hkdfSync('sha256', this.master, salt, purpose, SECRET_BYTES));
  }
}
