import type { SignedEvent } from '../../../core/event/event.js';
import type { PublicJwk } from '../../../core/event/keys.js';
import type { Database } from '../../database/database.js';
import type { CheckThreads } from '../intake/check-threads.js';
import { KeyRing, kidOf } from '../key-ring.js';
import { type StoredEntry, entriesBetween } from '../read/read-log.js';

/** Pieces that are read and checked at one time at most: enough that the threads never wait for the replay. */
const PIECES_AHEAD = 3;

/** An event that a thread found good in itself and signed by `jwk`. */
export interface CheckedEvent {
  event: SignedEvent;
  jwk: PublicJwk;
}

/** Entries of a piece of the log, and those that were found good, by index. */
export interface Piece {
  stored: StoredEntry[];
  good: ReadonlyMap<number, CheckedEvent>;
}

/**
 * Reads the pieces of the log that a replay needs next, and checks their signatures in threads, while the replay admits the
 * piece before. The keys come from the registry's table, which is not trusted: the replay compares each with the key that the
 * log has in force. An entry that was not found good is examined by the replay, which names the fault.
 */
export class ReadAhead {
  private readonly keys: KeyRing;
  /** Pieces that are being read or wait for the replay, by their first index. */
  private readonly begun = new Map<number, Promise<Piece>>();

  /** @param threads null: the replay verifies each signature itself. */
  constructor(
    private readonly database: Database,
    private readonly threads: CheckThreads | null,
  ) {
    this.keys = new KeyRing(database);
  }

  /**
   * Returns the entries [from, from + size) of a log, and begins to read the pieces after it.
   * @param end index at which the last whole piece ends
   */
  piece(from: number, size: number, end: number): Promise<Piece> {
    for (let next = from; next + size <= end && next < from + PIECES_AHEAD * size; next += size)
      if (!this.begun.has(next)) void this.begin(next, next + size);
    const piece = this.begun.get(from) ?? this.begin(from, from + size);
    this.begun.delete(from);
    return piece;
  }

  private begin(from: number, to: number): Promise<Piece> {
    const piece = this.read(from, to);
    // The replay may end before it needs it.
    piece.catch(() => undefined);
    this.begun.set(from, piece);
    return piece;
  }

  private async read(from: number, to: number): Promise<Piece> {
    const stored = await entriesBetween(this.database, from, to);
    const { threads } = this;
    if (threads === null) return { stored, good: new Map() };
    const kids = stored.map(({ jws }) => kidOf(`${jws}~`));
    await this.keys.load(kids.filter((kid) => kid !== null));
    const checked = await Promise.all(
      stored.map(async ({ index, jws }, i): Promise<[number, CheckedEvent] | null> => {
        const jwk = this.keys.find(kids[i] ?? '');
        if (jwk === null) return null;
        const { event } = await threads.check({ text: `${jws}~`, jwk });
        return event === null ? null : [index, { event, jwk }];
      }),
    );
    return { stored, good: new Map(checked.filter((one) => one !== null)) };
  }
}
