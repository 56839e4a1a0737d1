import { Injectable } from '@nestjs/common';
import { SERVICE_ACTOR } from '../../../core/custody/ledger-keys.js';
import { AditError, type ErrorCode } from '../../../core/errors.js';
import { AdmissionQueue } from './admission-queue.js';
import type { IntakeCheck, PlainError } from './check-event.js';
import { CheckThreads } from './check-threads.js';
import { CandidateKeys, KeyRing, kidOf } from '../key-ring.js';
import { LedgerIdentity } from '../ledger-identity.js';
import { ReadTree } from '../read/read-tree.js';
import { RefusalBudget } from './refusal-budget.js';
import type { IntakeItem } from './refuse-early.js';

/** Events of other requests in flight from which the service counts as busy. */
const BUSY = 4;

/**
 * Lane of the batches of one address, which are checked in the order in which they came. A chunk is answered as a whole; with
 * lanes by key, one key that signs most of a batch would delay its first chunk until its last.
 */
export const BATCHES = 'batches';

/** Data that the events of one request share while they are checked. */
export interface Visit {
  /** Address of the client. */
  address: string;
  /** Lane in which its events are checked; null: the key that each of them names. */
  lane: string | null;
  candidates: CandidateKeys;
  /** Number of its events in flight. */
  inFlight: number;
}

export const visitFrom = (address: string, lane: string | null): Visit => ({
  address,
  lane,
  candidates: new CandidateKeys(),
  inFlight: 0,
});

/** Checks all parts of an event that do not depend on its index: envelope, key, signature, payload, possession, `seen`. */
@Injectable()
export class CheckBatch {
  private readonly budget: RefusalBudget;

  constructor(
    private readonly identity: LedgerIdentity,
    private readonly keys: KeyRing,
    private readonly threads: CheckThreads,
    private readonly tree: ReadTree,
    private readonly queue: AdmissionQueue,
  ) {
    this.budget = new RefusalBudget(() => queue.speed);
  }

  /** Refusals that an address is given in a second. */
  get refusalsPerSecond(): number {
    return this.budget.perSecond;
  }

  /**
   * Checks envelope, signature, payload and possession in the threads; then `seen` against this log's tree.
   * @param drafts results of events that are not signed, by their position: only `seen` is left to check.
   */
  async check(
    texts: readonly string[],
    visit: Visit,
    drafts: ReadonlyMap<number, IntakeCheck> = new Map(),
  ): Promise<IntakeItem[]> {
    const { address, candidates, lane } = visit;
    const first = candidates.add(texts);
    const kids = texts.map(kidOf);
    await this.keys.load(kids.filter((kid) => kid !== null));
    const arrived = await Promise.all(
      texts.map(async (text, i): Promise<IntakeItem> => {
        const kid = kids[i] ?? null;
        const known = kid === null ? null : this.keys.find(kid);
        const candidate = kid === null || known !== null ? null : candidates.find(kid, first + i);
        const jwk = known ?? candidate?.jwk ?? null;
        // The opening event brings its own key; the key of a later event must be registered.
        const registered = known !== null || candidate?.at === first + i;
        const draft = drafts.get(i);
        if ((jwk === null || draft !== undefined) && this.isBeyondBudget(visit))
          return { text, kid, checked: unread, registered };
        const checked = draft ?? (await this.threads.check({ text, jwk }, address, lane ?? kid ?? ''));
        const unsigned = draft !== undefined || (checked.event === null && UNSIGNED.has(checked.error.code));
        if (!unsigned) return { text, kid, checked, registered };
        const beyond = this.isBeyondBudget(visit);
        this.budget.spend(address);
        return { text, kid, checked: beyond ? unread : checked, registered };
      }),
    );
    candidates.learn(
      first,
      arrived.map(({ checked }) => checked.event),
    );
    return Promise.all(arrived.map(async (each) => ({ ...each, checked: await this.checkMore(each) })));
  }

  /** Whether one more event without a valid signature is refused; only while other clients' events are in flight. */
  private isBeyondBudget({ address, inFlight }: Visit): boolean {
    return this.queue.depth - inFlight >= BUSY && !this.budget.allows(address);
  }

  private async checkMore({ checked, kid }: IntakeItem): Promise<IntakeCheck> {
    const { event } = checked;
    if (event === null) return checked;
    if (event.iss === SERVICE_ACTOR && this.isServiceKey(kid ?? ''))
      return { event: null, id: event.id, error: fromOutside };
    if (event.seen === undefined || this.tree.remembers(event.seen)) return checked;
    const error = await this.tree.compare(event.seen);
    return error === null ? checked : { event: null, error, id: event.id };
  }

  private isServiceKey(kid: string): boolean {
    return this.identity.serviceJwk(kid) !== null || this.keys.actorOf(kid) === SERVICE_ACTOR;
  }
}

/** Codes of events without a valid signature of a registered key. */
const UNSIGNED = new Set<ErrorCode>(['event-malformed', 'header-invalid', 'key-unknown', 'signature-invalid']);

export const beyondBudget = (): AditError =>
  new AditError(
    'rate-limited',
    'This address sent too many events that no registered key has signed; wait a second, and check the key before you send more.',
  );

/** Result of an event that is refused without reading it. */
const unread: IntakeCheck = {
  event: null,
  id: null,
  error: { code: 'rate-limited', detail: beyondBudget().detail, errors: [] },
};
export const isBeyondBudget = ({ checked }: IntakeItem): boolean => checked === unread;

/** A thief of the service key cannot submit events signed with it, because the service writes its own entries itself. */
const fromOutside: PlainError = {
  code: 'key-unknown',
  detail: 'What the service signs does not come from outside.',
  errors: [],
};
