import type { Signer } from '../../core/event/build.js';
import type { PublicJwk } from '../../core/event/keys.js';

/** Who this ledger is: its origin, the log's public key, and the service key that signs refusals and the log's time. */
export class LedgerIdentity {
  constructor(
    readonly origin: string,
    /** The log's verifier key (C2SP vkey). */
    readonly logKey: string,
    readonly service: Signer,
    /** The only key that may open the ledger; null: whoever comes first. */
    readonly registrarKid: string | null,
  ) {}

  get serviceKid(): string {
    return this.service.kid;
  }

  get serviceJwk(): PublicJwk {
    return this.service.jwk;
  }
}
