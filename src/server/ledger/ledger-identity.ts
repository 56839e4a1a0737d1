import type { Identity } from '../../core/custody/admit.js';
import { AditError } from '../../core/errors.js';
import type { Signer } from '../../core/event/build.js';
import type { PublicJwk } from '../../core/event/keys.js';

/**
 * Who this ledger is: its origin, and the keys that this service has for it. Which of them are in force the log says
 * (`ledger.updated`); the others are those that were, or are about to be.
 */
export class LedgerIdentity implements Identity {
  constructor(
    readonly origin: string,
    /** Verifier keys of the log (C2SP vkey), the one of a new ledger first. */
    readonly logKeys: readonly string[],
    /** They sign refusals and the log's time; the one of a new ledger first. */
    private readonly services: readonly Signer[],
    /** The only key that may open the ledger; null: whoever comes first. */
    readonly registrarKid: string | null,
  ) {}

  get serviceKids(): string[] {
    return this.services.map(({ kid }) => kid);
  }

  /** The log key that a new ledger is opened with. */
  get firstLogKey(): string {
    return this.logKeys[0] ?? '';
  }

  /**
   * What signs in the ledger's name while the service key `kid` is in force; null: before the ledger is opened. Throws
   * `log-halted` if this service does not have that key.
   */
  signer(kid: string | null): Signer {
    const signer = kid === null ? this.services[0] : this.services.find((service) => service.kid === kid);
    if (signer !== undefined) return signer;
    throw new AditError('log-halted', `The service key ${kid} is in force, and is not in ADIT_SERVICE_KEY_FILE.`);
  }

  /** The public key of one of the service's own; null for any other. */
  serviceJwk(kid: string): PublicJwk | null {
    return this.services.find((service) => service.kid === kid)?.jwk ?? null;
  }
}
