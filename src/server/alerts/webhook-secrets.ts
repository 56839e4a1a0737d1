import { hkdfSync } from 'node:crypto';

/** Bytes of a webhook secret, as Standard Webhooks asks for (24 to 64). */
const SECRET_BYTES = 32;

/** The secret of each webhook, derived from the secret of the service (ADIT_SECRET_FILE): nothing secret lies in the database. */
export class WebhookSecrets {
  /** @param master the secret of the service, 32 bytes. */
  constructor(private readonly master: Uint8Array) {}

  /** `whsec_` and base64, as the Standard Webhooks libraries take it. */
  of(subscription: string): string {
    const secret = hkdfSync('sha256', this.master, subscription, 'adit webhook secret v1', SECRET_BYTES);
    return `whsec_${Buffer.from(secret).toString('base64')}`;
  }
}
