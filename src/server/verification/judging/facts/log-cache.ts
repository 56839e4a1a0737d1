import { linksOf } from '../../../../core/custody/links.js';
import type { JudgedEvent } from '../../../../core/rules/engine/facts.js';
import { filedUnder } from '../../../../core/rules/engine/subjects.js';

/** Memory that the cache may use after a step, bytes; a step adds what it reads. */
const CACHE_BYTES = 40 * 2 ** 20;

/** Memory of an event beside its payload (its references and filings above all), of its place in a list with what rules keep there, and of a list: as measured, and a little more. */
const EVENT_BYTES = 1_800;
const LINK_BYTES = 60;
const LIST_BYTES = 300;

/** Entries of one subject that are kept at most: no more are read. */
export const NEWEST = 1_000;

/** Subjects whose entries are filed only after their facts are loaded. */
const FILED_LATER =
  /^(intake|output|bought|sold|left|mined|mined-in|sites-in|closed-in|tags-issued-to|tags-counted|tags-gone):/;

/** Returns whether entries under a subject are filed only after their facts are loaded. */
export const isFiledLater = (subject: string): boolean => FILED_LATER.test(subject);

interface KeptList {
  entries: JudgedEvent[];
  /** Of a chain: the subjects of its events under which something is filed; null: not known. */
  spokenOf: string[] | null;
}

interface KeptEvent {
  entry: JudgedEvent;
  bytes: number;
  /** Lists that contain it. */
  uses: number;
}

const chainOf = (lot: string): string => `chain:${lot}`;

/** Estimates the memory of parsed JSON, bytes: V8's objects and arrays, 8 a member, and strings of one byte a character. */
function bytesOfJson(value: unknown): number {
  if (typeof value === 'string') return 24 + value.length;
  if (typeof value !== 'object' || value === null) return 0;
  let bytes = Array.isArray(value) ? 40 : 32;
  for (const member of Object.values(value)) bytes += 8 + bytesOfJson(member);
  return bytes;
}
const bytesOf = ({ event }: JudgedEvent): number => EVENT_BYTES + bytesOfJson(event.payload);

/** The part of the log's state by which a cache knows what it has missed. */
export interface LogState {
  /** The newest entry that was read. */
  index: number;
  id: string | null;
  /** The newest late disclosure, and the newest order of an erasure. */
  disclosed: number;
  erased: number;
}

/**
 * Caches entries, chains of lots, and entries by subject, so that a step reads only what is new. Every list is complete below
 * one index of the log, `through`, and is extended by the entries that follow; it is the same array as long as it is kept.
 * What is used least is dropped first. The caller reports other changes: nothing here is compared with the tables.
 */
export class LogCache {
  /** Lists are complete below this index. */
  through = 0;
  /** As of when the lists are; null: there are none. */
  seen: LogState | null = null;
  /** Number of the step that uses the cache. */
  private turn = 0;
  /** Whether the step has dropped lists because of more than new entries. */
  private isUnsettled = false;
  private bytes = 0;
  private readonly lists = new Map<string, KeptList>();
  private readonly events = new Map<number, KeptEvent>();

  constructor(private readonly bound = CACHE_BYTES) {}

  get size(): number {
    return this.bytes;
  }

  entry(index: number): JudgedEvent | undefined {
    return this.events.get(index)?.entry;
  }

  chain(lot: string): readonly JudgedEvent[] | undefined {
    return this.list(chainOf(lot))?.entries;
  }

  /** Keeps the chain of a lot, complete below `through`. */
  putChain(lot: string, entries: JudgedEvent[]): void {
    this.put(chainOf(lot), entries);
  }

  /** Returns the subjects of a chain's events under which something is filed; null: it is not known. */
  spokenOf(lot: string): readonly string[] | null {
    return this.lists.get(chainOf(lot))?.spokenOf ?? null;
  }

  setSpokenOf(lot: string, subjects: string[]): void {
    const list = this.lists.get(chainOf(lot));
    if (list !== undefined) list.spokenOf = subjects;
  }

  filed(subject: string): readonly JudgedEvent[] | undefined {
    return this.list(subject)?.entries;
  }

  /** Keeps the entries under a subject. Few events are referred to: that nothing is filed under one is not kept. */
  putFiled(subject: string, entries: JudgedEvent[]): void {
    if (isFiledLater(subject) || (entries.length === 0 && subject.startsWith('event:'))) return;
    this.put(subject, entries);
  }

  /**
   * Adds the entries from `through` on, which have been filed, and moves `through`.
   * @param end the index after the last of them.
   */
  extend(entries: readonly JudgedEvent[], end: number): void {
    for (const entry of entries) {
      const made = 'outputs' in entry.event.payload ? entry.event.payload.outputs.map(({ lot }) => lot) : [];
      for (const lot of made) this.put(chainOf(lot), [entry]);
      for (const { lot, prev } of linksOf(entry.event)) this.link(chainOf(lot), entry, prev);
      for (const { subject } of filedUnder(entry)) this.add(subject, entry);
    }
    if (entries.length > 0) this.put(`entries:${end}`, [...entries]);
    this.through = end;
  }

  /** Drops every list with one of these entries: it has changed, or an event refers to it. */
  forget(indexes: Iterable<number>): void {
    const changed = new Set([...indexes].filter((index) => this.events.has(index)));
    this.isUnsettled = true;
    if (changed.size === 0) return;
    for (const [key, { entries }] of this.lists) if (entries.some(({ index }) => changed.has(index))) this.drop(key);
  }

  /** Drops the lists of the subjects under which these entries are filed: older ones were added to them. */
  refiled(entries: readonly JudgedEvent[]): void {
    this.isUnsettled = true;
    for (const entry of entries) for (const { subject } of filedUnder(entry)) this.drop(subject);
  }

  /** Drops all entries by subject. */
  forgetFiled(): void {
    for (const key of this.lists.keys()) if (!key.startsWith('chain:') && !key.startsWith('entries:')) this.drop(key);
  }

  /** Begins a step; returns its number. Steps that lost their connection may still run. */
  begin(): number {
    this.isUnsettled = false;
    this.turn += 1;
    return this.turn;
  }

  /** Takes back the entries from an index on, after a step that was rolled back. */
  rewind(turn: number, through: number): void {
    if (turn !== this.turn) return;
    if (this.isUnsettled || through > this.through) return this.clear();
    for (const [key, { entries, spokenOf }] of this.lists) {
      const last = entries.at(-1);
      if (last === undefined || last.index < through) continue;
      this.drop(key);
      const before = entries.filter(({ index }) => index < through);
      if (before.length > 0) this.put(key, before, spokenOf);
    }
    this.through = through;
  }

  /** Drops what was used least, down to the bound. */
  settle(): void {
    for (const key of this.lists.keys()) {
      if (this.bytes <= this.bound) return;
      this.drop(key);
    }
  }

  clear(): void {
    this.lists.clear();
    this.events.clear();
    this.bytes = 0;
    this.seen = null;
  }

  /** Returns a list, which is then the one used last. */
  private list(key: string): KeptList | undefined {
    const list = this.lists.get(key);
    if (list !== undefined) {
      this.lists.delete(key);
      this.lists.set(key, list);
    }
    return list;
  }

  private put(key: string, entries: JudgedEvent[], spokenOf: string[] | null = null): void {
    this.drop(key);
    this.lists.set(key, { entries, spokenOf });
    this.bytes += LIST_BYTES;
    for (const entry of entries) this.use(entry);
  }

  /** Extends a chain that ends with the event that the entry names; drops any other. */
  private link(key: string, entry: JudgedEvent, prev: string): void {
    const list = this.lists.get(key);
    if (list?.entries.at(-1)?.event.id !== prev) return this.drop(key);
    list.entries.push(entry);
    this.use(entry);
  }

  private add(key: string, entry: JudgedEvent): void {
    const list = this.lists.get(key);
    if (list === undefined) return;
    list.entries.push(entry);
    this.use(entry);
    const oldest = list.entries.length > NEWEST ? list.entries.shift() : undefined;
    if (oldest !== undefined) this.release(oldest);
  }

  private use(entry: JudgedEvent): void {
    this.bytes += LINK_BYTES;
    const kept = this.events.get(entry.index);
    if (kept !== undefined) {
      kept.uses += 1;
      return;
    }
    const bytes = bytesOf(entry);
    this.bytes += bytes;
    this.events.set(entry.index, { entry, bytes, uses: 1 });
  }

  private drop(key: string): void {
    const list = this.lists.get(key);
    if (list === undefined) return;
    this.lists.delete(key);
    this.bytes -= LIST_BYTES;
    for (const entry of list.entries) this.release(entry);
  }

  /** Counts one list less that contains an entry. */
  private release({ index }: JudgedEvent): void {
    this.bytes -= LINK_BYTES;
    const kept = this.events.get(index);
    if (kept === undefined) return;
    kept.uses -= 1;
    if (kept.uses > 0) return;
    this.bytes -= kept.bytes;
    this.events.delete(index);
  }
}
