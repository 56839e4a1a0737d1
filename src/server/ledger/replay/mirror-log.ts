import { AditError } from '../../../core/errors.js';
import { lotsOf } from '../../../core/custody/links.js';
import { readmit } from '../../../core/custody/readmit.js';
import { type LedgerView, type LogKey, nextView } from '../../../core/custody/view.js';
import type { AditEvent } from '../../../core/event/event.js';
import type { PublicJwk } from '../../../core/event/keys.js';
import { leafHash } from '../../../core/log/tree.js';
import { sha256 } from '../../../platform/sha256.js';
import { Database } from '../../database/database.js';
import type { Queryable } from '../../database/rows.js';
import { loadLedgerInfo } from '../../registry/registry-rows.js';
import type { AdmittedEvent } from '../append/admit-batch.js';
import type { IntakeCheck } from '../intake/check-event.js';
import { CheckThreads } from '../intake/check-threads.js';
import { CandidateKeys, KeyRing, kidOf } from '../key-ring.js';
import { LedgerIdentity } from '../ledger-identity.js';
import { loadView } from '../append/load-view.js';
import { type LogState, type StateRow, loadLogState, lockingLogState } from '../append/log-state.js';
import { writeBatch } from '../append/write-batch.js';

/** An entry that the ledger's rules forbid. */
export interface BadEntry {
  index: number;
  code: string | null;
  lots: string[];
  detail: string;
}

/** An error of PostgreSQL that comes from the values written: class 22, data exception, 23, integrity constraint, or 54, a limit. */
interface DatabaseFault {
  code: string;
  constraint?: string;
}

const isOfTheData = (error: unknown): error is DatabaseFault =>
  /^(2[23]|54)[0-9A-Z]{3}$/.test(String((error as { code?: unknown } | null)?.code));

/**
 * Returns the index of each event that is in the log, by id: the same payload under another signature is the same
 * event.
 */
async function entriesNamed(db: Queryable, events: readonly AditEvent[]): Promise<Map<string, number>> {
  const { rows } = await db.query<{ id: string; index: number }>(
    'SELECT id, index FROM entries WHERE id = ANY($1::text[])',
    [events.map(({ id }) => id)],
  );
  return new Map(rows.map(({ id, index }) => [id, index]));
}

/**
 * Mirrors another party's log in its own database: the service's code checks, admits and writes each entry again. It
 * signs nothing. The first forbidden entry ends it: earlier entries stay, and later ones cannot be judged.
 */
export class MirrorLog {
  private state: LogState | null = null;
  private readonly keys: KeyRing;
  /** Keys of entries that are checked but not appended yet. */
  private readonly candidates = new CandidateKeys();

  constructor(
    private readonly database: Database,
    private readonly identity: LedgerIdentity,
    private readonly threads: CheckThreads,
  ) {
    this.keys = new KeyRing(database);
  }

  /** Returns the number of entries and their root. */
  async head(): Promise<{ size: number; root: Uint8Array }> {
    const { rows } = await this.database.query<{ size: number; root: Buffer }>('SELECT size, root FROM log_state');
    if (rows[0] === undefined) throw new AditError('log-halted', 'The row that holds the state of the log is missing.');
    return rows[0];
  }

  /** Returns the log's keys that the mirrored entries declare. */
  async logKeys(): Promise<LogKey[]> {
    return (await loadLedgerInfo(this.database))?.logKeys ?? [];
  }

  /** Checks entries in threads, before they are appended; call it in log order. */
  async check(entries: readonly string[]): Promise<IntakeCheck[]> {
    const texts = entries.map((jws) => `${jws}~`);
    const kids = texts.map(kidOf);
    const first = this.candidates.add(texts);
    await this.keys.load(kids.filter((kid) => kid !== null));
    const checked = await Promise.all(
      texts.map((text, i) => this.threads.check({ text, jwk: this.keyOf(kids[i] ?? null, first + i) })),
    );
    this.candidates.learn(
      first,
      checked.map(({ event }) => event),
    );
    return checked;
  }

  /** Appends checked entries; returns the first faulty one, or null. */
  async append(entries: readonly string[], checked: readonly IntakeCheck[]): Promise<BadEntry | null> {
    let broken: DatabaseFault;
    try {
      return await this.database.append.session((session) =>
        lockingLogState(session, async (db, row) => ({
          value: await this.appendWith(db, await row, entries, checked),
          last: () => Promise.resolve(),
        })),
      );
    } catch (error) {
      this.state = null;
      if (!isOfTheData(error)) throw error;
      broken = error;
    }
    return this.appendHalves(entries, checked, broken);
  }

  /** Finds the one entry that the database refuses, by bisection, and appends those before it. */
  private async appendHalves(
    entries: readonly string[],
    checked: readonly IntakeCheck[],
    fault: DatabaseFault,
  ): Promise<BadEntry | null> {
    if (entries.length === 1) {
      const { size: index } = await this.head();
      const what = fault.constraint ?? fault.code;
      return { index, code: null, lots: [], detail: `Entry ${index} contradicts what stands before it (${what}).` };
    }
    const half = Math.ceil(entries.length / 2);
    const bad = await this.append(entries.slice(0, half), checked.slice(0, half));
    return bad ?? this.append(entries.slice(half), checked.slice(half));
  }

  private keyOf(kid: string | null, number: number): PublicJwk | null {
    if (kid === null) return null;
    return this.keys.find(kid) ?? this.candidates.find(kid, number)?.jwk ?? null;
  }

  private async appendWith(
    db: Queryable,
    row: StateRow,
    entries: readonly string[],
    checked: readonly IntakeCheck[],
  ): Promise<BadEntry | null> {
    const state = this.state?.epoch === row.epoch ? this.state : await loadLogState(db, this.identity.origin, row);
    const view = nextView(state.view);
    const { admitted, bad } = await this.admit(db, view, state.size, entries, checked);
    if (admitted.length > 0) {
      const leaves = admitted.map(({ event }) => leafHash(event.jws, sha256));
      const { tiles } = state.edge.append(leaves);
      const before = { size: state.size, root: state.root };
      const after = { size: state.edge.size, root: state.edge.root() };
      const result = { results: [], admitted, waiting: new Map(), released: [], refused: [], repeats: [] };
      await writeBatch(db, { before, after, epoch: state.epoch, tiles, leaves, view, result });
      this.state = { ...after, epoch: state.epoch + 1, edge: state.edge, view };
    }
    return bad;
  }

  private async admit(
    db: Queryable,
    view: LedgerView,
    from: number,
    entries: readonly string[],
    checked: readonly IntakeCheck[],
  ): Promise<{ admitted: AdmittedEvent[]; bad: BadEntry | null }> {
    const events = checked.flatMap(({ event }) => (event === null ? [] : [event]));
    view.size = from;
    await loadView(db, view, events);
    const known = await entriesNamed(db, events);
    const admitted: AdmittedEvent[] = [];
    for (const [i, jws] of entries.entries()) {
      const index = from + i;
      const one = checked[i];
      if (one === undefined || one.event === null) {
        const { code, detail } = one?.error ?? { code: null, detail: 'it was not checked' };
        return { admitted, bad: { index, code, lots: [], detail: `Entry ${index}: ${detail}` } };
      }
      const { event } = one;
      const fault = readmit(event, index, view, known.get(event.id));
      if (fault !== null) {
        const detail = `Entry ${index} ${fault.detail}${fault.kind === 'replay' ? '.' : ''}`;
        return { admitted, bad: { index, code: fault.code, lots: lotsOf(event), detail } };
      }
      known.set(event.id, index);
      admitted.push({ event, text: `${jws}~`, index });
    }
    view.size = from + admitted.length;
    return { admitted, bad: null };
  }
}
