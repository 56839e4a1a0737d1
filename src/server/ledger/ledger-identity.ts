import type { Identity } from '../../core/custody/admit.js';
import { AditError } from '../../core/errors.js';
import type { Signer } from '../../core/event/build.js';
import type { PublicJwk } from '../../core/event/keys.js';

/**
 * Identifies this ledger: its origin and the service's keys for it. The log decides which are in force
 * (`ledger.updated`); the others are former or future ones.
 */
export class LedgerIdentity implements Identity {
  constructor(
    readonly origin: string,
    /** Verifier keys of the log (C2SP vkey), the one of a new ledger first. */
    readonly logKeys: readonly string[],
    /** Signers of refusals and clock entries; the one of a new ledger first. */
    private readonly services: readonly Signer[],
    /** The only key that may open the ledger; null: any key. */
    readonly registrarKid: string | null,
  ) {}

  get serviceKids(): string[] {
    return this.services.map(({ kid }) => kid);
  }

  /** The log key with which a new ledger is opened. */
  get firstLogKey(): string {
    return this.logKeys[0] ?? '';
  }

  /**
   * Returns the signer while the service key `kid` is in force; null: before the ledger is opened. Throws `log-halted`
   * if this service does not have that key.
   */
  signer(kid: string | null): Signer {
    const signer = kid === null ? this.services[0] : this.services.find((service) => service.kid === kid);
    if (signer !== undefined) return signer;
    throw new AditError('log-halted', `The service key ${kid} is in force, and is not in ADIT_SERVICE_KEY_FILE.`);
  }

  /** Returns the public key of one of the service's keys; null for any other. */
  serviceJwk(kid: string): PublicJwk | null {
    return this.services.find((service) => service.kid === kid)?.jwk ?? null;
  }
}
